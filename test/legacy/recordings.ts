import { conformanceRows } from '../conformance/files.ts';

/** A request to a predecessor and what it answered. */
export interface Recording {
  readonly scenario: string;
  readonly method: string;
  readonly path: string;
  readonly status_line: string;
  readonly headers: readonly string[];
  readonly body: string;
}

const FILES = { '1.0.1': 'domain_stats_1_0_1', '2': 'domain_stats2', '1': 'domain_stats_v1' } as const;
export type RecordedPeer = keyof typeof FILES;

/** Rows of one predecessor by scenario, in their order; abridged paths are made whole again. */
export function scenariosOf(peer: RecordedPeer): Map<string, Recording[]> {
  const scenarios = new Map<string, Recording[]>();
  for (const row of conformanceRows<Recording>(`peers/${FILES[peer]}.jsonl`)) {
    const rows = scenarios.get(row.scenario) ?? [];
    rows.push({ ...row, path: wholePath(row.path) });
    scenarios.set(row.scenario, rows);
  }
  return scenarios;
}

/** `/aaa…(5005 chars)`: one letter again and again, then a TLD; `/a.a.…(4012 chars)`: a label, then example.com. */
function wholePath(path: string): string {
  const abridged = /^\/(.+)\.\.\.\((\d+) chars\)$/.exec(path);
  if (abridged?.[1] === undefined) return path;
  const length = Number(abridged[2]);
  const [filler, end] = abridged[1].startsWith('a.') ? ['a.', 'example.com'] : ['a', '.com'];
  return `/${filler.repeat(Math.floor((length - 1 - end.length) / filler.length))}${end}`;
}

export const headerOf = ({ headers }: Recording, name: string): string | undefined =>
  headers.find((header) => header.toLowerCase().startsWith(`${name}: `))?.slice(name.length + 2);

export const statusOf = ({ status_line }: Recording): number => Number(status_line.split(' ')[1]);

/** When the predecessor answered; the clock of the replay. */
export const timeOf = (row: Recording): number => Date.parse(headerOf(row, 'date') ?? '2026-11-22T04:00:00Z');
