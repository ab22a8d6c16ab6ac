import { nameAnswer } from './core/name-answer.ts';
import { readName } from './core/name.ts';
import { openSnapshot } from './datasets/snapshot.ts';
import type { NameAnswer } from './schema/name.ts';

const snapshot = openSnapshot();
const NO_ZONES: ReadonlySet<string> = new Set();

/** What a name alone tells, by the embedded suffix list. Never throws; an invalid name says why. */
export const parseName = (name: string): NameAnswer => nameAnswer(readName(name, snapshot.suffixes(), NO_ZONES));
