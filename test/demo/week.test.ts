import { describe, expect, it, jest } from '@jest/globals';
import { Value } from 'typebox/value';
import { AnswerSchema, type Answer } from '../../src/schema/answer.ts';
import { run } from '../processes/program.ts';

interface DemoEvent {
  readonly '@timestamp': string;
  readonly labels: { readonly scene: string };
  readonly source: { readonly ip: string };
  readonly domain_stats: Answer;
}

jest.setTimeout(60_000);
const END = '2026-11-24T12:00:00Z';
const demo = (...args: readonly string[]) => run(['demo', '--end', END, ...args]);

describe('domain-stats demo', () => {
  it('makes the same week from the same seed, and another from another', async () => {
    const [once, again, other] = await Promise.all([demo(), demo(), demo('--seed', '2')]);
    expect([once.code, once.stderr]).toEqual([0, '']);
    expect(again.stdout === once.stdout).toBe(true);
    expect(other.stdout === once.stdout).toBe(false);
  });

  it('makes events that the answer schema allows, in the order of time, within the week', async () => {
    const events = await eventsOf();
    expect(events.length).toBeGreaterThan(5000);
    const wrong = events.filter(({ domain_stats }) => !Value.Check(AnswerSchema, domain_stats));
    expect(wrong.slice(0, 3)).toEqual([]);
    const times = events.map((event) => Date.parse(event['@timestamp']));
    expect(times.every((time, i) => i === 0 || time >= times[i - 1]!)).toBe(true);
    expect(times[0]).toBeGreaterThanOrEqual(Date.parse('2026-11-17T12:00:00Z'));
    expect(times.at(-1)).toBeLessThan(Date.parse(END));
  });

  it('has the facts that each scene is there to show', async () => {
    const events = await eventsOf();
    const of = (scene: string) =>
      events.filter(({ labels }) => labels.scene === scene).map(({ domain_stats }) => domain_stats);
    const all = (scene: string, holds: (answer: Answer) => boolean) => of(scene).length > 0 && of(scene).every(holds);
    expect(all('phishing', ({ category }) => category === 'baby')).toBe(true);
    expect(new Set(of('phishing').map(({ lookalike }) => lookalike?.kind))).toEqual(
      new Set(['digits', 'skeleton', 'hyphen', 'tld', undefined]),
    );
    expect(all('dga', ({ alerts = [] }) => alerts.includes('RANDOM-LOOKING'))).toBe(true);
    expect(all('drop-catch', ({ alerts = [] }) => alerts.includes('REREGISTERED'))).toBe(true);
    expect(all('hosted', ({ category }) => category === 'hosted')).toBe(true);
    expect(all('fresh', ({ pending = [] }) => pending.includes('registration'))).toBe(true);
    expect(all('habits', ({ risk }) => risk === 'none')).toBe(true);
    expect(new Set(of('tunnel').map(({ subdomain }) => subdomain)).size).toBe(of('tunnel').length);
    // Each domain has one first contact a scope.
    const firsts = events.filter(({ domain_stats }) => domain_stats.first_contact === true);
    const keys = firsts.map(({ domain_stats }) => `${domain_stats.scope} ${domain_stats.domain}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('refuses a seed and a time that are none', async () => {
    expect(await demo('--seed', 'x')).toMatchObject({ code: 2 });
    expect((await run(['demo', '--end', 'soon'])).stderr).toContain('--end: "soon" must be a time');
  });
});

async function eventsOf(): Promise<DemoEvent[]> {
  const { stdout } = await demo();
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as DemoEvent);
}
