import { exists, is } from '../conditions.ts';
import { own, type Field } from '../fields.ts';
import {
  count,
  groups,
  last,
  least,
  most,
  overTime,
  terms,
  unique,
  type ChartPanel,
  type Dashboard,
} from '../panel.ts';
import {
  AGE,
  AGE_BAND,
  ageBands,
  baby,
  CATEGORY,
  CLIENT,
  CREATED,
  DOMAIN,
  enriched,
  EVENT_COLUMNS,
  firstContact,
  RANK,
  REGISTRAR,
  RISK,
  TIME,
} from './groups.ts';

const TLD = own('suffix.tld');
const SCOPE = own('scope');
const YOUNG_BANDS = ['0-1d', '1-7d', '7-30d', '30-90d'];

/** A small table to click on, where the host has no controls that we could ship. */
const pick = (what: string, field: Field): ChartPanel => ({
  id: `pick-${what}`,
  title: `Pick a ${what}: click to filter`,
  description: 'A click on a row filters the whole dashboard.',
  view: 'table',
  only: 'legacy',
  where: [],
  buckets: [terms(field, what, 50)],
  metrics: [count('Events')],
});

export const babyDomains: Dashboard = {
  id: 'domain-stats-baby-domains',
  title: 'Baby domains and first contact',
  description: 'Which domains are young, which did we touch for the first time, and who did it?',
  eventsOnly: true,
  controls: [
    [CLIENT, 'Client'],
    [TLD, 'TLD'],
    [CATEGORY, 'Category'],
    [SCOPE, 'Scope'],
  ],
  rows: [
    {
      height: 7,
      panels: [
        [
          {
            id: 'baby-count',
            title: 'Baby domains: look at each',
            description: 'Domains that were registered less than 30 days before the event.',
            view: 'metric',
            where: [baby],
            buckets: [],
            metrics: [unique(DOMAIN, 'baby domains')],
          },
          12,
        ],
        [
          {
            id: 'first-count',
            title: 'First contacts: compare with an ordinary day',
            description: 'Each domain counts once in each scope, for ever.',
            view: 'metric',
            where: [firstContact],
            buckets: [],
            metrics: [count('first contacts')],
          },
          12,
        ],
        [
          {
            id: 'baby-clients',
            title: 'Clients that touched a baby domain: ask what they did',
            description: 'Different client addresses.',
            view: 'metric',
            where: [baby],
            buckets: [],
            metrics: [unique(CLIENT, 'clients')],
          },
          12,
        ],
        [
          {
            id: 'pending-count',
            title: 'Still pending: wait, or see the service dashboard',
            description: 'Events whose registration or contact is not decided yet.',
            view: 'metric',
            where: [exists(own('pending'))],
            buckets: [],
            metrics: [count('events')],
          },
          12,
        ],
      ],
    },
    {
      height: 10,
      panels: [
        [pick('client', CLIENT), 12],
        [pick('TLD', TLD), 12],
        [pick('category', CATEGORY), 12],
        [pick('scope', SCOPE), 12],
      ],
    },
    {
      height: 13,
      panels: [
        [
          {
            id: 'age-over-time',
            title: 'Age of the domains over time: zoom into a bulge of young ones',
            description: 'Age at the time of the event.',
            view: 'timeline',
            where: [],
            buckets: [overTime, ageBands],
            metrics: [count('events')],
          },
          24,
        ],
        [
          {
            id: 'first-over-time',
            title: 'First contacts over time: zoom into a peak',
            description: 'By the category of the domain.',
            view: 'timeline',
            where: [firstContact],
            buckets: [
              overTime,
              groups(
                'Category',
                ['baby', 'new', 'established', 'hosted', 'unknown'].map((word) => [word, is(CATEGORY, word)] as const),
              ),
            ],
            metrics: [count('first contacts')],
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
            id: 'newest',
            title: 'Newest domains: click one to see all of its events',
            description: 'By the date of registration, the youngest first.',
            view: 'table',
            where: [exists(CREATED)],
            buckets: [terms(DOMAIN, 'Domain', 50)],
            metrics: [
              most(CREATED, 'Created'),
              least(AGE, 'Age (days)'),
              last(REGISTRAR, 'Registrar'),
              least(RANK, 'Rank'),
              unique(CLIENT, 'Clients'),
              count('Events'),
            ],
          },
          34,
        ],
        [
          {
            id: 'baby-tlds',
            title: 'TLDs of baby domains: filter on an odd one',
            description: 'Share of the different baby domains.',
            view: 'donut',
            where: [baby],
            buckets: [terms(TLD, 'TLD', 10)],
            metrics: [unique(DOMAIN, 'domains')],
          },
          14,
        ],
      ],
    },
    {
      height: 18,
      panels: [
        [
          {
            id: 'latest-first',
            title: 'Latest first contacts: who was it, and is it expected?',
            description: 'Each with its first client.',
            view: 'table',
            where: [firstContact],
            buckets: [terms(DOMAIN, 'Domain', 50)],
            metrics: [
              most(TIME, 'First contact'),
              last(CLIENT, 'Client'),
              least(AGE, 'Age (days)'),
              last(CATEGORY, 'Category'),
              last(RISK, 'Risk'),
            ],
          },
          28,
        ],
        [
          {
            id: 'client-by-age',
            title: 'Clients and young domains: follow a row that is dark on the left',
            description: 'Events of each client by the age of the domain.',
            view: 'vega',
            body: {
              size: 0,
              aggs: {
                young: {
                  filter: { terms: { [AGE_BAND.name]: YOUNG_BANDS } },
                  aggs: {
                    clients: {
                      terms: { field: CLIENT.name, size: 20 },
                      aggs: { bands: { terms: { field: AGE_BAND.name } } },
                    },
                  },
                },
              },
            },
            property: 'aggregations.young.clients.buckets',
            spec: {
              transform: [
                { flatten: ['bands.buckets'], as: ['band'] },
                { calculate: 'datum.band.key', as: 'age' },
                { calculate: 'datum.band.doc_count', as: 'events' },
              ],
              mark: { type: 'rect', tooltip: true },
              encoding: {
                x: { field: 'age', type: 'ordinal', sort: YOUNG_BANDS, title: 'Age of the domain' },
                y: {
                  field: 'key',
                  type: 'nominal',
                  sort: { field: 'events', op: 'sum', order: 'descending' },
                  title: 'Client',
                },
                color: {
                  field: 'events',
                  type: 'quantitative',
                  scale: { scheme: 'orangered', type: 'log' },
                  title: 'Events',
                },
              },
            },
          },
          20,
        ],
      ],
    },
    {
      height: 18,
      panels: [
        [
          {
            id: 'events-baby-or-first',
            title: 'Events of baby domains and first contacts: read them',
            description: 'Newest first.',
            view: 'events',
            where: [enriched, { anyOf: [baby, firstContact] }],
            columns: EVENT_COLUMNS,
          },
          48,
        ],
      ],
    },
  ],
};
