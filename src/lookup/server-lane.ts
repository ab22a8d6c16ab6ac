import { createBreaker, type Breaker } from './breaker.ts';
import { createDueHeap } from './due-heap.ts';
import { createFifo } from './fifo.ts';
import { createPacing, type Pacing, type PacingLimits } from './server-pacing.ts';

/** A registered domain that waits for its look-up, or is being looked up. */
export interface Job {
  readonly domain: string;
  readonly since: number;
  attempts: number;
  notBefore: number;
  /** A running job is in no queue; a job is in at most one lane. */
  running: boolean;
  /** Already among the names that events ask for now. */
  front: boolean;
  /** Where the job waits: an entry of another lane, or of another turn, is passed over. */
  lane: Lane | undefined;
  /** Counts the queue entries made for the job; only the latest is good. */
  ticket: number;
}

/** The queue before one server, with the server's pacing and breaker. */
export interface Lane {
  readonly server: string;
  readonly pacing: Pacing;
  readonly breaker: Breaker;
  running: number;
  /** `seen`: an event asks for it now; others are retries and names of an earlier run. */
  add(job: Job, seen: boolean, now: number): void;
  /** The next job whose time has come. */
  take(now: number): Job | undefined;
  /** When a job can be taken at the earliest, as far as the queue, pacing and breaker go; Infinity = nothing waits. */
  readyAt(now: number): number;
  waiting(): number;
}

/** One turn in so many goes to the background, so that a stream of new names does not hold up retries for ever. */
const BACKGROUND_TURN = 4;

interface Entry {
  readonly job: Job;
  readonly ticket: number;
}

export function createLane(server: string, limits: PacingLimits & { readonly concurrency: number }): Lane {
  const seenJobs = createFifo<Entry>();
  const background = createFifo<Entry>();
  const later = createDueHeap<Entry>();
  const pacing = createPacing(limits);
  const breaker = createBreaker();
  let turn = 0;
  let waiting = 0;

  const isGood = ({ job, ticket }: Entry) => job.lane === lane && job.ticket === ticket && !job.running;
  const wakeDue = (now: number) => {
    for (let entry = later.takeDue(now); entry !== undefined; entry = later.takeDue(now)) background.push(entry);
  };
  const next = () => {
    const first = ++turn % BACKGROUND_TURN === 0 ? background : seenJobs;
    return first.take() ?? (first === background ? seenJobs : background).take();
  };

  const lane: Lane = {
    server,
    pacing,
    breaker,
    running: 0,
    add(job, seen, now) {
      if (job.lane !== lane) waiting++;
      job.lane = lane;
      job.front = seen;
      const entry = { job, ticket: ++job.ticket };
      if (job.notBefore > now) later.push(job.notBefore, entry);
      else (seen ? seenJobs : background).push(entry);
    },
    take(now) {
      wakeDue(now);
      for (let entry = next(); entry !== undefined; entry = next()) {
        if (!isGood(entry)) continue;
        waiting--;
        entry.job.lane = undefined;
        return entry.job;
      }
      return undefined;
    },
    readyAt(now) {
      if (waiting === 0 || lane.running >= limits.concurrency) return Infinity;
      const queued = seenJobs.length() + background.length() > 0 ? now : later.nextAt();
      return Math.max(queued, pacing.readyAt(), breaker.readyAt());
    },
    waiting: () => waiting,
  };
  return lane;
}
