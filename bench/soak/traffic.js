// One request of each sort, and the comparison of its answer with what the ledger expects.
import { freshDomain, hostOf, KINDS, QUIET, RANKED, rankedDomain, RANK_OF, REFUSED } from './names.js';

const CONTEST = 20;
const RACERS = 3;
const BATCH = 50;

const pick = (list) => list[Math.floor(Math.random() * list.length)];
const times = (count, make) => Array.from({ length: count }, (_, index) => make(index));
let ids = 0;
const newId = () => `event-${ids++}`;

export class Traffic {
  /** @param startMs time of every first event; later events of a domain are later, so `first_seen` is this for ever. */
  constructor({ ledger, connections, startMs, quiet, ranks, listOf }) {
    Object.assign(this, { ledger, connections, startMs, quiet, ranks, listOf });
    this.firstAt = new Date(startMs).toISOString();
    this.names = 0;
  }

  /** Sorts of requests, with how often each comes. */
  get sorts() {
    return [
      [6, this.knownSingle],
      [4, this.freshSingle],
      [4, this.contest],
      [6, this.mixedBatch],
      [3, this.events],
      [3, this.unasked],
      [3, this.ranked],
      [3, this.silenced],
      [3, this.kind],
      [3, this.refused],
      [3, this.legacyKnown],
      [2, this.legacyFresh],
      [3, this.reads],
    ].flatMap(([often, sort]) => times(often, () => sort));
  }

  /** Sends one request of some sort on a connection. */
  next = (connection) => pick(this.sorts).call(this, connection);

  #laterAt = () => new Date(this.startMs + 1000 * Math.floor(Math.random() * 3600)).toISOString();

  async #get(connection, path) {
    const answer = await connection.ask({ path });
    return { ...this.#read(path, answer), since: answer.since, wasCut: answer.wasCut };
  }

