import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { serve } from '../datasets/loopback.ts';
import { DOCUMENTS, readDocument, type Block } from './documents.ts';
import { downloads, readersFolder, runLines, type Ended } from './session.ts';

// Many programs are started; a busy machine takes its time.
jest.setTimeout(300_000);

/** Blocks below one heading: a reader runs them one after the other. */
interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

const isRun = ({ language, notRun }: Block) => language === 'sh' && notRun === undefined;

/** Lines that are run, without remarks at their ends; a line that goes on in the next one is one. */
const linesOf = (blocks: readonly Block[]): string[] =>
  blocks
    .filter(isRun)
    .flatMap(({ text }) => text.split(/(?<!\\)\n/))
    .map((line) => line.replace(/\s+# .*$/, ''));

const ALL_SECTIONS: readonly Section[] = DOCUMENTS.flatMap(({ path, headings, blocks }) =>
  headings.map((heading) => ({
    title: `${path}: ${heading}`,
    blocks: blocks.filter((block) => block.heading === heading),
  })),
);

/** The reference of the commands repeats some: those are run where they are told of. */
const REFERENCE = 'docs/commands.md: ';
const told = new Set(
  ALL_SECTIONS.filter(({ title }) => !title.startsWith(REFERENCE)).flatMap((s) => linesOf(s.blocks)),
);
const SECTIONS = ALL_SECTIONS.filter(({ title, blocks }) => {
  const lines = linesOf(blocks);
  return title.startsWith(REFERENCE) ? lines.some((line) => !told.has(line)) : lines.length > 0;
});

/** What somebody has done before who reads any of the sections. */
const BEFORE = [
  'domain-stats update psl tlds',
  'domain-stats import ranks top-1m.csv.zip --list umbrella',
  'domain-stats import ranks top-1m.csv.zip --list umbrella',
  'domain-stats suppress add example.com --reason "our own mail" --owner soc',
  'domain-stats community token add example-university',
  'domain-stats pack keygen pack-key.pem',
  'domain-stats pack create monday.pack --sign-key pack-key.pem',
  'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=x -keyout key.pem -out cert.pem',
  'domain-stats backup /var/backups/domain-stats.tar.gz',
];

/** The first section of all begins where nothing is there yet, and its registry is slow: registrations stay pending. */
const FIRST = 'README.md: Run it';

const ended = new Map<string, Ended>();

beforeAll(async () => {
  const origin = await serve(downloads);
  const registry = await serve(() => undefined);
  const environment = {
    DOWNLOADS: origin,
    DOMAIN_STATS_PSL_URL: `${origin}/psl`,
    DOMAIN_STATS_TLDS_URL: `${origin}/tlds`,
    DOMAIN_STATS_RDAP_URL: `${origin}/rdap`,
  };
  const slow = {
    DOMAIN_STATS_LOOKUPS: 'true',
    DOMAIN_STATS_RDAP_SERVERS: `uk=${registry}/`,
    DOMAIN_STATS_ALLOW_PRIVATE_ADDRESSES: 'true',
  };
  const fresh = readersFolder();
  const used = readersFolder();
  const before = await runLines(BEFORE, used, environment);
  expect([before.code, before.stderr]).toEqual([0, expect.anything()]);

  // As many at once as there are processors, more or less.
  const waiting = [...SECTIONS];
  const runSome = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { title, blocks } = next;
      const folder = readersFolder(title === FIRST ? fresh : used);
      ended.set(title, await runLines(linesOf(blocks), folder, { ...environment, ...(title === FIRST ? slow : {}) }));
    }
  };
  await Promise.all([runSome(), runSome(), runSome()]);
});

describe('commands of the documents', () => {
  it.each(SECTIONS.map((section) => [section.title, section] as const))('%s', (title, { blocks }) => {
    const { code, stdout, stderr } = ended.get(title)!;
    expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
    // The document shows the beginning of what is printed last.
    const shown = blocks.find(({ language }) => language === 'json');
    if (shown !== undefined) expect(JSON.parse(stdout)).toMatchObject(JSON.parse(shown.text) as object);
  });
});

describe('blocks of the documents', () => {
  const LANGUAGES = ['sh', 'json', 'js', 'ts', 'text'];
  const faultsOf = ({ path, blocks }: { path: string; blocks: readonly Block[] }) =>
    blocks.flatMap(({ line, language, text, notRun }) => {
      if (!LANGUAGES.includes(language))
        return [`${path}, line ${line}: "${language}" is none of ${LANGUAGES.join(', ')}`];
      if (language !== 'sh' && /^(npx )?domain-stats [a-z]/m.test(text)) return [`${path}, line ${line}: is shell`];
      return language !== 'sh' && notRun !== undefined ? [`${path}, line ${line}: nobody runs it anyway`] : [];
    });

  it('are run, or marked as not run, or no commands', () => expect(DOCUMENTS.flatMap(faultsOf)).toEqual([]));

  it('are found in a text', () => {
    const text =
      '# A\n\n<!-- not run: needs B -->\n\n```sh\nb\n```\n\nwords\n\n```sh\nc\n```\n\n```\ndomain-stats x\n```\n';
    const document = readDocument('x.md', text);
    expect(document.blocks.map(({ line, notRun }) => [line, notRun])).toEqual([
      [5, 'needs B'],
      [11, undefined],
      [15, undefined],
    ]);
    expect(faultsOf(document)).toEqual(['x.md, line 15: "" is none of sh, json, js, ts, text']);
  });
});
