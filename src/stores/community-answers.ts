import type { COMMUNITY_STATUSES, Answer } from '../schema/answer.ts';
import type { Codec, Environment, Table } from './table.ts';

export type CommunityStatus = (typeof COMMUNITY_STATUSES)[number];

/** What the community server said of a domain. Times in milliseconds since the epoch. */
export interface CommunityRecord {
  readonly status: CommunityStatus;
  readonly firstSeen?: number;
  /** Registration date, as the server knows it. */
  readonly created?: number;
  readonly notes?: readonly string[];
  /** Asked again from then on; absent = kept without end. */
  readonly expires?: number;
  /** Scope whose event raised the question: a first contact of the community is told to that one alone. */
  readonly scope?: string;
}

/** A domain that waits to be asked for; survives a restart. */
export interface CommunityWish {
  /** Sent with the ask: a repeated ask gets the same answer, so that no first contact is lost. */
  readonly id: string;
  readonly since: number;
  readonly scope: string;
  /** By prefix: its full hash has been sent. */
  readonly registered?: boolean;
}

/** How things stand with the server, for all processes of the data directory. */
export interface CommunityState {
  readonly down: boolean;
  /** Number of the last change of the established list that is stored here. */
  readonly established: number;
  /** When the list was pulled last; 0 = never. */
  readonly pulled: number;
}

/** Answers of the community server and the queue of asks; both keyed by registered domain. */
export interface CommunityStore {
  readonly environment: Environment;
  readonly records: Table<CommunityRecord>;
  readonly wishes: Table<CommunityWish>;
  state(): CommunityState;
  /** Inside {@link Environment.write}. */
  setState(change: Partial<CommunityState>): void;
}

const STATE = 'state';

export function openCommunityStore(environment: Environment): CommunityStore {
  const states = environment.table('community_state', jsonCodec<CommunityState>());
  const state = () => states.get(STATE) ?? { down: false, established: 0, pulled: 0 };
  return {
    environment,
    records: environment.table('community', jsonCodec<CommunityRecord>()),
    wishes: environment.table('community_wishes', jsonCodec<CommunityWish>()),
    state,
    setState: (change) => states.put(STATE, { ...state(), ...change }),
  };
}

/** What an answer shows of a record. */
export function shownCommunity(record: CommunityRecord): NonNullable<Answer['community']> {
  const { status, firstSeen, notes } = record;
  return {
    status,
    ...(firstSeen === undefined ? {} : { first_seen: new Date(firstSeen).toISOString() }),
    ...(notes === undefined || notes.length === 0 ? {} : { notes: [...notes] }),
  };
}

const jsonCodec = <Value>(): Codec<Value> => ({
  version: 1,
  encode: (value) => Buffer.from(JSON.stringify(value)),
  decode: (bytes) => JSON.parse(bytes.toString('utf8')) as Value,
});
