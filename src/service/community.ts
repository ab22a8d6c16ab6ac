import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { communityClient, type CommunityClient } from '../community/client.ts';
import { startCommunityQueue, type CommunityMetrics } from '../community/queue.ts';
import { mayLeaveSite, type CommunityPart } from '../core/community.ts';
import type { DomainName, ParsedName } from '../core/name.ts';
import { systemClock } from '../lookup/clock.ts';
import { VERSION } from '../program.ts';
import type { Settings } from '../settings/table.ts';
import {
  openCommunityStore,
  shownCommunity,
  type CommunityRecord,
  type CommunityStore,
} from '../stores/community-answers.ts';
import { openLmdbEnvironment, StoreError } from '../stores/lmdb-environment.ts';
import { boundedCache } from './bounded-cache.ts';

/** What other organisations saw, as answers use it. */
export interface Community {
  readonly store: CommunityStore;
  /**
   * What is known of a domain: one map read when it was asked for lately. An unknown or outdated one is asked for behind
   * the request if the event may ask. Undefined when the community is not told of such names.
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
  readonly onFault: (error: unknown) => void;
  /** Stand-in for tests. */
  readonly client?: CommunityClient;
}

/** A part that is kept in memory, and until when it is fresh. */
interface Kept {
  readonly part: CommunityPart;
  readonly until: number;
}

const PENDING: CommunityPart = { pending: true };
const UNAVAILABLE: CommunityPart = { pending: false, community: { status: 'unavailable' } };

/** The community's answers of a data directory, as the settings have it. */
export function communityOf(settings: Settings, context: CommunityContext): Community {
  const { clock, parse } = context;
  const store = openCommunityStore(openLmdbEnvironment(join(settings.data, 'community')));
  const cache = boundedCache<Kept>(settings.nameCache);
  const keep = (domain: string, record: CommunityRecord): Kept => {
    const kept = { part: partOf(record), until: record.expires ?? Infinity };
    cache.set(domain, kept);
    return kept;
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
    onRecords: (records) => {
      for (const [domain, record] of records) keep(domain, record);
    },
    onFault: context.onFault,
  });

  function lookUp(name: DomainName, scope: string, mayAsk: boolean): CommunityPart | undefined {
    const { domain } = name;
    if (!mayLeaveSite(name)) return undefined;
    const record = store.records.get(domain);
    if (record !== undefined) {
      const { part, until } = keep(domain, record);
      if (until <= clock() && mayAsk) queue.want(domain, scope);
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

function partOf(record: CommunityRecord): CommunityPart {
  return {
    community: shownCommunity(record),
    pending: false,
    ...(record.created === undefined ? {} : { created: record.created }),
    ...(record.status === 'first_contact' ? { first: { scope: record.scope } } : {}),
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
