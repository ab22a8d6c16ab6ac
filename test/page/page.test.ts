import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { makeToken } from '../../src/http/credentials.ts';
import { html } from '../../src/http/page/html.ts';
import { expectProblem, NOW, openApp, type AppUnderTest, type Response } from '../http/app-under-test.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const DAY_MS = 86_400_000;
const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

let app: AppUnderTest;
const page = (query = '') => app.get(`/${query}`, BROWSER);
/** What stands between the tags, as a reader without styles sees it. */
const textOf = ({ text }: Response) =>
  text
    .replace(/<(style|script)>.*?<\/\1>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

beforeAll(async () => {
  app = await openApp({ lookups: false });
  const { registrations } = app.service;
  await registrations.environment.write(() => {
    const put = (domain: string, days: number) =>
      registrations.records.put(domain, { status: 'found', created: NOW - days * DAY_MS, details: { source: 'rdap' } });
    put('baby.com', 3);
    put('younger.com', 1);
    put('old.com', 4000);
    put('quiet.com', 2);
  });
  const names = ['www.old.com', 'baby.com', 'younger.com', 'quiet.com', 'unknown.com', 'tenant.github.io'];
  await app.post(
    '/v1/domains',
    names.map((name, index) => ({ name, at: new Date(NOW - index * 1000).toISOString() })),
  );
  await app.send({ method: 'PUT', url: '/v1/suppressions/quiet.com', payload: '{"reason":"ours","owner":"me"}' });
});

describe('the page for people', () => {
  it('answers one name in sentences, without a script', async () => {
    const response = await page('?name=www.baby.com');
    expect([response.status, response.type]).toEqual([200, 'text/html; charset=utf-8']);
    const text = textOf(response);
    expect(text).toContain('category baby');
    expect(text).toContain('Registered 2026-11-19, 3 days ago: a baby domain.');
    expect(text).toContain('First seen in scope default on 2026-11-22 11:59 UTC');
  });

  it('leaves no contact', async () => {
    await page('?name=only-looked-at.com');
    expect((await app.get('/v1/contacts?domain=only-looked-at.com')).json['contacts']).toEqual([]);
    expect(textOf(await page('?name=only-looked-at.com'))).toContain('No event in scope default ever named it.');
  });

  it('shows recent first contacts, newest first, and the baby domains of the day, youngest first', async () => {
    const { text } = await page();
    const domainsOf = (id: string) => {
      const from = text.indexOf(`<h2 id="${id}">`);
      const section = text.slice(from, text.indexOf('</section>', from));
      return [...section.matchAll(/href="\/\?name=([^"]*)"/g)].map(([, domain]) => domain);
    };
    // A suppressed domain is kept silently.
    expect(domainsOf('recent')).toEqual(['old.com', 'baby.com', 'younger.com', 'unknown.com', 'tenant.github.io']);
    expect(domainsOf('babies')).toEqual(['younger.com', 'baby.com']);
  });

  it('says what it did not look at', async () => {
    const { service, post, send, get } = await openApp({ lookups: false });
    const shown = async () => textOf(await get('/', BROWSER));
    expect(await shown()).toContain('No domain has been seen yet.');
    expect(await shown()).toContain('no domain first seen in the last 24 hours is known');
    await post('/v1/domains', [{ name: 'hidden.com', at: new Date(NOW).toISOString() }]);
    await send({ method: 'PUT', url: '/v1/suppressions/hidden.com', payload: '{"reason":"ours","owner":"me"}' });
    expect(await shown()).toContain('The latest first contacts are all of suppressed domains.');
    // The eldest of more contacts than are looked at is the baby.
    await service.registrations.environment.write(() =>
      service.registrations.records.put('baby.com', {
        status: 'found',
        created: NOW - DAY_MS,
        details: { source: 'rdap' },
      }),
    );
    const items = ['baby.com', ...Array.from({ length: 3000 }, (_, index) => `name-${String(index)}.com`)].map(
      (name, index) => ({ name, at: new Date(NOW - 10_000_000 + index * 1000).toISOString() }),
    );
    for (let start = 0; start < items.length; start += 1000) {
      expect((await post('/v1/domains', items.slice(start, start + 1000))).status).toBe(200);
    }
    expect(await shown()).toContain('None: no domain of those looked at is known');
    expect(await shown()).toContain('the latest 3,000 first contacts of the last 24 hours');
  });

  it('shows the look-ups and the age of the data', async () => {
    const text = textOf(await page());
    expect(text).toContain('Look-ups are off');
    expect(text).toMatch(/suffixes \d+ days? old/);
    expect(text).toMatch(/ranks none/);
    expect(text).toMatch(/contacts stored 6/);
  });

  it('escapes whatever it is asked for', async () => {
    const { text } = await page(`?name=${encodeURIComponent('"><script>alert(1)</script>&')}`);
    expect(text).not.toContain('<script>alert');
    expect(text).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;"');
    expect(text.match(/<script>/g)).toHaveLength(1);
  });

  it('lets run only its own style and script, and nothing from elsewhere', async () => {
    const { headers, text } = await page('?name=a.com');
    const policy = Object.fromEntries(
      String(headers['content-security-policy'])
        .split('; ')
        .map((rule) => [rule.slice(0, rule.indexOf(' ')), rule.slice(rule.indexOf(' ') + 1)]),
    );
    const hashed = (tag: string) => {
      const [, content = ''] = new RegExp(`<${tag}>(.*?)</${tag}>`, 's').exec(text) ?? [];
      return `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
    };
    expect(policy).toEqual({
      'default-src': "'none'",
      'style-src': hashed('style'),
      'script-src': hashed('script'),
      'img-src': 'data:',
      'connect-src': "'self'",
      'form-action': "'self'",
      'base-uri': "'none'",
      'frame-ancestors': "'none'",
    });
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    // The icon's namespace is the only address with a host.
    const addresses = [...text.matchAll(/(?:https?:)?\/\/[a-z0-9.-]+\.[a-z]{2,}/gi)].map(([address]) => address);
    expect(addresses).toEqual([]);
  });

  it('/docs fetches nothing from elsewhere either', async () => {
    const { headers } = await app.get('/docs');
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; /);
    expect(policy).not.toMatch(/https?:|\.[a-z]{2,}|unsafe-eval|script-src[^;]*unsafe/);
  });

  it('refuses a name given twice', async () => {
    expectProblem(await page('?name=a.com&name=b.com'), 400, 'bad-parameter', /^name: given 2 times/);
  });

  it('is shown to nobody without credentials', async () => {
    const authFile = join(temporaryFolder(), 'credentials');
    const { token, line } = makeToken('somebody');
    writeFileSync(authFile, line + '\n');
    const locked = await openApp({ authFile });
    for (const url of ['/', '/?name=a.com', '/docs', '/docs/json']) {
      const refused = await locked.get(url, BROWSER);
      expectProblem(refused, 401, 'unauthorized', /./);
      // What makes a browser ask for a password.
      expect(refused.headers['www-authenticate']).toMatch(/\bBasic realm=/);
      expect((await locked.get(url, { ...BROWSER, authorization: `Bearer ${token}` })).status).toBe(200);
    }
  });
});

describe('where a predecessor has its routes', () => {
  it.each([
    ['1', '/', /^API Documentation/],
    ['1', '/?cmd=alexa&tgt=a.com', /^Alexa not loaded/],
    ['1.0.1', '/', /404 Not Found/],
  ] as const)('whoever does not take HTML gets that of %s at %s', async (legacy, url, body) => {
    const { get } = await openApp({ legacy });
    expect((await get(url)).text).toMatch(body);
    expect((await get(url, { accept: '*/*' })).text).toMatch(body);
  });

  it('its own questions are never the page', async () => {
    const { get } = await openApp({ legacy: '1' });
    expect((await get('/?cmd=alexa&tgt=a.com', BROWSER)).text).toMatch(/^Alexa not loaded/);
    expect((await get('/', BROWSER)).text).toMatch(/^<!doctype html>/);
  });

  it('and without any, the page is for all', async () => {
    const { get } = await openApp({ legacy: 'off' });
    expect((await get('/')).text).toMatch(/^<!doctype html>/);
  });
});

it('a piece of HTML escapes what is put in, and takes HTML as it is', () => {
  expect(html`<b title="${`'"`}">${'<&>'}${undefined}${[html`<i>${1}</i>`, 'x']}</b>`.text).toBe(
    '<b title="&#39;&quot;">&lt;&amp;&gt;<i>1</i>x</b>',
  );
});
