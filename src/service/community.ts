import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { communityClient, type CommunityClient } from '../community/client.ts';
import { startCommunityQueue, type CommunityMetrics } from '../community/queue.ts';
import { mayLeaveSite, type CommunityPart } from '../core/community.ts';
import { isoTime } from '../core/event-time.ts';
import type { DomainName, ParsedName } from '../core/name.ts';
import { systemClock } from '../lookup/clock.ts';
import { VERSION } from '../program.ts';
import type { Settings } from '../settings/table.ts';
import { openCommunityStore, type CommunityRecord, type CommunityStore } from '../stores/community-answers.ts';
import { openLmdbEnvironment, StoreError } from '../stores/lmdb-environment.ts';
import { boundedCache } from './bounded-cache.ts';

/** What other organisations saw, as answers use it. */
export interface Community {
  readonly store: CommunityStore;
  /**
   * What is known of a domain: one map read when it was asked for within a minute. An unknown or outdated one is asked for
   * behind the request if the event may ask. Undefined when the community is not told of such names.
   */
  of(name: DomainName, scope: string, mayAsk: boolean): CommunityPart | undefined;
  metrics(): CommunityMetrics;
  close(): Promise<void>;
}

export interface CommunityContext {
  readonly clock: () => number;
  readonly mayOwn: boolean;
  readonly parse: (domain: string) => ParsedName;
  readonly isSuppressed: (domain: string, now: number) => boolean;
  /** Told when the community server cannot be asked; with undefined when it can again. */
  readonly onProblem: (problem: string | undefined) => void;
  readonly onFault: (error: unknown) => void;
  /** Stand-in for tests. */
  readonly client?: CommunityClient;
}

/** A part that is kept in memory, and until when it is not read again. */
interface Kept {
  readonly part: CommunityPart;
  readonly until: number;
}

/** The established list and other processes change records; what is kept in memory is read again after this long. */
const REREAD_MS = 60_000;

const PENDING: CommunityPart = { pending: true };
const UNAVAILABLE: CommunityPart = { pending: false, community: { status: 'unavailable' } };

/** The community's answers of a data directory, as the settings have it. */
export function communityOf(settings: Settings, context: CommunityContext): Community {
  const { clock, parse } = context;
  const store = openCommunityStore(openLmdbEnvironment(join(settings.data, 'community')));
  const cache = boundedCache<Kept>(settings.nameCache);
  const keep = (domain: string, record: CommunityRecord): CommunityPart => {
    const part = partOf(record);
    cache.set(domain, { part, until: Math.min(record.expires ?? Infinity, clock() + REREAD_MS) });
    return part;
  };
  const queue = startCommunityQueue({
    store,
    client:
      context.client ??
      communityClient({
        url: settings.communityUrl,
        token: tokenOf(settings),
        version: VERSION,
        prefixDigits: settings.communityPrefix,
      }),
    server: settings.communityUrl,
    clock: { ...systemClock, now: clock },
    mayOwn: context.mayOwn,
    mayLeave(domain) {
      const name = parse(domain);
      return (
        name.kind === 'domain' &&
        name.name === name.domain &&
        mayLeaveSite(name) &&
        !context.isSuppressed(domain, clock())
      );
    },
    limit: settings.lookupQueue,
    trusted: settings.packKeys,
    onProblem: context.onProblem,
    onFault: context.onFault,
  });

  function lookUp(name: DomainName, scope: string, mayAsk: boolean): CommunityPart | undefined {
    const { domain } = name;
    if (!mayLeaveSite(name)) return undefined;
    const record = store.records.get(domain);
    if (record !== undefined) {
      const part = keep(domain, record);
      if ((record.expires ?? Infinity) <= clock() && mayAsk) queue.want(domain, scope);
      return part;
    }
    const waits = mayAsk ? queue.want(domain, scope) : queue.isWanted(domain);
    if (!waits) return undefined;
    return queue.isDown() ? UNAVAILABLE : PENDING;
  }

  return {
    store,
    of(name, scope, mayAsk) {
      const kept = cache.get(name.domain);
      return kept !== undefined && kept.until > clock() ? kept.part : lookUp(name, scope, mayAsk);
    },
    metrics: () => queue.metrics(),
    async close() {
      await queue.stop();
      await store.environment.flushed();
      await store.environment.close();
    },
  };
}

function partOf({ status, firstSeen, notes, created, scope }: CommunityRecord): CommunityPart {
  return {
    community: {
      status,
      ...(firstSeen === undefined ? {} : { first_seen: isoTime(firstSeen) }),
      ...(notes === undefined || notes.length === 0 ? {} : { notes: [...notes] }),
    },
    pending: false,
    ...(created === undefined ? {} : { created }),
    ...(status === 'first_contact' ? { first: { scope } } : {}),
  };
}

/** The token of the settings or of its file. Throws {@link StoreError} when the file cannot be read. */
function tokenOf({ communityToken, communityTokenFile }: Settings): string {
  if (communityTokenFile === '') return communityToken;
  try {
    return readFileSync(communityTokenFile, 'utf8').trim();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError(`Cannot read community_token_file: ${reason}. Name the file that holds your token.`, {
      cause,
    });
  }
}
