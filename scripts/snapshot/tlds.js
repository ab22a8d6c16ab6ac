import tr46 from 'tr46';

/** Types of whoisserver-world in the words of IANA's root zone page. */
const TYPES = { cctld: 'country-code', 'restricted-generic': 'generic-restricted' };

/**
 * Facts of every TLD, by A-label. Types and dates of delegation: whoisserver-world, then fqdn_parser's dates. Managers:
 * tld-enum, whose list is of 2018 and gives descriptions instead of managers for country codes and for the oldest
 * generic TLDs: a description is left out, since an unknown manager is better than a wrong one.
 */
export function tlds({ suffixes, servers, managers, descriptions, dates }) {
  const described = new Set(csvRows(descriptions).map(([tld, text]) => `${aLabel(tld)} ${text}`));
  const enumerated = new Map(csvRows(managers).map(([tld, manager, type]) => [aLabel(tld), { manager, type }]));
  const created = new Map(csvRows(dates).map(([tld, date]) => [aLabel(tld), date]));
  const listed = suffixTlds(suffixes);
  const labels = new Set([...Object.keys(servers), ...enumerated.keys(), ...listed.keys()]);

  const facts = [...labels].sort().map((label) => {
    if (label === 'onion') return [label, { type: 'host_suffix', registry: 'Tor', created: '2015-09-15' }];
    const server = servers[label];
    const row = enumerated.get(label);
    const date = server === undefined ? created.get(label) : new Date(server.tldCreated).toISOString().slice(0, 10);
    const hasManager = server !== undefined && isManager(label, row, described);
    return [
      label,
      {
        type: TYPES[server?.type] ?? server?.type ?? row?.type ?? listed.get(label),
        ...(hasManager ? { registry: row.manager } : {}),
        ...(date === undefined ? {} : { created: date }),
        // Not in the root zone at the time: retired, reserved, a test, or a variant that only the suffix list has.
        ...(server === undefined && !listed.has(label) ? { delegated: false } : {}),
      },
    ];
  });
  const lines = facts.map(([label, fact]) => `  ${JSON.stringify(label)}: ${JSON.stringify(fact)}`).join(',\n');
  return `{"as_of": "2025-04-25", "registries_as_of": "2018", "tlds": {\n${lines}\n}}\n`;
}

/** ASCII country codes carry a country's name where the internationalised ones have their manager. */
function isManager(label, row, described) {
  if (row === undefined || row.manager === '' || described.has(`${label} ${row.manager}`)) return false;
  return row.type !== 'country-code' || label.startsWith('xn--');
}

/** TLDs of the suffix list's ICANN section; those of its list of new generic TLDs are generic, the rest countries'. */
function suffixTlds(text) {
  const found = new Map();
  let type = 'country-code';
  for (const line of text.split('===END ICANN')[0].split('\n')) {
    if (line.startsWith('// newGTLDs')) type = 'generic';
    if (line.startsWith('//') || line.trim() === '') continue;
    const label = aLabel(line.split(/\s/)[0].split('.').at(-1));
    if (!found.has(label)) found.set(label, type);
  }
  return found;
}

/** Left-to-right and right-to-left marks stand in some lists. */
function aLabel(text) {
  const label = tr46.toASCII(text.replaceAll(/[\u200e\u200f\s]/g, ''));
  if (label === null || label === '') throw new Error(`no TLD: ${JSON.stringify(text)}`);
  return label;
}

function csvRows(text) {
  return text
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
        quoted === undefined ? plain : quoted.replaceAll('""', '"'),
      ),
    );
}
