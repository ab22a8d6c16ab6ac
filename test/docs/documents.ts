import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A fenced block of a document. */
export interface Block {
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** The heading that it stands below. */
  readonly heading: string;
  /** Why no test runs it, from the comment `<!-- not run: REASON -->` before it. */
  readonly notRun?: string;
}

export interface Document {
  /** From the project's folder. */
  readonly path: string;
  readonly text: string;
  readonly headings: readonly string[];
  readonly blocks: readonly Block[];
  /** Text without fenced blocks. */
  readonly prose: string;
}

const ELSEWHERE = new Set(['node_modules', 'dist', 'coverage']);

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith('.') || ELSEWHERE.has(entry.name)) return [];
    if (entry.isDirectory()) return filesBelow(join(folder, entry.name));
    return entry.name.endsWith('.md') ? [join(folder, entry.name)] : [];
  });
}

export function readDocument(path: string, text: string): Document {
  const headings: string[] = [];
  const blocks: Block[] = [];
  const prose: string[] = [];
  let notRun: string | undefined;
  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]!;
    const fence = /^```(.*)$/.exec(line);
    if (fence !== null) {
      const end = lines.indexOf('```', index + 1);
      if (end < 0) throw new Error(`${path}, line ${index + 1}: the block has no end`);
      const block = {
        line: index + 1,
        language: fence[1]!,
        text: lines.slice(index + 1, end).join('\n'),
        heading: headings.at(-1) ?? '',
      };
      blocks.push(notRun === undefined ? block : { ...block, notRun });
      notRun = undefined;
      index = end;
      continue;
    }
    const comment = /^<!-- not run: (.+) -->$/.exec(line);
    if (comment !== null) notRun = comment[1]!;
    else if (line !== '') notRun = undefined;
    const heading = /^#+ (.+)$/.exec(line);
    if (heading !== null) headings.push(heading[1]!);
    prose.push(line);
  }
  return { path, text, headings, blocks, prose: prose.join('\n') };
}

/** Every document of the project, in the order of their paths. */
export const DOCUMENTS: readonly Document[] = filesBelow(ROOT)
  .map((file) => readDocument(relative(ROOT, file), readFileSync(file, 'utf8')))
  .sort((a, b) => (a.path < b.path ? -1 : 1));

/** Text in single backticks. */
export const spansOf = ({ prose }: Document): string[] => [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span]) => span!);

/** The anchor that a heading gets on the usual hosts. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