  #read(path, { status, type, text }, expectedStatus = 200) {
    const expectedType = expectedStatus === 200 ? 'application/json' : 'application/problem+json';
    if (status !== expectedStatus || type !== expectedType) {
      this.ledger.fault(`not ${expectedStatus} ${expectedType}`, `${path.slice(0, 100)}: ${status} ${type} ${text}`);
      return {};
    }
    return JSON.parse(text);
  }

  #expect(what, answer, expected) {
    this.names++;
    for (const [key, value] of Object.entries(expected)) {
      const told = answer?.[key];
      if (JSON.stringify(told) !== JSON.stringify(value)) {
        return this.ledger.fault(`${what}: ${key}`, `not ${String(value)}: ${JSON.stringify(answer)}`);
      }
    }
  }

  /** What every answer of a registered domain says; `first`: true, false or undefined for none. */
  #expectDomain(what, answer, domain, first) {
    const firstSeen = this.ledger.winner(domain)?.firstSeen;
    this.#expect(what, answer, {
      domain,
      status: 'ok',
      category: domain.endsWith('.github.io') ? 'hosted' : 'unknown',
      first_contact: first,
      ...(firstSeen === undefined ? {} : { first_seen: new Date(firstSeen).toISOString() }),
    });
    const alerts = answer?.alerts ?? [];
    if (alerts.includes('FIRST-CONTACT') !== (first === true))
      this.ledger.fault(`${what}: alerts`, answer ?? 'nothing');
  }

  async knownSingle(connection) {
    const domain = this.ledger.anyKnown();
    if (domain === undefined) return;
    if (Math.random() < 0.3) {
      // A name and nothing else, which the server answers by a shorter way.
      return this.#expectDomain('a plain name', await this.#get(connection, `/v1/domains/x.${domain}`), domain, false);
    }
    const { id } = this.ledger.winner(domain);
    const isRetry = id !== undefined && Math.random() < 0.2;
    const asked = isRetry ? id : newId();
    const path = `/v1/domains/${encodeURIComponent(hostOf(domain))}?id=${asked}&at=${this.#laterAt()}`;
    const answer = await this.#get(connection, path);
    this.#expectDomain(isRetry ? 'the first event again' : 'a known name', answer, domain, isRetry);
  }

  async freshSingle(connection) {
    const [domain, id] = [freshDomain(), newId()];
    const path = `/v1/domains?name=${encodeURIComponent(hostOf(domain))}&id=${id}&at=${this.firstAt}`;
    const answer = await this.#get(connection, path);
    this.ledger.decide(domain, id, this.startMs);
    this.#expectDomain('a new name', answer, domain, true);
  }

  /** The same new domains by several connections at once, through several doors: one of the events is the first. */
  async contest(connection) {
    const domains = times(CONTEST, freshDomain);
    const others = this.connections.filter((other) => other !== connection).sort(() => Math.random() - 0.5);
    const racers = [connection, ...others].slice(0, RACERS);
    const entries = await Promise.all(
      racers.map(async (racer, index) => {
        const items = domains.map((domain) => ({ name: hostOf(domain), id: newId(), at: this.firstAt }));
        return { items, answers: await this.#throughDoor(racer, index, items) };
      }),
    );
    domains.forEach((domain, index) => {
      const firsts = entries.filter(({ answers }) => answers[index]?.first_contact === true);
      if (firsts.length !== 1) this.ledger.fault(`contest: ${firsts.length} first contacts instead of one`, domain);
      this.ledger.decide(domain, firsts[0]?.items[index].id, this.startMs);
      for (const entry of entries) {
        this.#expectDomain('a contest', entry.answers[index], domain, entry === firsts[0]);
      }
    });
  }

  /** Items as an array, as NDJSON or as events. */
  async #throughDoor(connection, door, items) {
    const events = items.map(({ name, id, at }) => ({
      '@timestamp': at,
      event: { id },
      ...(Math.random() < 0.5 ? { dns: { question: { name } } } : { 'url.domain': name }),
    }));
    const path = door === 2 ? '/v1/events' : '/v1/domains';
    const body =
      door === 1 ? items.map((item) => JSON.stringify(item)).join('\n') : JSON.stringify(door ? events : items);
    const answer = await connection.ask({ method: 'POST', path, body });
    if (door === 1) {
      if (answer.status !== 200) this.ledger.fault('NDJSON was refused', answer.text);
      return answer.text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
    }
    const answers = this.#read(path, answer);
    return door === 2 ? answers.map((event) => event.domain_stats) : answers;
  }

  /** Known names, one of them twice, names of every kind and an item that is none. */
  async mixedBatch(connection) {
    const known = times(BATCH, () => this.ledger.anyKnown()).filter((domain) => domain !== undefined);
    const fresh = freshDomain();
    const [first, second] = [newId(), newId()];
    const items = [
      ...known.map((domain) => ({ name: hostOf(domain), id: newId(), at: this.#laterAt() })),
      ...KINDS.map(({ name }) => ({ name })),
      { name: `x.${fresh}`, id: second, at: this.#laterAt() },
      { name: `y.${fresh}`, id: first, at: this.firstAt },
      { id: 'an item without a name' },
    ];
    const answer = await connection.ask({ method: 'POST', path: '/v1/domains', body: JSON.stringify(items) });
    const answers = this.#read('a mixed batch', answer);
    if (answers.length !== items.length) return this.ledger.fault('a batch of another length', answers.length);
    known.forEach((domain, index) => this.#expectDomain('a batch', answers[index], domain, false));
    KINDS.forEach(({ status }, index) => {
      this.#expect('a batch', answers[known.length + index], { status, first_contact: undefined });
    });
    // The earliest event of a request is the first, wherever it stands; at the same time the one before.
    const isTie = items.at(-3).at === this.firstAt;
    this.ledger.decide(fresh, isTie ? second : first, this.startMs);
    this.#expectDomain('twice in a batch', answers.at(-3), fresh, isTie);
    this.#expectDomain('twice in a batch', answers.at(-2), fresh, !isTie);
    if (answers.at(-1).domain !== undefined) this.ledger.fault('an item without a name has a domain', answers.at(-1));
  }

  async events(connection) {
    const known = times(10, () => this.ledger.anyKnown()).filter((domain) => domain !== undefined);
    const events = [
      { message: 'no name here', n: 1 },
      ...known.map((domain) => ({ '@timestamp': this.#laterAt(), tls: { client: { server_name: hostOf(domain) } } })),
    ];
    const answer = await connection.ask({ method: 'POST', path: '/v1/events', body: JSON.stringify(events) });
    const [nameless, ...named] = this.#read('/v1/events', answer);
    this.#expect('an event without a name', nameless, { ...events[0], domain_stats: undefined });
    // An event without an id is known by its content, which no first event here has.
    known.forEach((domain, index) => {
      this.#expectDomain('an event', named[index]?.domain_stats, domain, false);
      this.#expect('an event', named[index], events[index + 1]);
    });
  }

  /** `contact=false` leaves none: the next event is the first. */
  async unasked(connection) {
    const [domain, id] = [freshDomain(), newId()];
    const path = `/v1/domains/${domain}?at=${this.firstAt}`;
    const silent = await this.#get(connection, `${path}&contact=false`);
    this.#expectDomain('contact=false', silent, domain, undefined);
    this.#expect('contact=false', silent, { first_seen: undefined });
    const answer = await this.#get(pick(this.connections), `${path}&id=${id}`);
    this.ledger.decide(domain, id, this.startMs);
    this.#expectDomain('a name asked with contact=false before', answer, domain, true);
  }

  /** The rank is that of the list whose date the answer bears, and that list was live. */
  async ranked(connection) {
    const indices = times(20, () => Math.floor(Math.random() * RANKED));
    const items = indices.map((index) => ({ name: hostOf(rankedDomain(index)), at: this.firstAt }));
    const answer = await connection.ask({
      method: 'POST',
      path: '/v1/domains?contact=false',
      body: JSON.stringify(items),
    });
    this.#read('ranked names', answer).forEach(({ rank, domain }, order) => {
      const date = rank?.date?.slice(0, 10);
      if (!this.ranks.held(date, answer.since)) this.ledger.fault('a rank list that was not live', { rank, domain });
      const value = RANK_OF[this.listOf.get(date)]?.(indices[order]);
      this.#expect('a rank', { domain, value: rank?.value }, { domain: rankedDomain(indices[order]), value });
    });
  }

  async silenced(connection) {
    const domain = pick(QUIET);
    const path = `/v1/domains/${hostOf(domain)}?id=${newId()}&at=${this.#laterAt()}`;
    const { since, ...answer } = await this.#get(connection, path);
    if (!this.quiet.get(domain).held(answer.status, since)) this.ledger.fault('a suppression', answer);
    const isQuiet = answer.status === 'suppressed';
    this.#expect('a suppression', answer, {
      domain,
      first_contact: isQuiet ? undefined : false,
      first_seen: this.firstAt,
    });
  }

  async kind(connection) {
    const { name, status } = pick(KINDS);
    const answer = await this.#get(connection, `/v1/domains/${encodeURIComponent(name)}`);
    this.#expect('a single name', answer, { status, first_contact: undefined });
  }

  async refused(connection) {
    const { status, ...request } = pick(REFUSED);
    const problem = this.#read(`${request.method} ${request.path}`, await connection.ask(request), status);
    this.#expect('a refusal', problem, { status });
  }

  async legacyKnown(connection) {
    const domain = this.ledger.anyKnown();
    if (domain === undefined) return;
    const answer = await this.#get(connection, `/${hostOf(domain)}`);
    this.#expectLegacy(answer, domain, false);
  }

  /** Such an event has no id: when its connection is cut, nobody knows whether it was told. */
  async legacyFresh(connection) {
    const domain = freshDomain();
    const { wasCut, ...answer } = await this.#get(connection, `/${domain}`);
    if (wasCut) return this.ledger.doubt(domain);
    this.ledger.decide(domain, undefined, undefined);
    this.#expectLegacy(answer, domain, true);
  }

  #expectLegacy(answer, domain, first) {
    const firstSeen = this.ledger.winner(domain)?.firstSeen;
    this.#expect(
      `/${domain}`,
      answer,
      firstSeen === undefined ? {} : { seen_by_you: new Date(firstSeen).toUTCString() },
    );
    if (answer.alerts?.includes('YOUR-FIRST-CONTACT') !== first)
      this.ledger.fault(`as domain-stats 1.0.1: not first: ${first}`, answer);
  }

  async reads(connection) {
    const domain = freshDomain();
    this.#expect('/v1/names', await this.#get(connection, `/v1/names/www.${domain}`), { domain, subdomain: 'www' });
    this.#expect('/readyz', await this.#get(connection, '/readyz'), { ready: true });
    const { contacts } = await this.#get(connection, '/v1/contacts?limit=5');
    if (!Array.isArray(contacts)) this.ledger.fault('/v1/contacts', 'no list');
    const metrics = await connection.ask({ path: '/metrics' });
    if (metrics.status !== 200) this.ledger.fault('/metrics', metrics.text);
    const page = await connection.ask({ path: '/v1/tlds/com' });
    this.#expect('/v1/tlds/com', this.#read('/v1/tlds/com', page), {});
  }
}
