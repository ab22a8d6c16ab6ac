import type { AgeBand, Category, Registration } from '../schema/answer.ts';

const DAY_MS = 86_400_000;

/** Outcomes of a look-up that are kept. All are final for a document; `error` only after its attempts or 7 days. */
export type StoredStatus = 'found' | 'not_found' | 'no_date' | 'unsupported' | 'error';

/** What is stored of a registration. Times are milliseconds since the epoch, UTC; absent = not published. */
export interface RegistrationRecord {
  readonly status: StoredStatus;
  readonly created?: number;
  readonly updated?: number;
  readonly expires?: number;
  /** When the registry was asked. */
  readonly retrieved?: number;
  readonly previousCreated?: number;
  /** A refresh failed; older facts are served. */
  readonly stale?: boolean;
  readonly details: RegistrationDetails;
  /** Contact fields that only the routes of domain_stats 1 give; never part of an answer. */
  readonly contactFields?: Readonly<Record<string, string | readonly string[]>>;
}

/** The facts that an answer shows as they are stored, under the answer's own names. */
export type RegistrationDetails = Pick<
  Registration,
  | 'created_precision'
  | 'registrar'
  | 'registrar_iana_id'
  | 'statuses'
  | 'name_servers'
  | 'abuse_email'
  | 'country'
  | 'dnssec'
  | 'source'
  | 'server'
>;

/** Age at an event's time, in whole days; negative when the event came before the registration. */
export function ageInDays(created: number, at: number): number {
  return Math.floor((at - created) / DAY_MS);
}

/** Lower edges of the age bands, in days. */
const BANDS: readonly (readonly [number, AgeBand])[] = [
  [730, '2y+'],
  [90, '90d-2y'],
  [30, '30-90d'],
  [7, '7-30d'],
  [1, '1-7d'],
  [0, '0-1d'],
];

/** Band of an age; a negative age is `before_registration`. */
export function ageBand(ageDays: number): AgeBand {
  for (const [from, band] of BANDS) if (ageDays >= from) return band;
  return 'before_registration';
}

/** Ages, in days, below which a domain is `baby` and `new`. */
export interface CategoryLimits {
  readonly babyDays: number;
  readonly newDays: number;
}

/** Category by age alone; an event before the registration tells nothing of the present registration. */
export function categoryOfAge(ageDays: number, limits: CategoryLimits): Category {
  if (ageDays < 0) return 'unknown';
  if (ageDays < limits.babyDays) return 'baby';
  return ageDays < limits.newDays ? 'new' : 'established';
}
