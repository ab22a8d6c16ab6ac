/**
 * Whether an IPv4 address is not a public one: RFC 1918, loopback, and also link-local (RFC 3927) and the shared space
 * of carriers (RFC 6598), which fqdn_parser forgets. The text must be a dotted quad.
 */
export function isPrivateIpv4(address: string): boolean {
  const [first = 0, second = 0] = address.split('.').map(Number);
  if (first === 10 || first === 127) return true;
  if (first === 172) return second >= 16 && second <= 31;
  if (first === 192) return second === 168;
  if (first === 169) return second === 254;
  return first === 100 && second >= 64 && second <= 127;
}
