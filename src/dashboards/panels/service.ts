import { REGISTRATION_STATUSES } from '../../schema/answer.ts';
import { between, exists, is, not } from '../conditions.ts';
import { FACTS, own, type Field } from '../fields.ts';
import { count, groups, least, most, overTime, terms, unique, type Bucket, type Dashboard } from '../panel.ts';
import { DOMAIN, enriched, TIME } from './groups.ts';

const OUTCOME = own('registration.status');
const RETRIEVED = own('registration.retrieved');

/** How long ago a date was; seen from now, whatever the time range. */
const ago = (field: Field): Bucket =>
  groups('Age', [
    ['up to a day', between(field, 'now-1d')],
    ['a day to a week', between(field, 'now-7d', 'now-1d')],
    ['a week to a month', between(field, 'now-30d', 'now-7d')],
    ['older', between(field, undefined, 'now-30d')],
  ]);

export const service: Dashboard = {
  id: 'domain-stats-service',
  title: 'The service',
  description: 'Do look-ups succeed, is anything left pending, how old are the facts?',
  eventsOnly: false,
  rows: [
    {
      height: 13,
      panels: [
        [
          {
            id: 'outcomes',
            title: 'Look-ups by outcome: many errors mean a blocked way out',
            description: 'Different domains by what became of their registration.',
            view: 'bars',
            where: [exists(OUTCOME)],
            buckets: [
              groups(
                'Outcome',
                REGISTRATION_STATUSES.map((word) => [word, is(OUTCOME, word)] as const),
              ),
            ],
            metrics: [unique(own('registration.domain'), 'domains')],
          },
          24,
        ],
        [
          {
            id: 'pending-share',
            title: 'Share of pending events over time: old ones need `domain-stats sweep`',
            description: 'Events with something undecided against complete ones.',
            view: 'shares',
            where: [enriched],
            buckets: [
              overTime,
              groups('State', [
                ['pending', exists(own('pending'))],
                ['complete', not(exists(own('pending')))],
              ]),
            ],
            metrics: [count('events')],
          },
          24,
        ],
      ],
    },
    {
      height: 13,
      panels: [
        [
          {
            id: 'retrieved-ago',
            title: 'Age of the registration facts: old ones are refreshed by the server',
            description: 'Domains by when their registry was asked.',
            view: 'bars',
            where: [exists(RETRIEVED)],
            buckets: [ago(RETRIEVED)],
            metrics: [unique(own('registration.domain'), 'domains')],
          },
          12,
        ],
        [
          {
            id: 'fact-sources',
            title: 'Where the facts come from: expect rdap above whois',
            description: 'Different domains by source.',
            view: 'donut',
            where: [enriched],
            buckets: [terms(own('registration.source'), 'Source', 5)],
            metrics: [unique(own('registration.domain'), 'domains')],
          },
          12,
        ],
        [
          {
            id: 'statuses',
            title: 'What became of the names: check invalid ones',
            description: 'Events by status.',
            view: 'donut',
            where: [enriched],
            buckets: [terms(own('status'), 'Status', 10)],
            metrics: [count('events')],
          },
          12,
        ],
        [
          {
            id: 'stale-domains',
            title: 'Stale facts: see why the refresh fails',
            description: 'Domains whose registry did not answer again; older facts are served.',
            view: 'metric',
            where: [is(own('registration.stale'), true)],
            buckets: [],
            metrics: [unique(own('registration.domain'), 'domains')],
          },
          12,
        ],
      ],
    },
    {
      height: 12,
      panels: [
        [
          {
            id: 'registry-servers',
            title: 'Registries asked: look for one that has not answered for long',
            description: 'By server, with the dates of its answers.',
            view: 'table',
            where: [exists(own('registration.server'))],
            buckets: [terms(own('registration.server'), 'Server', 30)],
            metrics: [
              unique(own('registration.domain'), 'Domains'),
              least(RETRIEVED, 'Oldest answer'),
              most(RETRIEVED, 'Latest answer'),
            ],
          },
          24,
        ],
        [
          {
            id: 'generations',
            title: 'Data sets that answered: update an old one',
            description: 'Generations of suffix list, ranks and TLDs in the answers.',
            view: 'table',
            where: [exists(own('data_version'))],
            buckets: [terms(own('data_version'), 'Data', 20)],
            metrics: [count('Events'), least(TIME, 'From'), most(TIME, 'To'), unique(DOMAIN, 'Domains')],
          },
          24,
        ],
      ],
    },
    {
      height: 12,
      panels: [
        [
          {
            id: 'known-domains',
            title: 'Domains in the facts index: grows with the facts feed',
            description: 'Of all time, not of the time range.',
            view: 'metric',
            source: 'facts',
            where: [],
            buckets: [],
            metrics: [count('domains')],
          },
          12,
        ],
        [
          {
            id: 'known-ago',
            title: 'When we met the domains: a young index knows little',
            description: 'Domains of the facts index by their first contact.',
            view: 'bars',
            source: 'facts',
            where: [],
            buckets: [ago(FACTS.firstSeen)],
            metrics: [count('domains')],
          },
          18,
        ],
        [
          {
            id: 'ending-soon',
            title: 'Registrations that end soon: watch for a new owner',
            description: 'Domains of the facts index whose registration ends within 60 days.',
            view: 'table',
            source: 'facts',
            where: [between(FACTS.expires, 'now', 'now+60d')],
            buckets: [terms(FACTS.domain, 'Domain', 30, { ascending: true })],
            metrics: [least(FACTS.expires, 'Ends'), least(FACTS.created, 'Created'), least(FACTS.rank, 'Rank')],
          },
          18,
        ],
      ],
    },
  ],
};
