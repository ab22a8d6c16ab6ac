import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { buildProgram } from '../../src/cli/main.ts';
import { anchorOf, DOCUMENTS, ROOT, spansOf, type Document } from './documents.ts';

const { scripts: SCRIPTS } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** Addresses within the project that a document links to or shows. */
const linksOf = ({ prose }: Document) =>
  [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!).filter((link) => !/^[a-z]+:/.test(link));

describe('links', () => {
  it.each(DOCUMENTS.map((document) => [document.path, document] as const))('of %s lead somewhere', (path, document) => {
    const broken = linksOf(document).filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : normalize(join(dirname(path), file));
      if (!existsSync(join(ROOT, target))) return true;
      if (anchor === undefined) return false;
      return !DOCUMENTS.find((other) => other.path === target)?.headings.some((text) => anchorOf(text) === anchor);
    });
    expect(broken).toEqual([]);
  });

  it('lead from README to every page', () => {
    const linked = new Set(linksOf(DOCUMENTS.find(({ path }) => path === 'README.md')!));
    const pages = DOCUMENTS.map(({ path }) => path).filter((path) => path !== 'README.md');
    expect(pages.filter((path) => !linked.has(path))).toEqual([]);
  });
});

const PROGRAM = await buildProgram();

/** Below which command the words lead, and with which words left over. */
function commandOf(words: readonly string[], command: Command = PROGRAM): [Command, readonly string[]] {
  const next = command.commands.find((child) => child.name() === words[0]);
  return next === undefined ? [command, words] : commandOf(words.slice(1), next);
}

/** What is wrong with `domain-stats …` as a document has it: a command or an option that is not there. */
function faultOf(line: string): string | undefined {
  const words = line.split(/\s+/).slice(1);
  const [command, rest] = commandOf(words);
  const isOpen = command.commands.length > 0;
  // `domain-stats community` names a group of commands; `domain-stats COMMAND --help` any command.
  if (isOpen && rest.length > 0 && !/^(…|-|[A-Z]+$|\w+\|)/.test(rest[0]!)) return `no command ${rest[0]!}: ${line}`;
  const known = new Set(['--help', '--version', ...command.options.map(({ long }) => long)]);
  const unknown = isOpen ? [] : rest.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0]!);
  const flag = unknown.find((word) => !known.has(word));
  return flag === undefined ? undefined : `no option ${flag}: ${line}`;
}

describe('commands named in documents', () => {
  it.each(DOCUMENTS.map((document) => [document.path, document] as const))('%s: are there', (_path, document) => {
    const shell = document.blocks.filter(({ language }) => language === 'sh').map(({ text }) => text);
    const lines = [...spansOf(document), ...shell.join('\n').replaceAll('\\\n', ' ').split('\n')];
    const faults = lines.flatMap((line) => {
      const ours = [...line.matchAll(/(?:^|[|&] |npx )(domain-stats [^|&>#]+)/g)].map(([, call]) =>
        faultOf(call!.trim()),
      );
      const npm = [...line.matchAll(/\bnpm run (?:--silent )?([\w:]+)/g)].map(([, name]) =>
        Object.hasOwn(SCRIPTS, name!) ? undefined : `no script ${name!}`,
      );
      const files = [...line.matchAll(/\b(?:node|bash|npm test --) ((?:test|scripts|\.ci|bench)\/[\w./-]+)/g)].map(
        ([, file]) => (existsSync(join(ROOT, file!)) ? undefined : `no file ${file!}`),
      );
      return [...ours, ...npm, ...files].filter((fault) => fault !== undefined);
    });
    expect(faults).toEqual([]);
  });

  it.each([
    ['domain-stats proxy', 'no command proxy: domain-stats proxy'],
    ['domain-stats contacts lst', 'no command lst: domain-stats contacts lst'],
    ['domain-stats status --jsn', 'no option --jsn: domain-stats status --jsn'],
    ['domain-stats serve --no-lookups --zones=a.example', undefined],
  ])('"%s" is judged rightly', (line, fault) => expect(faultOf(line)).toBe(fault));
});
