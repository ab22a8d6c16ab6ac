/** One event's touch of a domain. */
export interface ContactEvent {
  /** Scope and domain, joined as the store has it. */
  readonly key: string;
  /** Event time, milliseconds since the epoch. */
  readonly at: number;
  /** Fingerprint of the event's id; 0 when it has none. */
  readonly id: number;
  /** Id of the suffix list that made the key. */
  readonly list: number;
  /** Fingerprint of the client; absent when clients are not counted. */
  readonly client?: string;
  /** Keys that former suffix lists made of the same name, with the lists' ids; asked only when the key is unknown. */
  readonly formerKeys?: () => readonly FormerKey[];
}

export interface FormerKey {
  readonly key: string;
  readonly list: number;
}

/** What is known of a contact after an event. Times in milliseconds since the epoch. */
export interface ContactDecision {
  /** Whether this very event is the first contact (or a retry of it). */
  readonly first: boolean;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly clients?: number;
  readonly firstClient?: string;
}

/**
 * Decides first contacts. `decide` answers at once when every key is known, and else after the commit that makes the new
 * ones durable against the death of the process. `undefined` in a place = undecided.
 */
export interface ContactStore {
  decide(
    events: readonly ContactEvent[],
  ): readonly (ContactDecision | undefined)[] | Promise<readonly (ContactDecision | undefined)[]>;
  /** What is known of a contact, without leaving a trace. */
  peek(event: ContactEvent): ContactDecision | undefined;
  /** Writes gathered hits; resolves after the commit. */
  flush(): Promise<void>;
  close(): Promise<void>;
}
