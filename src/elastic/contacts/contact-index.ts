import { partsOfContactKey } from '../../stores/contact-tables.ts';
import type { AgreedContact, ContactClaim } from '../../stores/fleet-contacts.ts';
import { ask, causeOf, EngineError, isObject, objectAt, remedyOf, type Engine, type JsonObject } from '../engine.ts';

/** A claim that is settled, and whether it has just made the contact: one that was won may have been made before. */
export interface SettledContact extends AgreedContact {
  readonly isNew: boolean;
}

/** The index of contacts in an engine. Every method is one or a few requests, and throws {@link EngineError}. */
export interface ContactIndex {
  /** Makes the index unless it is there. */
  prepare(): Promise<void>;
  /** Settles claims in their order; undefined for one that the engine refused. */
  settle(claims: readonly ContactClaim[]): Promise<readonly (SettledContact | undefined)[]>;
  /** Moves first times back where the ones given are earlier. Resolves with those that the engine may take later. */
  lower(firsts: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, number>>;
}

/** A contact as the index has it. */
interface StoredContact {
  readonly first: number;
  readonly firstId: number;
  readonly list: number;
}

const CREATED = 201;
const CONFLICT = 409;
const GONE = 404;
const BUSY = 429;
/** Times that an update is repeated when another instance updates the same contact. */
const RETRIES = 5;

const INDEX = {
  // An answer that says "created" is on the disk: a first contact is told once.
  settings: { index: { number_of_shards: 1, auto_expand_replicas: '0-1', translog: { durability: 'request' } } },
  mappings: {
    dynamic: false,
    properties: {
      scope: { type: 'keyword' },
      domain: { type: 'keyword' },
      first_seen: { type: 'date', format: 'epoch_millis' },
    },
    _meta: { managed_by: 'domain-stats' },
  },
};

const LOWER =
  'if (params.first < ctx._source.first_seen) { ctx._source.first_seen = params.first } else { ctx.op = "none" }';

/** `onFault` is told why the engine refuses single contacts, which are undecided then. */
export function contactIndex(
  engine: Pick<Engine, 'send'>,
  name: string,
  onFault: (error: unknown) => void,
): ContactIndex {
  async function prepare(): Promise<void> {
    const there = await engine.send({ method: 'GET', path: `/${name}/_settings` });
    if (there.status === 200) return;
    const request = { method: 'PUT', path: `/${name}`, body: JSON.stringify(INDEX) } as const;
    const { status, body } = await ask(engine, request, [400]);
    // Another instance has made it in between.
    if (status === 400 && causeOf(body['error']).type !== 'resource_already_exists_exception') {
      throw new EngineError(`The index ${name} cannot be made: ${causeOf(body['error']).reason ?? 'no reason given'}.`);
    }
  }

  async function bulk(lines: readonly object[]): Promise<readonly JsonObject[]> {
    const body = lines.map((line) => JSON.stringify(line) + '\n').join('');
    const { body: answer } = await ask(engine, { method: 'POST', path: `/${name}/_bulk`, body, isBulk: true });
    const items: unknown = answer['items'];
    return Array.isArray(items) ? items.filter(isObject) : [];
  }

  async function read(keys: readonly string[]): Promise<ReadonlyMap<string, StoredContact>> {
    const found = new Map<string, StoredContact>();
    if (keys.length === 0) return found;
    const body = JSON.stringify({ ids: keys.map(idOf) });
    const answer = await ask(engine, { method: 'POST', path: `/${name}/_mget`, body });
    const documents: unknown = answer.body['docs'];
    keys.forEach((key, place) => {
      const source = objectAt(Array.isArray(documents) ? documents[place] : undefined, '_source');
      const { first_seen: first, first_id: firstId, list } = source;
      if (typeof first === 'number' && typeof firstId === 'number' && typeof list === 'number') {
        found.set(key, { first, firstId, list });
      }
    });
    return found;
  }

  /** The contacts that claims have under the keys of former suffix lists. */
  async function readFormer(claims: readonly ContactClaim[]): Promise<ReadonlyMap<ContactClaim, StoredContact>> {
    const found = new Map<ContactClaim, StoredContact>();
    const stored = await read([...new Set(claims.flatMap(({ formerKeys = [] }) => formerKeys.map(({ key }) => key)))]);
    for (const claim of claims) {
      for (const { key, list } of claim.formerKeys ?? []) {
        const contact = stored.get(key);
        if (contact?.list !== list || found.has(claim)) continue;
        found.set(claim, contact);
      }
    }
    return found;
  }

  async function settle(claims: readonly ContactClaim[]): Promise<readonly (SettledContact | undefined)[]> {
    const former = await readFormer(claims);
    const items = await bulk(
      claims.flatMap((claim) => [{ create: { _id: idOf(claim.key) } }, sourceOf(claim, former.get(claim) ?? claim)]),
    );
    const created = claims.map((_, place) => objectAt(items[place], 'create'));
    const statuses = created.map(({ status }) => status);
    // The index has been deleted, and the engine makes none by itself.
    const gone = created.find(({ status }) => status === GONE);
    if (gone !== undefined) throw refusalOf(name, gone);
    const refused = created.find(({ status }) => status !== CREATED && status !== CONFLICT);
    if (refused !== undefined) onFault(refusalOf(name, refused));
    const lost = await read(claims.flatMap(({ key }, place) => (statuses[place] === CONFLICT ? [key] : [])));
    return claims.map((claim, place) => {
      if (statuses[place] === CREATED) {
        const { first, firstId } = former.get(claim) ?? claim;
        return { isNew: true, won: !former.has(claim), first, firstId };
      }
      const theirs = statuses[place] === CONFLICT ? lost.get(claim.key) : undefined;
      // Our own id in it: an earlier attempt made it, whose answer did not reach us.
      const { first, firstId } = theirs ?? claim;
      return theirs && { isNew: false, won: firstId === claim.firstId, first, firstId };
    });
  }

  return {
    prepare,
    settle,
    async lower(firsts) {
      const items = await bulk(
        [...firsts].flatMap(([key, first]) => [
          { update: { _id: idOf(key), retry_on_conflict: RETRIES } },
          { script: { lang: 'painless', source: LOWER, params: { first } } },
        ]),
      );
      const updates = items.map((item) => objectAt(item, 'update'));
      const refused = updates.find(({ status }) => typeof status === 'number' && status >= 300 && status !== GONE);
      if (refused !== undefined) onFault(refusalOf(name, refused));
      return new Map([...firsts].filter((_, place) => isForLater(updates[place]?.['status'])));
    },
  };
}

const isForLater = (status: unknown): boolean => typeof status === 'number' && (status === BUSY || status >= 500);

/** The engine's reason may quote a document, and domains are not for the log: its type must do. */
function refusalOf(name: string, { status, error }: JsonObject): EngineError {
  const { type = 'no type given' } = causeOf(error);
  const code = typeof status === 'number' ? status : 500;
  return new EngineError(`${name} refuses a contact: ${type}, ${String(code)}. ${remedyOf(code, type)}`, {
    status: code,
  });
}

/** The engine's id of a contact; a scope has no colon. */
function idOf(key: string): string {
  const { scope, domain } = partsOfContactKey(key);
  return `${scope}:${domain}`;
}

const sourceOf = ({ key, list }: ContactClaim, { first, firstId }: { first: number; firstId: number }) => ({
  ...partsOfContactKey(key),
  first_seen: first,
  first_id: firstId,
  list,
});
