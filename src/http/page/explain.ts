import { agoInWords, countInWords } from '../../core/in-words.ts';
import type { Answer, Registration } from '../../schema/answer.ts';

/** One aspect of an answer, in sentences. */
export interface Explained {
  readonly title: string;
  readonly sentences: readonly string[];
}

/** What an explanation depends on besides the answer. */
export interface ExplainContext {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Whether there is a rank list. */
  readonly ranked: boolean;
}

/** An answer as a person would tell it; aspects of which nothing is known are told too, for what is missing matters. */
export function explain(answer: Answer, context: ExplainContext): Explained[] {
  const status = STATUS_SENTENCES[answer.status];
  const aspects: Explained[] = [];
  const add = (title: string, ...sentences: readonly (string | undefined)[]) => {
    const said = sentences.filter((sentence) => sentence !== undefined);
    if (said.length > 0) aspects.push({ title, sentences: said });
  };
  if (status !== undefined) add('Status', status);
  if (answer.domain !== undefined) {
    add('Alerts', ...(answer.alert_reasons ?? []), ...riskSentences(answer));
    add('Registration', ...registrationSentences(answer, context.now));
    add('Contact', contactSentence(answer, context.now));
    add('Community', ...communitySentences(answer, context.now));
    add('Popularity', rankSentence(answer, context.ranked), parentRankSentence(answer));
    add('Likeness', ...lookalikeSentences(answer));
    add('Letters', ...letterSentences(answer));
  }
  add('Suffix', ...suffixSentences(answer));
  return aspects;
}

const STATUS_SENTENCES: Partial<Record<Answer['status'], string>> = {
  invalid: 'This is no name that DNS could hold, so nothing else is told of it.',
  ip: 'This is an IP address, not a domain name.',
  internal:
    'This name is internal: a single label, a special-use name or one of your own zones. Nothing is kept of it.',
  suppressed: 'This domain is suppressed: it raises no alert and is not looked up.',
  suffix: 'This is a public suffix itself: names are registered below it.',
};

const day = (time: string): string => time.slice(0, 10);
const ago = (time: string, now: number): string => agoInWords(Date.parse(time), now);

function riskSentences({ risk, risk_reasons: reasons = [], alerts }: Answer): string[] {
  if (risk === undefined || (risk === 'none' && alerts === undefined)) return [];
  return [`Risk ${risk}${reasons.length === 0 ? '' : `: ${reasons.join('; ')}`}.`];
}

const REGISTRATION_SENTENCES: Partial<Record<NonNullable<Registration['status']>, string>> = {
  pending: 'Not known yet; it is looked up behind the requests. Ask again in a moment.',
  not_found: 'The registry says that this domain is not registered.',
  no_date: 'The registry publishes no date of registration.',
  unsupported: 'The registry has neither an RDAP nor a WHOIS server to ask.',
  error: 'The look-up failed again and again and was given up; a later event tries again.',
  skipped: 'It is not looked up: look-ups are off, or no registry could know such a name.',
};

const CATEGORIES: Partial<Record<NonNullable<Answer['category']>, string>> = {
  baby: 'a baby domain',
  new: 'a new domain',
  established: 'an established domain',
};

function registrationSentences({ registration, category, domain }: Answer, now: number): (string | undefined)[] {
  if (registration?.status === undefined) return [];
  const { status, created, expires, registrar, source, server, retrieved, domain: registered } = registration;
  const kind = CATEGORIES[category ?? 'unknown'];
  return [
    registered === domain
      ? undefined
      : `${String(domain)} is hosted under ${String(registered)}; these facts are that one's.`,
    created === undefined
      ? REGISTRATION_SENTENCES[status]
      : `Registered ${registration.created_precision === 'before' ? 'before ' : ''}${day(created)}, ${ago(created, now)}` +
        `${registrar === undefined ? '' : `, with ${registrar}`}${kind === undefined ? '' : `: ${kind}`}.`,
    registration.previous_created === undefined
      ? undefined
      : `It was registered before, on ${day(registration.previous_created)}.`,
    expires === undefined
      ? undefined
      : `The registration ${Date.parse(expires) < now ? 'ended' : 'ends'} ${day(expires)}.`,
    retrieved === undefined
      ? undefined
      : `Told by ${server ?? 'a file'} (${source ?? 'import'}), ${ago(retrieved, now)}${registration.stale === true ? '; the refresh failed since' : ''}.`,
  ];
}

