import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { snapshot } from '../core/embedded-data.ts';
import { zipOf } from '../datasets/zip-of.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { ROOT } from './documents.ts';

const PSL = readFileSync(join(ROOT, 'data/public_suffix_list.dat'), 'utf8');
const RDAP = readFileSync(join(ROOT, 'data/rdap-services.json'), 'utf8');
const EVENTS = readFileSync(join(ROOT, 'examples/ecs.ndjson'), 'utf8');
const ZEEK = readFileSync(join(ROOT, 'examples/zeek-dns.ndjson'), 'utf8');

/** More than a thousand labels, which the randomness model needs. */
const LIST =
  '1,google.com\n' + Array.from({ length: 1200 }, (_, index) => `${index + 2},site-${index * 7919}.com\n`).join('');
const MAJESTIC =
  'GlobalRank,TldRank,Domain,TLD,RefSubNets,RefIPs,IDN_Domain,IDN_TLD,PrevGlobalRank,PrevTldRank,PrevRefSubNets,PrevRefIPs\n' +
  '1,1,google.com,com,1,1,google.com,com,1,1,1,1\n2,2,facebook.com,com,1,1,facebook.com,com,2,2,1,1\n';

/** Where `update` and curl get their files, in place of the Internet. */
export const downloads: RequestListener = (request, response) => {
  const tlds = [...snapshot.tlds().tlds.keys()].map(
    (tld) =>
      `<tr><td><span class="domain tld"><a href="/domains/root/db/${tld}.html">.${tld}</a></span></td>\n<td>generic</td>\n<td>Somebody</td></tr>`,
  );
  const files: Readonly<Record<string, string | Buffer>> = {
    '/psl': PSL.replace('// ===END PRIVATE', 'hosting.example.com\n// ===END PRIVATE'),
    '/tlds': tlds.join('\n'),
    '/rdap': RDAP,
    '/top-1m.csv.zip': zipOf('top-1m.csv', LIST),
    '/majestic_million.csv': MAJESTIC,
  };
  const body = files[request.url ?? ''];
  response.writeHead(body === undefined ? 404 : 200).end(body);
};

/** Files that the documents take for granted. */
const FILES: Readonly<Record<string, string | Buffer>> = {
  'events.ndjson': EVENTS,
  'names.txt': 'www.example.com\nbücher.de\n',
  'dns.log.gz': gzipSync(ZEEK),
  'dns.00:00:00.log.gz': gzipSync(ZEEK),
  'top-1m.csv.zip': zipOf('top-1m.csv', LIST),
  'top-1m.csv': LIST,
  'our-names.txt.gz': gzipSync(LIST.replaceAll(/^\d+,/gm, '')),
  'contacts.ndjson': '',
  'registrations.ndjson.gz': gzipSync(''),
  'old-domains.csv': 'example.com,1995-08-14\n',
  'phishing.csv': 'example.net,phishing\n',
  'password.txt': 'correct horse battery staple\n',
  'etc/domain-stats/community-token': 'token\n',
  'path/to/its/folder/domain_stats.yaml': 'local_port: 5730\n',
  'var/lib/domain_stats/domain_stats.yaml': 'local_port: 5730\n',
};

/**
 * What a shell of the reader has: our command, and servers that go on in the background until another is started. The
 * port is whatever was free; `$at` is where the last server listens.
 */
const SHELL = `
set -euo pipefail
server=
stop() { if [ -n "$server" ]; then kill "$server"; wait "$server" 2>> server.err || true; server=; fi; }
trap stop EXIT
start() {
  stop
  exec 3< <(exec "$NODE" "$PROGRAM" "$@" 2>> server.err)
  server=$!
  while read -r line <&3; do case $line in "listening on "*) at=\${line#*//}; return;; esac; done
  cat server.err >&2
  return 1
}
domain-stats() { case $1 in serve | v1) start "$@";; *) "$NODE" "$PROGRAM" "$@" < /dev/stdin;; esac; }
npx() { "$@"; }
`;

/** How a line of a document is run here: on free ports, below the folder of the session, past the Internet. */
const HERE: readonly (readonly [RegExp, string])[] = [
  // What \`npm start\` does after the build, which would change the program beneath other tests.
  [/^npm ci && npm start$/, 'domain-stats serve'],
  [/(?<![\w.$/])\/(etc|path|srv|var)\//g, '$PWD/$1/'],
  [/'http:\/\/127\.0\.0\.1:5730([^']*)'/g, '"http://$at$1"'],
  [/127\.0\.0\.1:5730/g, '$at'],
  [/\b(v1 (?:-ip 127\.0\.0\.1 )?)8000\b/g, '$10'],
  [/https:\/\/(lists\.example|tranco-list\.eu|community\.example)/g, '$DOWNLOADS'],
  [/ed25519:…/g, '$(cat public-key)'],
  // Both refuse to replace a file.
  [/^(domain-stats backup (\S+))$/, 'rm -f $2 && $1'],
  [/^(domain-stats pack keygen \S+).*$/, 'rm -f pack-key.pem && $1 | tee public-key'],
];

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs lines of a document, in order, in a folder that has all that they take for granted. */
export async function runLines(
  lines: readonly string[],
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<Ended> {
  const here = lines.map((line) => HERE.reduce((text, [found, instead]) => text.replace(found, instead), line));
  // Who asks without having started a server has one already.
  const asks = here.findIndex((line) => line.includes('$at'));
  const serves = here.findIndex((line) => /^domain-stats (serve|v1)/.test(line));
  if (asks >= 0 && !(serves >= 0 && serves < asks)) here.unshift('domain-stats serve');
  const kept = Object.entries(process.env).filter(([key]) => !/^(DOMAIN_STATS_|NODE_OPTIONS$)/.test(key));
  const child = spawn('bash', ['-c', `${SHELL}${here.join('\n')}\n`], {
    cwd: folder,
    env: {
      ...Object.fromEntries(kept),
      PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
      NODE: process.execPath,
      PROGRAM: join(ROOT, 'bin/domain-stats.js'),
      DOMAIN_STATS_DATA: join(folder, 'data'),
      DOMAIN_STATS_PORT: '0',
      DOMAIN_STATS_LOOKUPS: 'false',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** A folder as the reader has it, with a copy of what is in another. */
export function readersFolder(like?: string): string {
  const folder = temporaryFolder();
  if (like !== undefined) {
    cpSync(like, folder, { recursive: true, verbatimSymlinks: true });
    return folder;
  }
  for (const [path, content] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  for (const path of ['srv', 'var/backups']) mkdirSync(join(folder, path), { recursive: true });
  symlinkSync(join(ROOT, 'examples'), join(folder, 'examples'));
  // Builds of data sets give way to all else that runs, on a busy machine for minutes; here they compete.
  mkdirSync(join(folder, 'bin'));
  symlinkSync('/bin/false', join(folder, 'bin/setpriv'));
  symlinkSync('/bin/true', join(folder, 'bin/chrt'));
  return folder;
}
