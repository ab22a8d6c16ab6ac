// What every benchmark here shares: processes under load, their CPU time, and ratios of two things measured in one run.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Clock ticks of /proc a second; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** CPU seconds (user and system) that a process has used; fields 14 and 15, counted after the name in parentheses. */
export function cpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** A process and all that come from it. */
const treeOf = (pid) => [
  pid,
  ...readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number).flatMap(treeOf),
];

/** CPU seconds of a process and of all that come from it and still run. */
export const cpuOfTree = (pid) => treeOf(pid).reduce((sum, each) => sum + cpuSeconds(each), 0);

/** Anonymous memory in MB: what the kernel cannot take back. */
export const anonymousMegabytes = (pid) =>
  Number(/^RssAnon:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

/** Starts a Node program and resolves when it prints `listening on ORIGIN`. */
export async function startProgram(file, args) {
  const child = spawn(process.execPath, [fileURLToPath(new URL(file, import.meta.url)), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const ready = /^listening on (\S+)$/.exec(line);
    if (ready === null) continue;
    return { origin: ready[1], pid: child.pid, stop: () => (child.kill('SIGTERM'), once(child, 'close')) };
  }
  throw new Error(`${file} ended before it listened`);
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median, smallest and largest, as text. */
const spread = (values) =>
  `${median(values).toFixed(1)} (${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)})`;

/** Figures with a budget that is no ratio, as a row: their median must be within it, or with `everyOne` each of them. */
export function limit({ what, unit, ours, budget, everyOne = false }) {
  return {
    what,
    [`ours, ${unit}`]: spread(ours),
    other: '',
    ratio: '',
    budget: `≤ ${budget}`,
    met: (everyOne ? Math.max(...ours) : median(ours)) <= budget ? 'yes' : 'NO',
  };
}

/**
 * One comparison as a row: figures of both, the median of the ratios within a repetition, and the budget. `isLess`: the
 * ratio says how many times less ours is than the other.
 */
export function row({ what, unit, ours, other, otherName, budget, atLeast = false, isLess = false }) {
  const ratio = median(ours.map((value, index) => (isLess ? other[index] / value : value / other[index])));
  const met = atLeast ? ratio >= budget : ratio <= budget;
  return {
    what,
    [`ours, ${unit}`]: spread(ours),
    other: `${otherName}: ${spread(other)}`,
    ratio: ratio.toFixed(2),
    budget: budget === undefined ? '' : `${atLeast ? '≥' : '≤'} ${budget}`,
    met: budget === undefined ? '' : met ? 'yes' : 'NO',
  };
}
