import type { Family } from '../http/exposition.ts';
import type { Settings } from '../settings/table.ts';

/** What the primary process tells a worker. */
export type ToWorker =
  /** Answers `hello`: what the worker is. Workers take the settings as the primary has read them, once. */
  | { readonly kind: 'start'; readonly number: number; readonly chores: boolean; readonly settings: Settings }
  /** Asks for all figures. */
  | { readonly kind: 'read'; readonly id: number }
  /** Answers `gather` with the figures of every worker. */
  | { readonly kind: 'gathered'; readonly id: number; readonly reports: readonly (readonly Family[])[] }
  /** Keys of contacts that other workers have made. */
  | { readonly kind: 'contacts'; readonly keys: readonly string[] }
  | { readonly kind: 'stop' };

/** What a worker tells the primary process. */
export type ToPrimary =
  /** It takes messages: those that come before are lost. */
  | { readonly kind: 'hello' }
  /** It listens; the lines are for whoever started the server. */
  | { readonly kind: 'ready'; readonly lines: readonly string[] }
  /** It cannot start, and ends. */
  | { readonly kind: 'failed'; readonly message: string }
  /** Counters, so that they outlive the worker; with an id the answer to `read`: all figures. */
  | { readonly kind: 'figures'; readonly id?: number; readonly families: readonly Family[] }
  /** Asks for the figures of every worker. */
  | { readonly kind: 'gather'; readonly id: number }
  /** Keys of new contacts, for the worker that feeds the facts index. */
  | { readonly kind: 'contacts'; readonly keys: readonly string[] };
