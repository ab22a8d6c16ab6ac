import { existsSync } from 'node:fs';
import { conformancePath, conformanceRows } from '../conformance/files.ts';
import type { Answered } from './engines/node.ts';

const START = Date.parse('2026-11-01T00:00:00Z');
const TLDS = ['com', 'net', 'org', 'io', 'co.uk', 'github.io', 'blogspot.com'];

/**
 * Events in an order that is not that of their times, `key` numbering them: real ones where the conformance logs are at
 * hand, at most a third (of 50,000: all of them), and made ones, whose names come once or a few times each.
 */
export function manyEvents(count: number): Answered[] {
  const real = zeekEvents().slice(0, Math.floor(count / 3));
  const made = Array.from({ length: count - real.length }, (_, i) => madeEvent(i, count));
  return [...real, ...made].map((event, i) => ({
    key: String(i).padStart(6, '0'),
    ...event,
    // Without an id of its own, the document's or one made of its content stands in.
    ...(i % 7 === 0 ? {} : { event: { id: `event-${String(i)}` } }),
  }));
}

function madeEvent(i: number, count: number): Answered {
  const at = new Date(START + ((i * 104_729) % count) * 1000).toISOString();
  // Two of three names come once, the others five times.
  const domain = i % 3 === 0 ? `again-${String((i * 7919) % Math.ceil(count / 15))}` : `once-${String(i)}`;
  const names = [`www.${domain}.${TLDS[i % TLDS.length] ?? 'com'}`, '10.1.2.3', 'host.local', `${domain}.unlistedtld`];
  const name = names[i % 41 === 0 ? 1 : i % 43 === 0 ? 2 : i % 47 === 0 ? 3 : 0];
  return i % 2 === 0 ? { '@timestamp': at, dns: { question: { name } } } : { '@timestamp': at, 'url.domain': name };
}

interface ZeekRow {
  readonly ts: string;
  readonly query?: string;
  readonly server_name?: string;
}

function zeekEvents(): Answered[] {
  if (!existsSync(conformancePath('logs'))) return [];
  return [
    ...conformanceRows<ZeekRow>('logs/zeek-ssl.ndjson.gz').map(({ ts, server_name: name }) => ({
      '@timestamp': ts,
      ...(name === undefined ? {} : { tls: { client: { server_name: name } } }),
    })),
    ...conformanceRows<ZeekRow>('logs/zeek-dns.ndjson.gz').map(({ ts, query: name }) => ({
      '@timestamp': ts,
      ...(name === undefined ? {} : { dns: { question: { name } } }),
    })),
  ];
}
