import { exists, is } from '../conditions.ts';
import { own } from '../fields.ts';
import { count, groups, last, least, most, overTime, terms, unique, type Dashboard } from '../panel.ts';
import {
  AGE,
  ALERTS,
  baby,
  CATEGORY,
  CLIENT,
  CREATED,
  DOMAIN,
  enriched,
  EVENT_COLUMNS,
  machineMade,
  rankBands,
  REGISTRAR,
  RISK,
  TIME,
  unranked,
} from './groups.ts';

const RANDOMNESS = own('randomness');
const IMITATED = own('lookalike.of');

export const hunting: Dashboard = {
  id: 'domain-stats-hunting',
  title: 'Domain hunting',
  description: 'What is rare, young, machine-made or a copy of something known?',
  eventsOnly: true,
  rows: [
    {
      height: 13,
      panels: [
        [
          {
            id: 'risk-over-time',
            title: 'Risk over time: zoom into high and medium',
            description: 'The highest conjunction of facts that holds for an event.',
            view: 'timeline',
            where: [],
            buckets: [
              overTime,
              groups(
                'Risk',
                ['high', 'medium', 'low'].map((word) => [word, is(RISK, word)] as const),
              ),
            ],
            metrics: [count('events')],
          },
          24,
        ],
        [
          {
            id: 'risk-reasons',
            title: 'Reasons of the risk: filter on one',
            description: 'Which conjunctions of facts hold.',
            view: 'table',
            where: [is(RISK, 'high', 'medium', 'low')],
            buckets: [terms(own('risk_reasons'), 'Reason', 12)],
            metrics: [unique(DOMAIN, 'Domains'), unique(CLIENT, 'Clients'), count('Events'), most(TIME, 'Last seen')],
          },
          24,
        ],
      ],
    },
    {
      height: 16,
      panels: [
        [
          {
            id: 'lookalikes',
            title: 'Look-alikes: is this the real one?',
            description: 'Domains that imitate a ranked one, and how.',
            view: 'table',
            where: [exists(IMITATED)],
            buckets: [terms(DOMAIN, 'Domain', 50), terms(IMITATED, 'Imitates', 1)],
            metrics: [
              count('Events'),
              last(own('lookalike.kind'), 'How'),
              least(AGE, 'Age (days)'),
              unique(CLIENT, 'Clients'),
              most(TIME, 'Last seen'),
            ],
          },
          24,
        ],
        [
          {
            id: 'young-unranked-random',
            title: 'Young, in no list, random: ask what software wants them',
            description: 'Machine-made names; those that no registry knows are attempts.',
            view: 'table',
            where: machineMade,
            buckets: [terms(DOMAIN, 'Domain', 50, { orderBy: 1 })],
            metrics: [
              count('Events'),
              most(RANDOMNESS, 'Randomness'),
              least(AGE, 'Age (days)'),
              last(own('registration.status'), 'Registration'),
              unique(CLIENT, 'Clients'),
            ],
          },
          24,
        ],
      ],
    },
    {
      height: 16,
      panels: [
        [
          {
            id: 'age-by-randomness',
            title: 'Age and randomness: look at the upper left',
            description: 'One dot a domain younger than 90 days; larger ones have more clients.',
            view: 'vega',
            body: {
              size: 0,
              aggs: {
                young: {
                  filter: { range: { [AGE.name]: { lt: 90 } } },
                  aggs: {
                    domains: {
                      terms: { field: DOMAIN.name, size: 300, order: { randomness: 'desc' } },
                      aggs: {
                        age: { min: { field: AGE.name } },
                        randomness: { max: { field: RANDOMNESS.name } },
                        clients: { cardinality: { field: CLIENT.name } },
                      },
                    },
                  },
                },
              },
            },
            property: 'aggregations.young.domains.buckets',
            spec: {
              transform: [
                { calculate: 'datum.age.value', as: 'days' },
                { calculate: 'datum.randomness.value', as: 'randomness_of' },
                { calculate: 'datum.clients.value', as: 'client_count' },
              ],
              mark: { type: 'circle', opacity: 0.7 },
              encoding: {
                x: { field: 'days', type: 'quantitative', title: 'Age (days)' },
                y: { field: 'randomness_of', type: 'quantitative', scale: { domain: [0, 1] }, title: 'Randomness' },
                size: { field: 'client_count', type: 'quantitative', title: 'Clients' },
                color: { field: 'randomness_of', type: 'quantitative', scale: { scheme: 'orangered' }, legend: null },
                tooltip: [{ field: 'key', title: 'Domain' }, { field: 'days' }, { field: 'client_count' }],
              },
            },
          },
          24,
        ],
        [
          {
            id: 'subdomains',
            title: 'Subdomains of each domain: many from one client are a tunnel',
            description: 'Different names below a domain.',
            view: 'table',
            where: [exists(own('subdomain'))],
            buckets: [terms(DOMAIN, 'Domain', 30)],
            metrics: [
              unique(own('subdomain'), 'Subdomains'),
              unique(CLIENT, 'Clients'),
              most(own('entropy.label_max'), 'Highest entropy of a label'),
              least(own('rank.value'), 'Rank'),
            ],
          },
          24,
        ],
      ],
    },
    {
      height: 16,
      panels: [
        [
          {
            id: 'few-clients',
            title: 'In no list and hardly asked for: start at the top',
            description: 'Domains of few clients, that no rank list has.',
            view: 'table',
            where: [unranked, is(CATEGORY, 'baby', 'new', 'established', 'unknown')],
            buckets: [terms(DOMAIN, 'Domain', 50, { ascending: true })],
            metrics: [
              unique(CLIENT, 'Clients'),
              last(CLIENT, 'Last client'),
              count('Events'),
              least(AGE, 'Age (days)'),
            ],
          },
          24,
        ],
        [
          {
            id: 'rank-bands',
            title: 'Popularity of what we touch: filter on "in no list"',
            description: 'Different domains in each band of the rank list.',
            view: 'bars',
            where: [enriched],
            buckets: [rankBands],
            metrics: [unique(DOMAIN, 'domains')],
          },
          24,
        ],
      ],
    },
    {
      height: 14,
      panels: [
        [
          {
            id: 'baby-registrars',
            title: 'Registrars of baby domains: filter on a cheap one',
            description: 'Different baby domains of each registrar.',
            view: 'table',
            where: [baby],
            buckets: [terms(REGISTRAR, 'Registrar', 10)],
            metrics: [unique(DOMAIN, 'Baby domains'), unique(CLIENT, 'Clients'), count('Events')],
          },
          24,
        ],
        [
          {
            id: 'baby-tld-bars',
            title: 'TLDs of baby domains: which could be blocked?',
            description: 'Different baby domains of each TLD.',
            view: 'bars',
            where: [baby],
            buckets: [terms(own('suffix.tld'), 'TLD', 15)],
            metrics: [unique(DOMAIN, 'domains')],
          },
          24,
        ],
      ],
    },
    {
      height: 14,
      panels: [
        [
          {
            id: 'reregistered',
            title: 'Registered anew: old in the logs, another owner now?',
            description: 'Domains that had an earlier registration and were registered again in the last 30 days.',
            view: 'table',
            where: [is(ALERTS, 'REREGISTERED')],
            buckets: [terms(DOMAIN, 'Domain', 30)],
            metrics: [
              most(CREATED, 'Created'),
              least(own('registration.previous_created'), 'Before since'),
              last(REGISTRAR, 'Registrar'),
              unique(CLIENT, 'Clients'),
              count('Events'),
            ],
          },
          24,
        ],
        [
          {
            id: 'hosted',
            title: 'Tenants of platforms: judge the tenant, not the platform',
            description: 'Domains under a private suffix; the age of the platform says nothing of them.',
            view: 'table',
            where: [is(CATEGORY, 'hosted')],
            buckets: [terms(DOMAIN, 'Tenant', 30)],
            metrics: [
              count('Events'),
              last(own('suffix.private'), 'Platform'),
              unique(CLIENT, 'Clients'),
              least(own('first_seen'), 'First seen'),
            ],
          },
          24,
        ],
      ],
    },
    {
      height: 18,
      panels: [
        [
          {
            id: 'events-risky',
            title: 'Events of medium and high risk: read them',
            description: 'Newest first.',
            view: 'events',
            where: [is(RISK, 'high', 'medium')],
            columns: EVENT_COLUMNS,
          },
          48,
        ],
      ],
    },
  ],
};
