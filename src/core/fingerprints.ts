import { createHmac, hash } from 'node:crypto';

/**
 * 48 bits that stand for an event id with its contact, as a whole number above 0; 0 means no id was given (`""` and
 * `"null"` are what templates send for a missing field). A chance collision would show one event of 2^48 as a retry.
 */
export function idFingerprint(id: string | null | undefined): number {
  if (id === undefined || id === null || id === '' || id === 'null') return 0;
  return Math.max(1, hash('sha256', id, 'buffer').readUIntBE(0, 6));
}

/** The id of an event that has none: its time, the name and who asked. Undefined when the event has no time. */
export function derivedEventId(time: unknown, name: string, source: unknown): string | undefined {
  if (typeof time !== 'string' && typeof time !== 'number') return undefined;
  return `${String(time)}\n${name}\n${typeof source === 'string' ? source : ''}`;
}

/** Bytes of a client fingerprint. */
export const CLIENT_BYTES = 8;

/** Stands for a client in the store and in answers; keyed, so that the few addresses of a site cannot be tried out. */
export function clientFingerprint(client: string, key: string): Buffer {
  return createHmac('sha256', key).update(client).digest().subarray(0, CLIENT_BYTES);
}
