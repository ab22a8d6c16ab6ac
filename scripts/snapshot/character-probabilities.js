/** fqdn_parser's two character tables, which its README prints (and so the metadata of its package). */
export function characterProbabilities(readme) {
  const table = (title) => {
    const printed = new RegExp(`${title}\\s*\\n\\s*(\\{[^}]*\\})`).exec(readme)?.[1];
    if (printed === undefined) throw new Error(`the README has no table "${title}"`);
    const read = JSON.parse(printed.replaceAll("'", '"'));
    if (Object.keys(read).length !== 37) throw new Error(`table "${title}" has not 37 characters`);
    return read;
  };
  const domain = table('Domain Name Character Probability Distribution');
  const fqdn = table('FQDN Character Probability Distribution');
  return `${JSON.stringify({ domain, fqdn }, null, 1)}\n`;
}