function contactSentence({ first_seen: first, last_seen: last, scope }: Answer, now: number): string | undefined {
  if (scope === undefined) return undefined;
  if (first === undefined) return `No event in scope ${scope} ever named it.`;
  const again = last === undefined || last === first ? '' : ` Last seen ${ago(last, now)}.`;
  return `First seen in scope ${scope} on ${first.slice(0, 16).replace('T', ' ')} UTC, ${ago(first, now)}.${again}`;
}

const COMMUNITY_SENTENCES: Readonly<Record<NonNullable<NonNullable<Answer['community']>['status']>, string>> = {
  first_contact: 'No organisation of the community asked for it before you.',
  seen: 'An organisation of the community asked for it before.',
  established: "It is on the community's established list, or registered long ago as far as its server knows.",
  unavailable: 'The community does not tell: its server is down, refuses the token, or takes no such names.',
};

function communitySentences(answer: Answer, now: number): (string | undefined)[] {
  const { community, pending, category, category_source: source } = answer;
  const { status, first_seen: first, notes = [] } = community ?? {};
  const kind = CATEGORIES[category ?? 'unknown'];
  return [
    pending?.includes('community') === true
      ? 'Its server is asked behind the requests. Ask again in a moment.'
      : undefined,
    status === 'seen' && first !== undefined
      ? `An organisation of the community first asked for it on ${day(first)}, ${ago(first, now)}.`
      : status && COMMUNITY_SENTENCES[status],
    source === 'community' && kind !== undefined ? `By what the community knows it is ${kind}.` : undefined,
    ...notes.map((note) => `Remark: ${note}.`),
  ];
}

function rankSentence({ rank, domain }: Answer, ranked: boolean): string | undefined {
  if (!ranked) return 'There is no rank list; `domain-stats import ranks FILE --list NAME` brings one.';
  if (rank?.value === undefined) return `${String(domain)} is not in the rank list.`;
  return `Rank ${countInWords(rank.value)}${rank.list === undefined ? '' : ` in ${rank.list}`}.`;
}

const parentRankSentence = ({ rank, registration }: Answer): string | undefined =>
  rank?.parent === undefined ? undefined : `${String(registration?.domain)} has rank ${countInWords(rank.parent)}.`;

function lookalikeSentences({ lookalike }: Answer): (string | undefined)[] {
  if (lookalike === undefined) return [];
  const { of, rank, kind, ascii, mixed_script: mixed } = lookalike;
  return [
    of === undefined
      ? undefined
      : `It looks like ${of}${rank === undefined ? '' : ` (rank ${countInWords(rank)})`}${kind === undefined ? '' : `, by ${kind}`}.`,
    ascii === undefined ? undefined : `In plain letters it reads ${ascii}.`,
    mixed === true ? 'One of its labels mixes scripts.' : undefined,
  ];
}

function letterSentences({ randomness, freq, entropy }: Answer): (string | undefined)[] {
  return [
    randomness === undefined ? undefined : `Randomness ${randomness.toFixed(2)}: 0 is ordinary, 1 machine-made.`,
    freq?.average === undefined
      ? undefined
      : `Letter pairs ${freq.average.toFixed(1)} on average${freq.word === undefined ? '' : `, ${freq.word.toFixed(1)} over the word`}: the lower, the stranger.`,
    entropy?.domain === undefined ? undefined : `Relative entropy ${entropy.domain.toFixed(2)} bits.`,
  ];
}

function suffixSentences({ suffix }: Answer): (string | undefined)[] {
  if (suffix?.tld === undefined) return [];
  const { tld, unicode, tld_type: type, tld_registry: registry, effective, private: own } = suffix;
  return [
    `.${unicode ?? tld}${type === undefined ? '' : ` is a ${type} top-level domain`}${registry === undefined ? '' : ` of ${registry}`}.`,
    effective === undefined || effective === tld ? undefined : `Names are registered below ${effective}.`,
    own === undefined ? undefined : `${own} is a private suffix: its owner hands out the names below it.`,
  ];
}
