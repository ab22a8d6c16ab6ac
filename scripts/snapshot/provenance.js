/** What was taken from where, one entry for each data file. */
const TAKEN = {
  'public_suffix_list.dat': [['publicsuffixlist'], 'The file as it is, licence header included.'],
  'tlds.json': [
    ['whoisserver-world', 'tld-enum', 'fqdn-parser', 'publicsuffixlist'],
    'Types and delegation dates of `whoisservers.json`; types and managers of `tlds.csv` (its managers are of 2018: ' +
      'stale; where it has a description instead of a manager there is none); dates of `tld_reg_dates_v1.txt` where ' +
      'the first has none; TLDs that only the suffix list has, and `onion`.',
  ],
  'rdap-services.json': [['freewhois'], "`tlds.json`: the services of IANA's RDAP bootstrap as of May 2026, sorted."],
  'rdap-overrides.json': [['whoisit'], '`overrides.py`: the list of servers missing from the bootstrap, as data.'],
  'whois-servers.json': [['whoisserver-world'], '`whoisservers.json`: WHOIS servers by TLD.'],
  'character-probabilities.json': [
    ['fqdn-parser'],
    'The two character tables printed in the README (package metadata), by its author from a list of host names.',
  ],
  'letter-pairs.freq': [
    ['domain-stats'],
    '`data/freqtable2018.freq` alone, byte for byte the file of MarkBaggett/freq, which is under the **MIT** licence; ' +
      'nothing else of this package was used.',
  ],
  'lookalike-letters.json': [
    ['unicode-security'],
    "Unicode's confusables (UTS #39), reduced to what looks like `a-z`, `0-9` and `-`. Data under the **Unicode-3.0** " +
      'licence: Copyright © 1991-2026 Unicode, Inc.',
  ],
};

/** Text of data/PROVENANCE.md. */
export function provenance(files, packages, sha256) {
  const entries = Object.entries(TAKEN).map(([file, [sources, taken]]) => {
    const lines = sources.map((name) => {
      const { from, version, licence } = packages[name];
      return `- ${REGISTRY[from]} \`${name}\` ${version}: ${licence}`;
    });
    return `## ${file}\n${taken}\n\n${lines.join('\n')}\n- SHA-256 \`${sha256(files[file])}\`\n`;
  });
  return `# Where the embedded data comes from\n\n${INTRODUCTION}\n\n${entries.join('\n')}`;
}

const REGISTRY = { npm: 'npm', pip: 'PyPI', cargo: 'crates.io' };

const INTRODUCTION = `Made by \`node scripts/snapshot.js\` (\`--check\` compares); do not edit. Each file names the packages it was made of,
their licences and what was taken. \`domain-stats update\` brings newer data of the same kinds; these files are what an
installation knows before that. No rank list is here: none has a licence that allows it.`;
