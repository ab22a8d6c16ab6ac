import { own } from '../fields.ts';
import { count, last, least, most, overTime, terms, unique, type Dashboard } from '../panel.ts';
import { AGE, CATEGORY, CLIENT, CREATED, DOMAIN, enriched, EVENT_COLUMNS, RANK, REGISTRAR, TIME } from './groups.ts';

/** Where a click on a domain leads to: everything about it. */
export const oneDomain: Dashboard = {
  id: 'domain-stats-domain',
  title: 'One domain',
  description: 'All events of a domain; a click on a domain in a table leads here.',
  eventsOnly: true,
  keepsTime: true,
  rows: [
    {
      height: 12,
      panels: [
        [
          {
            id: 'domain-facts',
            title: 'What is known of it: compare age, registrar and rank',
            description: 'Facts of the latest event.',
            view: 'table',
            where: [enriched],
            buckets: [terms(DOMAIN, 'Domain', 20)],
            metrics: [
              count('Events'),
              last(CATEGORY, 'Category'),
              most(CREATED, 'Created'),
              least(AGE, 'Age at first (days)'),
              last(REGISTRAR, 'Registrar'),
              least(RANK, 'Rank'),
              least(own('first_seen'), 'First seen'),
            ],
          },
          48,
        ],
      ],
    },
    {
      height: 12,
      panels: [
        [
          {
            id: 'domain-over-time',
            title: 'When it was asked for: even gaps are a machine',
            description: 'Events by client.',
            view: 'timeline',
            where: [enriched],
            buckets: [overTime, terms(CLIENT, 'Client', 10)],
            metrics: [count('events')],
          },
          24,
        ],
        [
          {
            id: 'domain-clients',
            title: 'Who asked for it: start with the first',
            description: 'Clients by the time of their first event.',
            view: 'table',
            where: [enriched],
            buckets: [terms(CLIENT, 'Client', 50, { ascending: true })],
            metrics: [least(TIME, 'First'), most(TIME, 'Last'), count('Events'), unique(own('name'), 'Names')],
          },
          24,
        ],
      ],
    },
    {
      height: 20,
      panels: [
        [
          {
            id: 'events-all',
            title: 'All events with facts of domain-stats: read them',
            description: 'Newest first.',
            view: 'events',
            where: [enriched],
            columns: EVENT_COLUMNS,
          },
          48,
        ],
      ],
    },
  ],
};
