import { randomInt } from 'node:crypto';
import type { FormerKey } from './contact-decisions.ts';

/** A contact that an instance does not know yet and would make. Times in milliseconds since the epoch. */
export interface ContactClaim {
  readonly key: string;
  readonly first: number;
  /** Fingerprint of the event's id, never 0: it is how a claim is recognised whose answer was lost. */
  readonly firstId: number;
  readonly list: number;
  /** Keys that former suffix lists made of the same name: a contact under one of them is no new one. */
  readonly formerKeys?: readonly FormerKey[];
}

/** Stands in for the fingerprint of an id where there is none; no event has this one. */
export const randomFingerprint = (): number => randomInt(1, 2 ** 48 - 1);

/** The contact that the fleet holds after a claim. */
export interface AgreedContact {
  /** Whether the claim made it. */
  readonly won: boolean;
  readonly first: number;
  readonly firstId: number;
}

/** Contacts that several instances share: whoever makes one there first has the first contact. */
export interface FleetContacts {
  /** Settles who is first; undefined = undecided, because the fleet's store is away or too slow. */
  claim(claim: ContactClaim): Promise<AgreedContact | undefined>;
  /** An event has been seen that is earlier than the contact's first; written now and then. */
  lower(key: string, first: number): void;
  close(): Promise<void>;
}
