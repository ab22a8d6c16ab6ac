import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What may be taken over into answers and logs; a shipper's UUIDs and trace ids are of this kind. */
const WELL_FORMED = /^[\w.:/+=-]{1,128}$/;

/**
 * Names requests: by the caller's `x-request-id` when that is well-formed, else by a number that no other process and no
 * later start of this one gives.
 */
export function requestIds(): (request: IncomingMessage) => string {
  const start = randomBytes(6).toString('hex');
  let count = 0;
  return ({ headers }) => {
    const given = headers['x-request-id'];
    if (typeof given === 'string' && WELL_FORMED.test(given)) return given;
    return `${start}-${(++count).toString(36)}`;
  };
}
