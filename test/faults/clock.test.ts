import { describe, expect, it } from '@jest/globals';
import { Compile } from 'typebox/compile';
import { AnswerSchema, type Answer } from '../../src/schema/answer.ts';
import { openLease } from '../../src/lookup/lease.ts';
import { openMemoryEnvironment } from '../../src/stores/memory-environment.ts';
import { NOW, openApp } from '../http/app-under-test.ts';

const DAY_MS = 86_400_000;
const schema = Compile(AnswerSchema);

/** An application whose clock goes as it is told. */
async function openJumping() {
  let now = NOW;
  const app = await openApp({ lookups: false }, { clock: () => now });
  return {
    ...app,
    jump: (days: number) => (now += days * DAY_MS),
    ask: async (name: string, more: object = {}) => {
      const { status, json } = await app.post('/v1/domains', { name, ...more });
      expect([status, [...schema.Errors(json)]]).toEqual([200, []]);
      return json as unknown as Answer;
    },
  };
}

describe('a clock that jumps', () => {
  it.each([-36_500, -400, -1, 1, 400, 3650])(
    'by %d days makes no second first contact and no age below zero',
    async (days) => {
      const { ask, jump } = await openJumping();
      expect(await ask('a.com')).toMatchObject({ first_contact: true });
      jump(days);
      const again = await ask('a.com');
      expect(again.first_contact).toBe(false);
      expect(again.days_since_first_seen ?? 0).toBeGreaterThanOrEqual(0);
      // The earliest event counts, also when the clock that it came by was wrong.
      expect(Date.parse(again.first_seen ?? '')).toBe(Math.min(NOW, NOW + days * DAY_MS));
      expect(await ask('b.com')).toMatchObject({ first_contact: true });
      jump(-days);
      expect(await ask('a.com')).toMatchObject({ first_contact: false });
      expect(await ask('b.com')).toMatchObject({ first_contact: false });
    },
  );

  it('never takes the future for the time of an event', async () => {
    const { ask, jump } = await openJumping();
    jump(-10);
    // By this clock the event is ten days ahead.
    expect(await ask('c.com', { at: new Date(NOW).toISOString() })).toMatchObject({
      at_ignored: true,
      first_seen: new Date(NOW - 10 * DAY_MS).toISOString(),
    });
  });

  it('leaves the page for people and the lists readable', async () => {
    const { ask, jump, get } = await openJumping();
    await ask('a.com');
    jump(-400);
    const page = await get('/', { accept: 'text/html' });
    expect([page.status, page.text]).toEqual([200, expect.stringMatching(/a\.com.*in 400 days/s)]);
    expect((await get('/v1/contacts')).json['contacts']).toHaveLength(1);
    expect((await get('/metrics')).status).toBe(200);
  });

  it('does not keep the look-ups from an owner', async () => {
    const environment = openMemoryEnvironment();
    let now = NOW;
    const clock = { now: () => now, after: () => () => undefined };
    const [one, other] = [openLease(environment, clock, 10_000), openLease(environment, clock, 10_000)];
    expect(await one.hold()).toBe(true);
    expect(await other.hold()).toBe(false);
    // Set back by a year, the holder's time lies far ahead; it has been gone for long or will renew it.
    now -= 365 * DAY_MS;
    expect(await other.hold()).toBe(true);
    now += 365 * DAY_MS;
    expect(await one.hold()).toBe(true);
  });
});
