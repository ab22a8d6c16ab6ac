import { takeFrom, type Allowance } from '../core/allowance.ts';
import {
  answerTo,
  domainHash,
  hasDomainForm,
  isOlderVersion,
  sightingAfter,
  type Ask,
  type ListedFacts,
} from '../core/community.ts';
import { isoTime } from '../core/event-time.ts';
import { clientFingerprint } from '../core/fingerprints.ts';
import { isInZones } from '../core/special-use.ts';
import {
  COMMUNITY_BATCH,
  COMMUNITY_PROTOCOL,
  type CommunityAnswer,
  type CommunityAsk,
  type CommunityBucketEntry,
  type CommunityConfig,
  type CommunityKnown,
  type CommunityTotals,
} from '../schema/community.ts';
import { serverLists, type ServerLists } from './server-lists.ts';
import type { ServerTables, TokenRow } from './server-tables.ts';
import { communityTokens, type Tokens } from './tokens.ts';

export interface CommunityServerSettings {
  readonly newDays: number;
  /** Asks a minute and a UTC day that one token may make. */
  readonly perMinute: number;
  readonly perDay: number;
  /** Organisations that are refused though they have a token. */
  readonly deny: readonly string[];
  readonly minClient: string;
  /** A-labels; names in and below them are not taken. */
  readonly prohibitedSuffixes: ReadonlySet<string>;
  /** Whether the established list can be signed. */
  readonly signs: boolean;
  /** Commits wait for the disk. */
  readonly syncToDisk: boolean;
}

export interface CommunityServerParts {
  readonly tables: ServerTables;
  /** Key of the members' fingerprints, of this data directory alone. */
  readonly key: string;
  readonly settings: CommunityServerSettings;
  /** Registration date of a domain, of the server's own registrations. */
  readonly createdOf: (domain: string) => number | undefined;
  readonly clock: () => number;
}

/** Somebody with a token that works. */
export interface Member {
  readonly fingerprint: string;
  readonly token: TokenRow & { readonly hash: string };
}

/** Why somebody is not answered. */
export type Refused =
  | { readonly refused: 'unauthorized' | 'denied' | 'client-too-old' | 'bucket-too-large'; readonly detail: string }
  | { readonly refused: 'too-many-asks'; readonly detail: string; readonly waitMs: number };

/** The central server that tells organisations of each other's first contacts, and never who they are. */
export interface CommunityServer {
  readonly tokens: Tokens;
  readonly lists: ServerLists;
  config(member: Member): CommunityConfig;
  /** Who bears this header, if it may ask with this version; administration has no version. */
  memberOf(header: string | undefined, version?: string): Member | Refused;
  /** Resolves after the commit: what is answered is not forgotten. */
  ask(member: Member, asks: readonly CommunityAsk[]): Promise<readonly CommunityAnswer[] | Refused>;
  /** Everything known under hash prefixes; leaves no trace but the count of asks. */
  buckets(member: Member, prefixes: readonly string[]): Promise<readonly (readonly CommunityBucketEntry[])[] | Refused>;
  totals(): CommunityTotals;
  close(): Promise<void>;
}

/** Entries under one prefix; a prefix that is so full must be longer. */
const MAX_BUCKET = 5000;
const DAY_MS = 86_400_000;
/** When a batch is larger than what is left of the day: time to ask how much that is. */
const SMALLER_BATCH_MS = 1000;

