import { describe, expect, it } from '@jest/globals';
import { explain } from '../../src/http/page/explain.ts';
import type { Answer } from '../../src/schema/answer.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const said = (answer: Answer, ranked = true): Record<string, readonly string[]> =>
  Object.fromEntries(explain(answer, { now: NOW, ranked }).map(({ title, sentences }) => [title, sentences]));

const KNOWN: Answer = {
  name: 'login.shop.de',
  domain: 'shop.de',
  status: 'ok',
  category: 'baby',
  first_seen: '2026-11-22T11:59:00.000Z',
  last_seen: '2026-11-22T11:59:00.000Z',
  scope: 'berlin',
  registration: {
    domain: 'shop.de',
    status: 'found',
    created: '2026-11-20T12:00:00.000Z',
    expires: '2026-11-21T00:00:00.000Z',
    retrieved: '2026-11-22T09:00:00.000Z',
    registrar: 'A Registrar',
    source: 'rdap',
    server: 'rdap.example',
    stale: true,
  },
  rank: { value: 12345, list: 'umbrella' },
  lookalike: { of: 'chop.de', rank: 7, kind: 'skeleton', mixed_script: true },
  suffix: { tld: 'de', tld_type: 'country-code', tld_registry: 'DENIC', effective: 'de' },
  alerts: ['FIRST-CONTACT'],
  alert_reasons: ['First event of shop.de in scope berlin.'],
  risk: 'high',
  risk_reasons: ['baby + first_contact'],
};

describe('an answer in sentences', () => {
  it('tells every aspect', () => {
    expect(said(KNOWN)).toEqual({
      Alerts: ['First event of shop.de in scope berlin.', 'Risk high: baby + first_contact.'],
      Registration: [
        'Registered 2026-11-20, 2 days ago, with A Registrar: a baby domain.',
        'The registration ended 2026-11-21.',
        'Told by rdap.example (rdap), 3 hours ago; the refresh failed since.',
      ],
      Contact: ['First seen in scope berlin on 2026-11-22 11:59 UTC, 1 minute ago.'],
      Popularity: ['Rank 12,345 in umbrella.'],
      Likeness: ['It looks like chop.de (rank 7), by skeleton.', 'One of its labels mixes scripts.'],
      Suffix: ['.de is a country-code top-level domain of DENIC.'],
    });
  });

  it('tells what is not known, and what to do about it', () => {
    const answer: Answer = {
      name: 'a.foo.github.io',
      domain: 'foo.github.io',
      status: 'pending',
      scope: 'default',
      category: 'hosted',
      registration: { domain: 'github.io', status: 'pending' },
      rank: { parent: 3 },
    };
    expect(said(answer, false)).toEqual({
      Registration: [
        "foo.github.io is hosted under github.io; these facts are that one's.",
        'Not known yet; it is looked up behind the requests. Ask again in a moment.',
      ],
      Contact: ['No event in scope default ever named it.'],
      Popularity: [
        'There is no rank list; `domain-stats import ranks FILE --list NAME` brings one.',
        'github.io has rank 3.',
      ],
    });
  });

  it.each([
    [{ community: { status: 'first_contact' } }, ['No organisation of the community asked for it before you.']],
    [
      { community: { status: 'seen', first_seen: '2026-11-20T12:00:00.000Z', notes: ['cert: phishing'] } },
      ['An organisation of the community first asked for it on 2026-11-20, 2 days ago.', 'Remark: cert: phishing.'],
    ],
    [
      { community: { status: 'established' }, category: 'established', category_source: 'community' },
      [expect.stringMatching(/established list/), 'By what the community knows it is an established domain.'],
    ],
    [{ community: { status: 'unavailable' } }, [expect.stringMatching(/is down, refuses the token/)]],
    [{ pending: ['community'] }, [expect.stringMatching(/asked behind the requests/)]],
    [{ community: {}, category: 'new', category_source: 'registration' }, undefined],
  ] as const)('tells what the community said: %j', (facts, sentences) => {
    const answer = { name: 'shop.de', domain: 'shop.de', status: 'ok', ...facts } as unknown as Answer;
    expect(said(answer)['Community']).toEqual(sentences);
  });

  it.each(['invalid', 'ip', 'internal', 'suppressed', 'suffix'] as const)('says what %s means', (status) => {
    expect(said({ name: 'x', status })).toEqual({ Status: [expect.stringMatching(/^This .*\.$/)] });
  });
});
