import type { Family } from './exposition.ts';

/** The processes that answer together on one port, as one of them sees them. */
export interface Team {
  /** Says how the figures of this process are read. */
  report(figures: Figures): void;
  /** Figures of every process, and what those that have ended had counted. Rejects when the team is breaking up. */
  gather(): Promise<readonly (readonly Family[])[]>;
}

/** Figures of one process, read at the moment that they are asked for. */
export interface Figures {
  /** Counters and histograms, which must not fall when the process ends. */
  counted(): readonly Family[];
  all(): readonly Family[];
}
