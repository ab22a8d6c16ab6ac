import type { COMMUNITY_STATUSES } from '../schema/answer.ts';
import { jsonCodec, type Environment, type Table } from './table.ts';

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
  readonly scope: string;
  /** By prefix: its full hash has been sent. */
  readonly registered?: boolean;
}

/** How things stand with the server, for all processes of the data directory. */
export interface CommunityState {
  readonly down: boolean;
  /** Address of the server whose established list is stored here; absent = none was pulled yet. */
  readonly server?: string;
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
