import { hash } from 'node:crypto';
import type { Answer, Category } from '../schema/answer.ts';
import type { CommunityKnown } from '../schema/community.ts';
import { isoTime } from './event-time.ts';
import type { DomainName } from './name.ts';
import { ageInDays, categoryOfAge, type CategoryLimits } from './registration.ts';

/** That members asked for a domain. Times in milliseconds since the epoch. */
export interface Sighting {
  /** When the first one asked: the server's time, so that all are told the same. */
  readonly first: number;
  /** Fingerprint of the organisation that was first, and its ask. */
  readonly firstMember: string;
  readonly firstId: number;
  /** How many organisations asked; each counts once. */
  readonly organisations: number;
}

/** One organisation's ask. */
export interface Ask {
  readonly member: string;
  readonly id: number;
  readonly at: number;
}

/** The sighting after an ask; `isNewMember`: this organisation did not ask before. */
export function sightingAfter(before: Sighting | undefined, ask: Ask, isNewMember: boolean): Sighting {
  if (before === undefined) return { first: ask.at, firstMember: ask.member, firstId: ask.id, organisations: 1 };
  return isNewMember ? { ...before, organisations: before.organisations + 1 } : before;
}

/** What the server knows of a domain besides its sighting. */
export interface ListedFacts {
  /** Registration date. */
  readonly created?: number | undefined;
  readonly notes: readonly string[];
}

/**
 * The answer to an ask, from the sighting after it. A repeated ask (same organisation, same id) is told what it was told
 * before: an answer that was lost on its way is not lost.
 */
export function answerTo(
  ask: Ask | undefined,
  sighting: Sighting | undefined,
  { created, notes }: ListedFacts,
  context: { readonly now: number; readonly newDays: number },
): Omit<CommunityKnown, 'status'> & { status?: CommunityKnown['status'] } {
  const isFirst = ask !== undefined && sighting?.firstMember === ask.member && sighting.firstId === ask.id;
  const isEstablished = created !== undefined && ageInDays(created, context.now) >= context.newDays;
  const status = isEstablished
    ? 'established'
    : isFirst
      ? 'first_contact'
      : sighting === undefined
        ? undefined
        : 'seen';
  return {
    ...(status === undefined ? {} : { status }),
    ...(sighting === undefined || isFirst ? {} : { first_seen: isoTime(sighting.first) }),
    ...(created === undefined ? {} : { seen_by_web: isoTime(created) }),
    ...(notes.length === 0 ? {} : { notes: [...notes] }),
    organisations: sighting?.organisations ?? 0,
    ttl_hours: TTL_HOURS[status ?? 'first_contact'],
  };
}

/**
 * A first contact soon becomes a date. A date never changes, and an established domain stays so; but notes come later,
 * so neither is kept for ever.
 */
const TTL_HOURS: Readonly<Record<CommunityKnown['status'], number>> = {
  first_contact: 24,
  seen: 168,
  established: 720,
};

const HOUR_MS = 3_600_000;

/** Until when an answer may be kept, milliseconds since the epoch; below zero the hours mean that there is no end. */
export const keptUntil = (ttlHours: number, now: number): number =>
  ttlHours < 0 ? Infinity : now + ttlHours * HOUR_MS;

/** What stands for a domain at the server, in hexadecimal. */
export const domainHash = (domain: string): string => hash('sha256', domain);

const DOMAIN_FORM = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9][a-z0-9-]*[a-z0-9]$/;

/** Whether a text has the form of a registered domain: at least two labels of letters, digits and hyphens. */
export const hasDomainForm = (text: string): boolean => DOMAIN_FORM.test(text);

/**
 * Whether a name's domain may leave the site: registered under a listed suffix. What has no listed suffix (`host.lan`)
 * is a name of somebody's own network, and so is what no registry could hold.
 */
export const mayLeaveSite = (name: DomainName): boolean =>
  name.listed && name.registrable && !name.isSuffix && hasDomainForm(name.domain);

/** Whether a version `1.2.3` is older than another one; what is no version is older than all. */
export function isOlderVersion(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => /^(\d+)\.(\d+)\.(\d+)/.exec(text)?.slice(1).map(Number));
  if (a === undefined || b === undefined) return b !== undefined;
  const at = a.findIndex((part, index) => part !== b[index]);
  return at !== -1 && (a[at] ?? 0) < (b[at] ?? 0);
}

/** What the community adds to an answer. */
export interface CommunityPart {
  /** Absent while nothing is known. */
  readonly community?: NonNullable<Answer['community']>;
  readonly pending: boolean;
  /** Registration date as the community knows it, milliseconds since the epoch. */
  readonly created?: number;
  /** Nobody asked before us; with the scope whose event asked, `undefined` = any. */
  readonly first?: { readonly scope: string | undefined };
}

/**
 * Category by what the community knows, for a domain that has none by its own registration: by the registration date,
 * else by the word `established`. Undefined when it tells nothing.
 */
export function communityCategory(
  part: CommunityPart,
  at: number,
  limits: CategoryLimits,
): { readonly category: Category; readonly ageDays?: number } | undefined {
  const { community, created } = part;
  if (created !== undefined) {
    const ageDays = ageInDays(created, at);
    const category = categoryOfAge(ageDays, limits);
    return category === 'unknown' ? undefined : { category, ageDays };
  }
  return community?.status === 'established' ? { category: 'established' } : undefined;
}
