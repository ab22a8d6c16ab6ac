import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** A target that the address policy refuses; seen by a client as a failed connection with this cause. */
export class AddressRefusedError extends Error {
  override name = 'AddressRefusedError';
  readonly code = 'ADDRESS_REFUSED';
}

/** Blocks of the IANA special-purpose address registries (RFC 6890) that are not globally reachable. */
const NOT_PUBLIC_V4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
/** Of IPv6 only global unicast is public; within it these are not. 6to4 and Teredo carry an IPv4 address inside. */
const NOT_PUBLIC_V6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const blocked = new BlockList();
for (const [net, bits] of NOT_PUBLIC_V4) blocked.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of NOT_PUBLIC_V6) blocked.addSubnet(net, bits, 'ipv6');
const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');

/** Whether an address is one of the public Internet. An IPv4 address mapped into IPv6 counts as what it maps. */
export function isPublicAddress(address: string): boolean {
  const plain = address.replace(/%.*$/, '');
  const version = isIP(plain);
  if (version === 4) return !blocked.check(plain, 'ipv4');
  if (version !== 6) return false;
  const mapped = mappedIPv4(plain);
  if (mapped !== undefined) return !blocked.check(mapped, 'ipv4');
  return globalUnicast.check(plain, 'ipv6') && !blocked.check(plain, 'ipv6');
}

/** The IPv4 address in `::ffff:a.b.c.d`, however it is written. */
function mappedIPv4(address: string): string | undefined {
  // The URL parser writes every form of an IPv6 address in the one of RFC 5952.
  const [, high, low] =
    /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(new URL(`http://[${address}]/`).hostname) ?? [];
  if (high === undefined || low === undefined) return undefined;
  const [a, b] = [parseInt(high, 16), parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}

/** Addresses of a host name; a stand-in for the resolver of the system in tests. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

const RESOLVE_TIMEOUT_MS = 2000;
const RESOLVE_TRIES = 2;

/**
 * Asks the name servers of the system. Not by getaddrinfo: with a dead resolver it holds one of the four threads that
 * Node has for files too, for as long as the system likes.
 */
const systemResolve: Resolve = async (host) => {
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family }];
  const resolver = new Resolver({ timeout: RESOLVE_TIMEOUT_MS, tries: RESOLVE_TRIES });
  const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const addresses: LookupAddress[] = [];
  if (four.status === 'fulfilled') addresses.push(...four.value.map((address) => ({ address, family: 4 })));
  if (six.status === 'fulfilled') addresses.push(...six.value.map((address) => ({ address, family: 6 })));
  if (addresses.length === 0 && four.status === 'rejected') throw four.reason;
  return addresses;
};

/** Rules for the hosts that a client connects to. */
export interface AddressPolicy {
  /** Why a host is refused before it is even resolved: an address that is not public. */
  refusal(host: string): string | undefined;
  /** For `net.connect`: resolves, and gives only addresses that may be connected to. What is checked is what is used. */
  readonly lookup: LookupFunction;
}

/**
 * Only public addresses, unless all or the listed ones are allowed. The check is made on the addresses that the socket then connects to,
 * so that a name which resolves differently the next time (DNS rebinding) gains nothing.
 */
export function addressPolicy(
  allowPrivate: boolean | readonly string[],
  resolve: Resolve = systemResolve,
): AddressPolicy {
  const isAllowed = (address: string) =>
    (typeof allowPrivate === 'boolean' ? allowPrivate : allowPrivate.includes(address)) || isPublicAddress(address);
  return {
    refusal(host) {
      const bare = host.replace(/^\[|\]$/g, '');
      return isIP(bare) === 0 || isAllowed(bare) ? undefined : `${bare} is no public address`;
    },
    lookup(host, options, callback) {
      resolve(host).then(
        (addresses) => {
          const allowed = addresses.filter(({ address }) => isAllowed(address));
          const first = allowed[0];
          if (first === undefined) callback(new AddressRefusedError(`${host} has no public address`), '', 4);
          else if (options.all === true) callback(null, [...allowed]);
          else callback(null, first.address, first.family);
        },
        (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), '', 4),
      );
    },
  };
}
