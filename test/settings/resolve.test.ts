import { describe, expect, it } from '@jest/globals';
import { resolveSettings } from '../../src/settings/resolve.ts';
import {
  defaultSettings,
  environmentOf,
  fileKeyOf,
  flagOf,
  settingKeys,
  settingOf,
  variableOf,
} from '../../src/settings/keys.ts';

describe('the settings table', () => {
  it('has defaults that its own kinds take, in the form in which they are shown', () => {
    const defaults = defaultSettings();
    for (const key of settingKeys()) {
      const { kind } = settingOf(key);
      const shown = kind.show(defaults[key]);
      if (shown === '') continue;
      expect([key, kind.read(shown)]).toEqual([key, defaults[key]]);
    }
  });

  it('explains every setting in a sentence', () => {
    for (const key of settingKeys())
      expect([key, settingOf(key).help]).toEqual([key, expect.stringMatching(/^.{10,}\.$/)]);
  });

  it('names a setting by one word in each place', () => {
    expect([flagOf('babyDays'), fileKeyOf('babyDays'), variableOf('babyDays')]).toEqual([
      '--baby-days',
      'baby_days',
      'DOMAIN_STATS_BABY_DAYS',
    ]);
  });
});

describe('settings', () => {
  it('are taken from the default, the file, the environment and the flag, the later one first', () => {
    const file = { port: 1111, baby_days: 10, new_days: 100, zones: ['a.example', ' b.example '] };
    const environment = { DOMAIN_STATS_BABY_DAYS: '20', DOMAIN_STATS_NEW_DAYS: '200', PATH: '/bin' };
    const { settings, origins, problems } = resolveSettings({ file, environment, flags: { newDays: '300' } });
    expect(problems).toEqual([]);
    expect(settings).toMatchObject({ port: 1111, babyDays: 20, newDays: 300, zones: ['a.example', 'b.example'] });
    expect(settings.host).toBe('127.0.0.1');
    expect(origins).toMatchObject({ host: 'default', port: 'file', babyDays: 'environment', newDays: 'flag' });
  });

  it('show every problem at once, each with its place, its value and what would be right', () => {
    const { problems } = resolveSettings({
      file: { port: 'x', babydays: 3, zones: ['a b'], risk_rules: ['high: nonsense'], tls_cert: 'c.pem' },
      fileName: 'ours.yaml',
      environment: { DOMAIN_STATS_DURABILITY: 'maybe', DOMAIN_STATS_PROT: '1', DOMAIN_STATS_CONFIG: 'ours.yaml' },
      flags: { maxWait: '2 weeks', babyDays: '1000', newDays: '10' },
    });
    const wanted = [
      'ours.yaml: port: must be a whole number, 0 to 65535; it is "x"',
      'ours.yaml: zones: "a b" is no domain name; it is ["a b"]',
      expect.stringMatching(
        /^ours\.yaml: risk_rules: "nonsense" is none of baby, new, .*; it is \["high: nonsense"\]$/,
      ),
      'DOMAIN_STATS_DURABILITY: must be one of flush, sync; it is "maybe"',
      expect.stringMatching(/^--max-wait: must be a time such as 250ms, 2s, 5m or 24h, .*; it is "2 weeks"$/),
      expect.stringMatching(/^ours\.yaml: babydays: there is no such setting/),
      expect.stringMatching(/^DOMAIN_STATS_PROT: there is no such setting/),
      'new_days: must not be less than baby_days',
      'tls_cert and tls_key: give both or none',
    ];
    expect(problems).toEqual(expect.arrayContaining(wanted));
    expect(problems).toHaveLength(wanted.length);
  });

  it('show no secret', () => {
    expect(resolveSettings({ file: { elasticsearch_password: 12345678 } }).problems).toEqual([
      'the settings file: elasticsearch_password: must be text; in the file in quotation marks; it is not shown',
    ]);
  });

  it('reach another process by its environment as they are', () => {
    const { settings, problems } = resolveSettings({
      flags: {
        data: '/somewhere else/ü',
        zones: 'a.example, b.example',
        clients: 'true',
        lookups: false,
        elasticsearchUser: 'user',
        elasticsearchPassword: 'pass "word", (given)',
        ranksUrl: 'https://user:pass@lists.example/top.csv',
        rankList: 'umbrella',
        downloadTimeout: '1500ms',
        flushEvery: '0.5s',
        bodyLimit: '1025',
        freqAvgAlert: '6.6009',
        legacy: 'off',
        riskRules: 'high: baby + first_contact',
      },
    });
    expect(problems).toEqual([]);
    for (const given of [settings, defaultSettings()]) {
      const passed = resolveSettings({ environment: environmentOf(given, settingKeys()) });
      expect(passed.problems).toEqual([]);
      for (const key of settingKeys()) expect([key, passed.settings[key]]).toEqual([key, given[key]]);
    }
  });

  it('guess what an unknown key was meant to be', () => {
    expect(resolveSettings({ file: { baby_day: 3 } }).problems).toEqual([
      'the settings file: baby_day: there is no such setting (did you mean baby_days?)',
    ]);
  });
});

describe('a kind of setting', () => {
  const read = (key: Parameters<typeof settingOf>[0], raw: unknown) => settingOf(key).kind.read(raw);

  it.each([
    ['maxWait', '250ms', 250],
    ['maxWait', '2s', 2000],
    ['maxWait', 1500, 1500],
    ['bodyLimit', '8mb', 8 * 1024 ** 2],
    ['bodyLimit', '512 KB', 512 * 1024],
    ['bodyLimit', 4096, 4096],
    ['clients', 'yes', true],
    ['clients', false, false],
    ['fields', 'a.b, c', ['a.b', 'c']],
    ['freqAvgAlert', '6.6009', 6.6009],
    ['zones', 'bücher.example', ['bücher.example']],
    ['zones', '', []],
  ] as const)('reads %s: %j', (key, raw, value) => expect(read(key, raw)).toEqual(value));

  it.each([
    ['port', '80.5'],
    ['port', 70000],
    ['port', true],
    ['maxWait', '-1s'],
    ['maxWait', '61s'],
    ['bodyLimit', '1'],
    ['bodyLimit', 'much'],
    ['clients', 'on'],
    ['fields', 5],
    ['fields', [1]],
    ['randomnessAlert', '1.1'],
    ['randomnessAlert', ''],
    ['host', 5],
    ['riskRules', 'huge: baby'],
  ] as const)('refuses %s: %j', (key, raw) => expect(() => read(key, raw)).toThrow(/must be|is none of/));
});
