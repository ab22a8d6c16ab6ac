import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  authenticator,
  CredentialsError,
  makeToken,
  passwordLine,
  readCredentials,
} from '../../src/http/credentials.ts';
import { bindProblem } from '../../src/http/server.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { expectProblem, openApp, type AppUnderTest } from './app-under-test.ts';

const { token, line } = makeToken('logstash');
const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

describe('an application with credentials', () => {
  let app: AppUnderTest;
  beforeAll(async () => {
    const authFile = join(temporaryFolder(), 'credentials');
    writeFileSync(authFile, `# who may ask\n\n${line}\n`);
    appendFileSync(authFile, (await passwordLine('kibana', 'sésame: open')) + '\n');
    app = await openApp({ authFile });
  });
  const ask = (authorization?: string, url = '/v1/domains/a.com') =>
    app.get(url, authorization === undefined ? {} : { authorization });

  it.each(['Bearer', 'bearer', 'BEARER'])('lets a token in as %s', async (scheme) => {
    expect((await ask(`${scheme} ${token}`)).status).toBe(200);
  });

  it('lets a user in, the first time and when the password is remembered', async () => {
    for (let time = 0; time < 3; time++) expect((await ask(basic('kibana:sésame: open'))).status).toBe(200);
  });

  it.each([
    ['nothing', undefined],
    ['an empty header', ''],
    ['another token', `Bearer ${makeToken('x').token}`],
    ['the token as a password', `Basic ${token}`],
    ['the hash of the token', `Bearer ${line.split(':')[1]!}`],
    ['a wrong password', basic('kibana:sesame')],
    ['an unknown user', basic('nobody:sésame: open')],
    ['a user without a password', basic('kibana')],
    ['an unknown scheme', 'Digest username="kibana"'],
  ])('refuses %s and says how to be let in', async (_, authorization) => {
    const response = await ask(authorization);
    expectProblem(response, 401, 'unauthorized', /^Send "Authorization: Bearer TOKEN" or "Authorization: Basic /);
    expect(response.headers['www-authenticate']).toBe('Bearer realm="domain-stats", Basic realm="domain-stats"');
  });

  it('refuses every route but those of health', async () => {
    for (const url of ['/v1/domains', '/v1/names/a.com', '/openapi.json', '/docs', '/nowhere', '/']) {
      expect([url, (await ask(undefined, url)).status]).toEqual([url, 401]);
    }
    for (const url of ['/healthz', '/readyz']) expect([url, (await ask(undefined, url)).status]).toEqual([url, 200]);
  });

  it('writes no contact for whoever is refused', async () => {
    await ask('Bearer wrong', '/v1/domains/refused.com');
    expect((await ask(`Bearer ${token}`, '/v1/domains/refused.com')).json['first_contact']).toBe(true);
  });
});

describe('guessing', () => {
  it('of passwords goes one at a time, few wait, and whoever is known comes in meanwhile', async () => {
    const authFile = join(temporaryFolder(), 'credentials');
    writeFileSync(authFile, `${line}\n${await passwordLine('kibana', 'open sesame')}\n`);
    const letsIn = authenticator(readCredentials(authFile));
    expect(await letsIn(basic('kibana:open sesame'))).toBe(true);
    const guesses = Array.from({ length: 100 }, (_, index) => letsIn(basic(`kibana:guess-${index}`)));
    // Only the first of them cost a hash; the others are refused at once.
    expect(guesses.filter((guess) => guess === false)).toHaveLength(84);
    expect(letsIn(`Bearer ${token}`)).toBe(true);
    expect(letsIn(basic('kibana:open sesame'))).toBe(true);
    for (const guess of guesses) expect(await guess).toBe(false);
    // When they are done, passwords are checked again.
    expect(letsIn(basic('kibana:once more'))).toBeInstanceOf(Promise);
  });

  it('of tokens meets 256 random bits, of which only a hash is compared', () => {
    const tokens = Array.from({ length: 50 }, () => makeToken('x').token);
    expect(new Set(tokens).size).toBe(50);
    for (const made of tokens) expect(Buffer.from(made, 'base64url')).toHaveLength(32);
  });
});

describe('a credentials file', () => {
  const file = (text: string) => {
    const path = join(temporaryFolder(), 'credentials');
    writeFileSync(path, text);
    return path;
  };

  it.each([
    ['# nobody\n', /lets nobody in: it has no line\. Make one with/],
    [`${line}\ntoken x sha256:abc\n`, /line 2: neither "token NAME sha256:HASH" nor "user NAME scrypt:SALT:HASH"/],
    ['logstash:secret\n', /line 1: .* Make lines with `domain-stats auth token NAME`/],
  ])('%j is refused with its line and what to do', (text, message) => {
    expect(() => readCredentials(file(text))).toThrow(message);
    expect(() => readCredentials(file(text))).toThrow(CredentialsError);
  });

  it('that is not there is refused', () => {
    expect(() => readCredentials('/nowhere/credentials')).toThrow(
      /Cannot read the credentials file: .*domain-stats auth/,
    );
  });

  it('holds no secret', async () => {
    expect(line).not.toContain(token);
    expect(await passwordLine('kibana', 'open sesame')).not.toMatch(/sesame/);
  });
});

describe('an address to listen on', () => {
  const free = { authFile: '', noAuth: false };

  it.each(['127.0.0.1', '127.9.9.9', '::1', 'localhost'])('%s is loopback and free', (host) => {
    expect(bindProblem({ host, ...free })).toBeUndefined();
  });

  it.each(['0.0.0.0', '::', '192.0.2.1', 'localhost.example.com', '128.0.0.1'])('%s needs credentials', (host) => {
    expect(bindProblem({ host, ...free })).toMatch(
      /is not loopback, .*--auth-file FILE .*or --no-auth if you mean it/s,
    );
    expect(bindProblem({ host, authFile: 'credentials', noAuth: false })).toBeUndefined();
    expect(bindProblem({ host, authFile: '', noAuth: true })).toBeUndefined();
  });
});
