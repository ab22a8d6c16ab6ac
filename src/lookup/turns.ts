import type { Clock } from './clock.ts';
import type { Route } from './routes.ts';
import { createLane, type Job, type Lane } from './server-lane.ts';
import { laneLimits, type LookupSettings } from './settings.ts';

/** Whose turn it is: the lanes before all servers, and the timer that has them looked at. */
export interface Turns {
  /** The lane of a route, made when there is none yet; undefined when the route leads nowhere. */
  laneOf(to: Route): Lane | undefined;
  add(job: Job, lane: Lane, seen: boolean): void;
  lanes(): readonly Lane[];
  /** Look-ups under way. */
  running(): number;
  /** Starts no more; resolves when those under way have ended. */
  stop(): Promise<void>;
}

/** `start` begins the look-up of a job that was taken out of its lane; undefined when none was needed. */
export function createTurns(
  settings: LookupSettings,
  clock: Clock,
  start: (job: Job, lane: Lane, now: number) => Promise<void> | undefined,
): Turns {
  const lanes = new Map<string, Lane>();
  /** The lanes in the order of their turns. */
  let turns: Lane[] = [];
  const underWay = new Set<Promise<void>>();
  let cancelTimer: (() => void) | undefined;
  let timerAt = Infinity;
  let stopping = false;

  /** Sees to it that the lanes are looked at by then. */
  function wakeAt(time: number): void {
    if (stopping || time >= timerAt) return;
    cancelTimer?.();
    timerAt = time;
    cancelTimer = clock.after(Math.max(0, time - clock.now()), pump);
  }

  /** Starts what may start: one job of each lane in turn, so that a flood before one server holds up no other. */
  function pump(): void {
    cancelTimer = undefined;
    timerAt = Infinity;
    if (stopping) return;
    const now = clock.now();
    for (let started = true; started && underWay.size < settings.parallel;) {
      started = false;
      for (const lane of turns) {
        if (underWay.size >= settings.parallel) break;
        if (lane.readyAt(now) <= now && startOne(lane, now)) started = true;
      }
      // The next round begins behind the lane that this one began with.
      const first = turns[0];
      if (first !== undefined) turns = [...turns.slice(1), first];
    }
    if (underWay.size < settings.parallel) wakeAt(Math.min(Infinity, ...turns.map((lane) => lane.readyAt(now))));
  }

  /** False when no job of the lane can be taken. */
  function startOne(lane: Lane, now: number): boolean {
    const job = lane.take(now);
    if (job === undefined) return false;
    const started = start(job, lane, now);
    if (started === undefined) return true;
    lane.running++;
    const query = started.finally(() => {
      lane.running--;
      underWay.delete(query);
      wakeAt(clock.now());
    });
    underWay.add(query);
    return true;
  }

  return {
    laneOf(to) {
      if (to.kind === 'none') return undefined;
      const key = to.kind === 'find' ? 'find' : `${to.kind} ${to.server}`;
      const known = lanes.get(key);
      if (known !== undefined) return known;
      const server = to.kind === 'find' ? settings.ianaWhois : to.server;
      const lane = createLane(server, laneLimits(to.kind, settings));
      lanes.set(key, lane);
      turns.push(lane);
      return lane;
    },
    add(job, lane, seen) {
      const now = clock.now();
      lane.add(job, seen, now);
      wakeAt(lane.readyAt(now));
    },
    lanes: () => turns,
    running: () => underWay.size,
    async stop() {
      stopping = true;
      cancelTimer?.();
      await Promise.all(underWay);
    },
  };
}
