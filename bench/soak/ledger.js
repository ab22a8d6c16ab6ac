// What the soak itself knows: which event was told the first contact of a domain, and what holds at which time.

/** Something that changes while requests are under way: two values may be right for a while. */
export class Timeline {
  #spans = [];

  constructor(value) {
    this.#spans.push({ value, from: 0, until: Infinity });
  }

  /** `change` makes `value` true; the former one may be told until `graceMs` after it. */
  async become(value, change, graceMs) {
    const former = this.#spans.at(-1);
    this.#spans.push({ value, from: Date.now(), until: Infinity });
    const result = await change();
    former.until = Date.now() + graceMs;
    return result;
  }

  /** Whether `value` was right at some time from `from` to now. */
  held(value, from) {
    const now = Date.now();
    return this.#spans.some((span) => span.value === value && span.from <= now && span.until >= from);
  }
}

export class Ledger {
  /** Domain to the event id that was told its first contact (undefined: an event without one), and its time. */
  #decided = new Map();
  #list = [];
  /** Domains whose first contact may have been told on a connection that was cut. */
  #doubtful = new Set();
  /** What was wrong, with how often and the first case of it. */
  faults = new Map();

  /** Keeps a wrong answer; `what` is the same for all of a kind. */
  fault(what, detail) {
    const known = this.faults.get(what);
    if (known !== undefined) known.count++;
    else this.faults.set(what, { count: 1, detail: typeof detail === 'string' ? detail : JSON.stringify(detail) });
  }

  /** `isDrawn`: whether {@link anyKnown} gives it. */
  decide(domain, id, firstSeen, isDrawn = true) {
    if (this.#decided.has(domain)) this.fault('decided twice', domain);
    this.#decided.set(domain, { id, firstSeen });
    if (isDrawn) this.#list.push(domain);
  }

  /** Nobody knows whether the first contact of this domain was told. */
  doubt(domain) {
    this.#doubtful.add(domain);
  }

  /** The id of the event that was the first, and its time; undefined: not decided. */
  winner(domain) {
    return this.#decided.get(domain);
  }

  get size() {
    return this.#list.length;
  }

  /** A domain whose first contact is decided. */
  anyKnown() {
    return this.#list[Math.floor(Math.random() * this.#list.length)];
  }

  decidedUntilNow() {
    return [...this.#list];
  }

  /** Compares an export with the contacts that must be in it; when it `isComplete`, there must be no others. */
  compareWith(lines, must, isComplete) {
    const there = new Map(lines.map((line) => JSON.parse(line)).map((contact) => [contact.domain, contact]));
    const missing = must.filter((domain) => !there.has(domain));
    if (missing.length > 0) this.fault(`${missing.length} contacts are missing`, missing.slice(0, 5));
    for (const domain of must) {
      const { firstSeen } = this.#decided.get(domain);
      const kept = there.get(domain)?.first_seen;
      if (kept !== undefined && firstSeen !== undefined && Date.parse(kept) !== firstSeen) {
        this.fault('first_seen in an export', { domain, kept, expected: new Date(firstSeen).toISOString() });
      }
    }
    if (!isComplete) return;
    const extra = [...there.keys()].filter((domain) => !this.#decided.has(domain) && !this.#doubtful.has(domain));
    if (extra.length > 0) this.fault(`${extra.length} contacts that nobody made`, extra.slice(0, 5));
  }
}
