import type { PeerAnswer } from './server.ts';
import { headerOf, statusOf, type Recording } from './recordings.ts';

/** Dates of the recording and of the replay are the same moment when they are this near. */
const SAME_MOMENT_MS = 20_000;

/** Names of what differs between a recorded answer and ours; empty when nothing does. */
export function differencesOf(recorded: Recording, ours: PeerAnswer): string[] {
  const differences: string[] = [];
  if (statusOf(recorded) !== ours.status) differences.push('status');
  if (headerOf(recorded, 'content-type') !== ours.headers['content-type']) differences.push('content-type');
  const allow = (text: string | undefined) => text?.split(', ').sort().join();
  if (allow(headerOf(recorded, 'allow')) !== allow(ours.headers.allow)) differences.push('allow');
  return [...differences, ...bodyDifferences(recorded.body, ours.body)];
}

function bodyDifferences(recorded: string, ours: string): string[] {
  if (recorded === ours) return [];
  const [theirs, mine] = [valueOf(recorded), valueOf(ours)];
  if (theirs === undefined || mine === undefined) return outline(recorded) === outline(ours) ? [] : ['body'];
  if (spacing(recorded) !== spacing(ours)) return ['spacing'];
  return valueDifferences(theirs, mine, '');
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How the JSON is spaced, and whether it ends in a newline. */
const spacing = (text: string): string =>
  `${text.includes('": ') ? 'spaced' : 'packed'} ${text.endsWith('\n') ? 'newline' : 'none'}`;

function valueDifferences(theirs: unknown, mine: unknown, path: string): string[] {
  if (isSame(theirs, mine)) return [];
  if (/(^|\.)alerts$/.test(path)) {
    const words = (list: unknown) =>
      JSON.stringify((list as string[]).map((alert) => (isWord(alert) ? alert : 'text')));
    return [words(theirs) === words(mine) ? `${path}: text` : path];
  }
  if (Array.isArray(theirs) && Array.isArray(mine)) {
    if (theirs.length !== mine.length) return [`${path}length`];
    return distinct(theirs.flatMap((item, index) => valueDifferences(item, mine[index], `${path}[]`)));
  }
  if (isRecord(theirs) && isRecord(mine)) {
    const keys = Object.keys(theirs);
    if (keys.join() !== Object.keys(mine).join()) return [`${path}keys`];
    return distinct(
      keys.flatMap((key) => valueDifferences(theirs[key], mine[key], path === '' ? key : `${path}.${key}`)),
    );
  }
  return [path === '' ? 'body' : path];
}

/** An alert of the vocabulary, or the sentence about suffixes, rather than a free text. */
const isWord = (alert: string): boolean => /^[A-Z-]+$/.test(alert) || alert.startsWith('No valid eTLD');

const distinct = (values: readonly string[]): string[] => [...new Set(values)];

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isSame(theirs: unknown, mine: unknown): boolean {
  if (JSON.stringify(theirs) === JSON.stringify(mine)) return true;
  if (typeof theirs !== 'string' || typeof mine !== 'string') return false;
  if (theirs.replace(ADDRESS, '') === mine.replace(ADDRESS, '')) return true;
  const form = (text: string) => text.replace(/\d/g, '0').replace(/[A-Z][a-z]{2}/g, 'Xxx');
  if (form(theirs) !== form(mine) || !/\d\d:\d\d:\d\d/.test(theirs)) return false;
  const zone = theirs.endsWith('GMT') ? '' : 'Z';
  return Math.abs(Date.parse(theirs + zone) - Date.parse(mine + zone)) <= SAME_MOMENT_MS;
}

/** A text without counts, addresses and the sentences of error pages: what is left is its form. */
const ADDRESS = /http:\/\/[^/]+\//g;

const outline = (text: string): string =>
  text
    .replace(/<p>[^<]*<\/p>/g, '<p></p>')
    .replace(/(<p><\/p>\s*)+/g, '<p></p>')
    .replace(/<\/h1>\n {4}\S.*\n/g, '</h1>\n')
    .replace(ADDRESS, 'http://address/')
    .replace(/^cache_stats.*$/s, (stats) => stats.replace(/\d+/g, '0'))
    .replace(/'time': [\d.]+/g, "'time': 0");