export function openCommunityServer(parts: CommunityServerParts): CommunityServer {
  const { tables, key, settings, clock } = parts;
  const { environment, sightings, members, established, notes, usage } = tables;
  const tokens = communityTokens(tables);
  const allowances = new Map<string, Allowance>();
  const context = () => ({ now: clock(), newDays: settings.newDays });

  const listedFacts = (hash: string, domain?: string): ListedFacts => ({
    created: established.get(hash)?.created ?? (domain === undefined ? undefined : parts.createdOf(domain)),
    notes: (notes.get(hash) ?? []).map(({ source, text }) => (text === '' ? source : `${source}: ${text}`)),
  });

  /** Asks that a token has a UTC day, and how many are left of this one. */
  function quotaOf({ token }: Member, now: number): { readonly perDay: number; readonly left: number } {
    const perDay = token.quota ?? settings.perDay;
    const used = usage.get(token.hash);
    return { perDay, left: Math.max(0, perDay - (used?.day === dayOf(now) ? used.today : 0)) };
  }

  /** Whether so many asks are within rate and quota; they are counted with {@link count}. */
  function refusalOf(member: Member, asks: number): Refused | undefined {
    const { token } = member;
    const now = clock();
    const { perDay, left } = quotaOf(member, now);
    if (asks > left) {
      return {
        refused: 'too-many-asks',
        detail: `Of the token's ${String(perDay)} asks of this day (UTC) ${String(left)} are left; send so many, or wait.`,
        waitMs: left > 0 ? SMALLER_BATCH_MS : DAY_MS - (now % DAY_MS),
      };
    }
    const taken = takeFrom(allowances.get(token.hash), asks, settings.perMinute, now);
    if ('waitMs' in taken) {
      const detail = `The token may ask ${String(settings.perMinute)} times a minute; send fewer, or later.`;
      return { refused: 'too-many-asks', detail, waitMs: taken.waitMs };
    }
    allowances.set(token.hash, taken.allowance);
    return undefined;
  }

  /** Inside a transaction. */
  function count({ token }: Member, asks: number): void {
    const before = usage.get(token.hash);
    const day = dayOf(clock());
    const today = (before?.day === day ? before.today : 0) + asks;
    usage.put(token.hash, { day, today, total: (before?.total ?? 0) + asks });
  }

  function answerAsk(member: Member, item: CommunityAsk): CommunityAnswer {
    const domain = 'domain' in item ? item.domain : undefined;
    if (domain !== undefined && !hasDomainForm(domain)) return { refused: 'no_domain' };
    if (domain !== undefined && isInZones(domain, settings.prohibitedSuffixes)) return { refused: 'prohibited' };
    const hash = 'domain' in item ? domainHash(item.domain) : item.hash;
    const { fingerprint } = member;
    const ask: Ask = { member: fingerprint, id: Number.parseInt(item.id, 16), at: clock() };
    const before = sightings.get(hash);
    const membership = `${hash} ${fingerprint}`;
    const isNew = members.get(membership) === undefined;
    const after = sightingAfter(before, ask, isNew);
    if (isNew) members.put(membership, null);
    if (after !== before) sightings.put(hash, after);
    return answerTo(ask, after, listedFacts(hash, domain), context()) as CommunityKnown;
  }

  function bucket(prefix: string): CommunityBucketEntry[] | Refused {
    const range = { start: prefix, end: `${prefix}g`, limit: MAX_BUCKET + 1 };
    const hashes = new Set<string>();
    for (const table of [sightings, established, notes]) for (const [hash] of table.entries(range)) hashes.add(hash);
    if (hashes.size > MAX_BUCKET) {
      return {
        refused: 'bucket-too-large',
        detail: `More than ${String(MAX_BUCKET)} domains begin with ${prefix}; send longer prefixes (community_prefix).`,
      };
    }
    return [...hashes].map((hash) => {
      const known = answerTo(undefined, sightings.get(hash), listedFacts(hash), context());
      return { hash, ...known } as CommunityBucketEntry;
    });
  }

  return {
    tokens,
    lists: serverLists(tables),
    config(member) {
      const { perDay, left } = quotaOf(member, clock());
      return {
        protocol: COMMUNITY_PROTOCOL,
        min_client: settings.minClient,
        prohibited_suffixes: [...settings.prohibitedSuffixes],
        // When nothing is left, the next batch goes on another day.
        batch_max: Math.min(COMMUNITY_BATCH, settings.perMinute, left > 0 ? left : perDay),
        established: settings.signs,
      };
    },
    memberOf(header, version) {
      const token = tokens.find(header);
      if (token === undefined || token.revoked !== undefined) {
        return {
          refused: 'unauthorized',
          detail: `Send "Authorization: Bearer TOKEN"; ${token === undefined ? 'this token is not known' : 'this token is revoked'}.`,
        };
      }
      if (settings.deny.includes(token.organisation)) {
        return {
          refused: 'denied',
          detail: 'The operator of this server has excluded your organisation; ask there why.',
        };
      }
      if (version !== undefined && isOlderVersion(version, settings.minClient)) {
        return {
          refused: 'client-too-old',
          detail: `This server answers domain-stats ${settings.minClient} or newer.`,
        };
      }
      return { fingerprint: clientFingerprint(token.organisation, key).toString('hex'), token };
    },
    async ask(member, asks) {
      const refusal = refusalOf(member, asks.length);
      if (refusal !== undefined) return refusal;
      const answers = await environment.write(() => {
        count(member, asks.length);
        return asks.map((item) => answerAsk(member, item));
      });
      if (settings.syncToDisk) await environment.flushed();
      return answers;
    },
    async buckets(member, prefixes) {
      const refusal = refusalOf(member, prefixes.length);
      if (refusal !== undefined) return refusal;
      await environment.write(() => count(member, prefixes.length));
      const buckets: CommunityBucketEntry[][] = [];
      for (const prefix of prefixes) {
        const found = bucket(prefix);
        if ('refused' in found) return found;
        buckets.push(found);
      }
      return buckets;
    },
    totals() {
      environment.refresh();
      const rows = tokens.list();
      const now = clock();
      const active = rows.filter(([, { revoked }]) => revoked === undefined);
      return {
        domains: sightings.count(),
        established: established.count(),
        noted: notes.count(),
        organisations: new Set(active.map(([, { organisation }]) => organisation)).size,
        tokens: rows.map(([hash, { organisation, created, revoked }]) => {
          const used = usage.get(hash);
          return {
            organisation,
            token: hash.slice(0, 12),
            created: isoTime(created),
            ...(revoked === undefined ? {} : { revoked: isoTime(revoked) }),
            asked_today: used?.day === dayOf(now) ? used.today : 0,
            asked: used?.total ?? 0,
          };
        }),
      };
    },
    async close() {
      await environment.flushed();
      await environment.close();
    },
  };
}

const dayOf = (time: number): string => isoTime(time).slice(0, 10);
