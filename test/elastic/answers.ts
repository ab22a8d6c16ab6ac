import type { Answered, EngineNode } from './engines/node.ts';

/** All documents of a pattern, by their `key`, a keyword. */
export async function documentsOf(engine: EngineNode, pattern: string): Promise<Map<string, Answered>> {
  await engine.ask('POST', `/${pattern}/_refresh`);
  const found = new Map<string, Answered>();
  for (let after: unknown; ;) {
    const { body } = await engine.ask('POST', `/${pattern}/_search`, {
      size: 5000,
      sort: [{ key: 'asc' }],
      ...(after === undefined ? {} : { search_after: after }),
    });
    const hits = (body['hits'] as { hits: { _source: Answered; sort: unknown }[] }).hits;
    if (hits.length === 0) return found;
    for (const { _source } of hits) found.set(_source['key'] as string, _source);
    after = hits.at(-1)?.sort;
  }
}

const OF_TIME = ['first_seen', 'last_seen', 'days_since_first_seen', 'first_contact'];
const OF_FIRST_CONTACT = ['alerts', 'alert_reasons', 'risk', 'risk_reasons'];

/** Two answers, reduced to what is the same whoever was decided first and whenever the registry was asked. */
export function comparable(answer: Answered, other: Answered): Answered {
  const decidedAlike = answer['first_contact'] === other['first_contact'];
  const differs = [...OF_TIME, ...(decidedAlike ? [] : OF_FIRST_CONTACT)];
  const same = Object.fromEntries(Object.entries(answer).filter(([key]) => !differs.includes(key)));
  if (same['registration'] === undefined) return same;
  return { ...same, registration: { ...(same['registration'] as Answered), retrieved: undefined } };
}

/** How often each domain has its first contact. */
export function firstContacts(answers: Iterable<Answered | undefined>): Map<string, number> {
  const firsts = new Map<string, number>();
  for (const { domain, first_contact: first } of [...answers].filter((answer) => answer !== undefined)) {
    if (typeof domain === 'string') firsts.set(domain, (firsts.get(domain) ?? 0) + Number(first === true));
  }
  return firsts;
}
