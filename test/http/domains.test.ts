import { beforeAll, describe, expect, it } from '@jest/globals';
import { openApp, type AppUnderTest } from './app-under-test.ts';

let app: AppUnderTest;
beforeAll(async () => {
  app = await openApp();
});

describe('the forms of /v1/domains', () => {
  const json = 'application/json';

  it('answer one name in the path, as a parameter and in a body alike', async () => {
    const answers = [
      await app.get('/v1/domains/www.forms.com?contact=false'),
      await app.get('/v1/domains?name=www.forms.com&contact=false'),
      await app.post('/v1/domains?contact=false', { name: 'www.forms.com' }),
    ];
    expect(answers.map(({ status, type }) => [status, type])).toEqual(answers.map(() => [200, json]));
    expect(answers[0]!.json).toMatchObject({ name: 'www.forms.com', domain: 'forms.com', subdomain: 'www' });
    expect(answers.slice(1).map(({ json: answer }) => answer)).toEqual([answers[0]!.json, answers[0]!.json]);
  });

  it('answer an array with an array, and NDJSON with NDJSON, in their order', async () => {
    const names = ['c.com', 'a.com', '192.0.2.1', 'b.com'];
    const array = await app.post(
      '/v1/domains',
      names.map((name) => ({ name })),
    );
    expect([array.status, array.type]).toEqual([200, json]);
    expect(array.list.map(({ name }) => name)).toEqual(names);
    const lines = await app.post('/v1/domains', names.map((name) => JSON.stringify({ name })).join('\r\n') + '\n\n');
    expect([lines.status, lines.type]).toEqual([200, 'application/x-ndjson']);
    expect(lines.list.map(({ name }) => name)).toEqual(names);
    expect(lines.text.endsWith('}\n')).toBe(true);
  });

  it('take one line of NDJSON by its content type, and an empty array', async () => {
    const line = await app.post('/v1/domains', '{"name":"one-line.com"}\n', 'application/x-ndjson');
    expect([line.type, line.list.length]).toEqual(['application/x-ndjson', 1]);
    const none = await app.post('/v1/domains', []);
    expect([none.status, none.type, none.text]).toEqual([200, json, '[]']);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/octet-stream', 'nonsense'])(
    'take JSON that is sent as %s',
    async (contentType) => {
      const answer = await app.post('/v1/domains', '{"name":"typed.com"}', contentType);
      expect([answer.status, answer.type, answer.json['domain']]).toEqual([200, json, 'typed.com']);
    },
  );

  it('put a problem in the place of an item that cannot be asked, and answer the others', async () => {
    const items = [
      { name: 'good.com' },
      { name: 5 },
      'text',
      null,
      [],
      { at: 1 },
      { name: 'x.com', at: {} },
      { name: 'last.com' },
    ];
    const { status, list } = await app.post('/v1/domains', items);
    expect(status).toBe(200);
    expect(list.map((answer) => answer['status'])).toEqual(['pending', 400, 400, 400, 400, 400, 400, 'pending']);
    expect(list.slice(1, 7).map(({ detail }) => detail)).toEqual([
      'name: must be text, the domain name; it is 5.',
      'An item must be a JSON object such as {"name": "example.com"}.',
      'An item must be a JSON object such as {"name": "example.com"}.',
      'An item must be a JSON object such as {"name": "example.com"}.',
      'name: must be text, the domain name; it is missing.',
      'at: must be an ISO 8601 time, or seconds or milliseconds since the epoch; it is {}.',
    ]);
  });

  it('name the line of NDJSON that is no JSON', async () => {
    const { status, list } = await app.post('/v1/domains', '{"name":"a.com"}\n{"name":\n\n{"name":"b.com"}\n');
    expect(status).toBe(200);
    expect(list.map((answer) => answer['status'])).toEqual(['pending', 400, 'pending']);
    expect(list[1]!['detail']).toMatch(/^line 2 is not JSON: /);
  });

  it('read percent-encoding once: what is encoded twice stays a percent sign', async () => {
    expect((await app.get('/v1/domains/b%C3%BCcher.de')).json['name']).toBe('xn--bcher-kva.de');
    expect((await app.get('/v1/domains/a%252eb.com')).json['name']).toBe('a%2eb.com');
    expect((await app.get('/v1/domains/a%2Fb.com')).json).toEqual({ name: 'a/b.com', status: 'invalid' });
    expect((await app.get('/v1/domains/%00.com')).json['status']).toBe('invalid');
    expect((await app.get('/v1/domains?name=b%C3%BCcher.de')).json['name']).toBe('xn--bcher-kva.de');
    expect((await app.get('/v1/domains?name=a+b.com')).json['name']).toBe('a b.com');
  });

  it('answer names that are longer than any name, as invalid', async () => {
    const label = 'a'.repeat(63);
    const longest = `${label}.${label}.${label}.${'b'.repeat(57)}.com`;
    expect((await app.get(`/v1/domains/${longest}`)).json).toMatchObject({ name: longest, status: 'pending' });
    const tooLong = `x${longest}`;
    expect((await app.get(`/v1/domains/${tooLong}`)).json).toEqual({ name: tooLong, status: 'invalid' });
    expect((await app.get(`/v1/domains/${'%41'.repeat(2000)}`)).json['status']).toBe('invalid');
  });

  it('give every key with full=true, and only what is known without it', async () => {
    const { json: full } = await app.get('/v1/domains/192.0.2.7?full=true');
    expect(full).toMatchObject({ status: 'ip', domain: null, registration: { status: null }, risk: null });
    expect((await app.get('/v1/domains/192.0.2.7')).json).toEqual({ name: '192.0.2.7', status: 'ip' });
  });

  it('leave no contact with contact=false', async () => {
    const { json: answer } = await app.get('/v1/domains/untouched.com?contact=false');
    expect(answer).not.toHaveProperty('first_contact');
    expect((await app.get('/v1/domains/untouched.com')).json['first_contact']).toBe(true);
    expect((await app.get('/v1/domains/untouched.com')).json['first_contact']).toBe(false);
  });

  it('hold an answer no longer than the setting allows', async () => {
    const { get } = await openApp({ maxWait: 60 });
    const before = Date.now();
    expect((await get('/v1/domains/waiting.com?wait=1h')).json['status']).toBe('pending');
    expect(Date.now() - before).toBeGreaterThanOrEqual(55);
    expect(Date.now() - before).toBeLessThan(5000);
  });
});
