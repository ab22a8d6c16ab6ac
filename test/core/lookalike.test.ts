import { describe, expect, it } from '@jest/globals';
import { labelForms, nameAsciiForm } from '../../src/core/ascii-form.ts';
import { nameToAscii } from '../../src/core/idna.ts';
import { imitated, internationalForm, lookalikeIndex } from '../../src/core/lookalike.ts';
import { mixesScripts } from '../../src/core/scripts.ts';
import { conformanceText, describeWithConformance } from '../conformance/files.ts';
import { domain, parsed, snapshot } from './embedded-data.ts';

const forms = labelForms(snapshot.letters());
const ascii = (label: string) => forms(nameToAscii(label));

describe('ASCII form', () => {
  it.each([
    // Spellings of the note on look-alikes: Cyrillic, IPA, accents, full width, Roman numerals, small capitals.
    ['аррӏе', 'apple'],
    ['раураl', 'paypal'],
    ['ѕtеаm', 'steam'],
    ['amаzоn', 'amazon'],
    ['twıtter', 'twitter'],
    ['àpple', 'apple'],
    ['crédit', 'credit'],
    ['faß', 'fass'],
    ['ʟinkedin', 'linkedin'],
    ['аⅼіbаbа', 'alibaba'],
    ['ｇｏｏｇｌｅ', 'google'],
    ['ṁicrosoft', 'microsoft'],
    ['bücher', 'bucher'],
    ['scurvérification', 'scurverification'],
  ])('%s looks like %s', (label, text) => expect(ascii(label)).toMatchObject({ text, looksAscii: true }));

  it.each([
    ['президент', 'prezident'],
    ['δοκιμή', 'dokimi'],
    ['石川', 'shichuan'],
  ])('%s is a word: %s for display only', (label, text) =>
    expect(ascii(label)).toMatchObject({ text, looksAscii: false }),
  );

  it('keeps what cannot be decoded, and ASCII as it is', () => {
    expect(nameAsciiForm('xn--0.com', forms)).toBe('xn--0.com');
    expect(nameAsciiForm('rnicrosoft.com', forms)).toBe('rnicrosoft.com');
    expect(nameAsciiForm('xn--crdit-agricole-ckb.xn--scurvrification-bnbe.com', forms)).toBe(
      'credit-agricole.securverification.com',
    );
  });
});

describe('mixed scripts', () => {
  it.each([
    ['аррӏе', false],
    ['pаypal', true],
    ['президент', false],
    ['bücher', false],
    ['ラーメン屋さん', false],
    ['αpple', true],
    ['한국漢字', false],
    ['☃', false],
    ['rock-24', false],
  ])('%s: %s', (label, mixed) => expect(mixesScripts(label)).toBe(mixed));
});

const brands = [
  ['google.com', 1],
  ['facebook.com', 2],
  ['youtube.com', 3],
  ['microsoft.com', 6],
  ['apple.com', 12],
  ['amazon.com', 15],
  ['linkedin.com', 16],
  ['netflix.com', 20],
  ['google.de', 60],
  ['paypal.com', 80],
  ['instagram.com', 81],
  ['walmart.com', 90],
  ['t-mobile.com', 91],
  ['wikipedia.org', 92],
  ['dropbox.com', 93],
  ['ebay.co.uk', 94],
  ['docs.google.com', 95],
  ['booking.com', 96],
  ['steam.com', 97],
  ['coinbase.com', 98],
] as const;
const index = lookalikeIndex(
  brands.map(([name, rank]) => ({ domain: name, rank })),
  snapshot.suffixes(),
);
const imitates = (name: string) => imitated(domain(name), index, forms);

describe('hand-made imitations', () => {
  it.each([
    // Cyrillic, whole and in part
    ['аррӏе.com', 'apple.com', 'skeleton'],
    ['gооgle.com', 'google.com', 'skeleton'],
    ['fаcebook.com', 'facebook.com', 'skeleton'],
    ['microsоft.com', 'microsoft.com', 'skeleton'],
    ['раураӏ.com', 'paypal.com', 'skeleton'],
    ['pаypal.top', 'paypal.com', 'skeleton'],
    ['аmаzоn.net', 'amazon.com', 'skeleton'],
    ['nеtfliх.com', 'netflix.com', 'skeleton'],
    ['linkеdin.com', 'linkedin.com', 'skeleton'],
    ['ебау.co.uk', 'ebay.co.uk', undefined],
    ['еbау.co.uk', 'ebay.co.uk', 'skeleton'],
    ['уоutube.com', 'youtube.com', 'skeleton'],
    ['instаgrаm.com', 'instagram.com', 'skeleton'],
    ['wіkіреdіа.org', 'wikipedia.org', 'skeleton'],
    ['ѕtеаm.com', 'steam.com', 'skeleton'],
    ['соinbаsе.com', 'coinbase.com', 'skeleton'],
    // Greek
    ['αpple.com', 'apple.com', 'skeleton'],
    ['gοοgle.com', 'google.com', 'skeleton'],
    ['ρaypal.com', 'paypal.com', 'skeleton'],
    ['amazοn.com', 'amazon.com', 'skeleton'],
    ['νetflix.com', 'netflix.com', undefined],
    ['walmarτ.com', 'walmart.com', 'skeleton'],
    ['dropboχ.com', 'dropbox.com', 'skeleton'],
    ['bοοkιng.com', 'booking.com', 'skeleton'],
    // Accents and other forms of Latin letters
    ['àpple.com', 'apple.com', 'skeleton'],
    ['gòògle.com', 'google.com', 'skeleton'],
    ['ṁicrosoft.com', 'microsoft.com', 'skeleton'],
    ['fâcebook.com', 'facebook.com', 'skeleton'],
    ['ámázón.com', 'amazon.com', 'skeleton'],
    ['ınstagram.com', 'instagram.com', 'skeleton'],
    ['ʟinkedin.com', 'linkedin.com', 'skeleton'],
    ['netfłix.com', 'netflix.com', 'skeleton'],
    ['pаypа1.com', 'paypal.com', 'skeleton'],
    // Letters that run together
    ['rnicrosoft.com', 'microsoft.com', 'skeleton'],
    ['instagrarn.com', 'instagram.com', 'skeleton'],
    ['arnazon.com', 'amazon.com', 'skeleton'],
    ['vvalmart.com', 'walmart.com', 'skeleton'],
    ['vvikipedia.org', 'wikipedia.org', 'skeleton'],
    // Digits
    ['paypa1.com', 'paypal.com', 'digits'],
    ['g00gle.com', 'google.com', 'digits'],
    ['g0og1e.com', 'google.com', 'digits'],
    ['faceb00k.com', 'facebook.com', 'digits'],
    ['m1crosoft.com', 'microsoft.com', 'digits'],
    ['1inkedin.com', 'linkedin.com', 'digits'],
    ['app1e.com', 'apple.com', 'digits'],
    ['4mazon.com', 'amazon.com', 'digits'],
    ['n3tfl1x.com', 'netflix.com', 'digits'],
    ['dr0pb0x.com', 'dropbox.com', 'digits'],
    ['y0utube.com', 'youtube.com', 'digits'],
    ['e8ay.com', 'ebay.co.uk', 'digits'],
    ['5team.com', 'steam.com', 'digits'],
    ['rn1crosoft.com', 'microsoft.com', 'digits'],
    ['pay-pa1.com', 'paypal.com', 'digits'],
    // Hyphens
    ['pay-pal.com', 'paypal.com', 'hyphen'],
    ['face-book.com', 'facebook.com', 'hyphen'],
    ['you-tube.com', 'youtube.com', 'hyphen'],
    ['tmobile.com', 't-mobile.com', 'hyphen'],
    ['micro-soft.com', 'microsoft.com', 'hyphen'],
    ['drop-box.net', 'dropbox.com', 'hyphen'],
    // The same label elsewhere
    ['paypal.top', 'paypal.com', 'tld'],
    ['google.github.io', 'google.com', 'tld'],
  ])('%s → %s (%s)', (name, of, kind) =>
    expect(imitates(name)).toEqual(
      kind === undefined ? undefined : { of, rank: new Map<string, number>(brands).get(of), kind },
    ),
  );
});

describe('no imitation', () => {
  it.each([
    'google.com',
    'google.de',
    'www.paypal.com',
    'fabrikam-parts.com',
    'paypai.com',
    'gogle.com',
    'президент.рф',
    'docs.com',
    'github.io',
    'constructor.com',
    'a.b',
  ])('%s', (name) => expect(imitates(name)).toBeUndefined());
});

it('tells the ASCII form and mixed scripts of internationalised names only', () => {
  expect(internationalForm(domain('rnicrosoft.com'), forms)).toEqual({});
  expect(internationalForm(domain('pаypal.com'), forms)).toEqual({ ascii: 'paypal.com', mixed_script: true });
  expect(internationalForm(domain('xn--80ak6aa92e.com'), forms)).toEqual({ ascii: 'apple.com', mixed_script: false });
  expect(internationalForm(domain('президент.рф'), forms)).toEqual({ ascii: 'prezident.rf', mixed_script: false });
});

describeWithConformance('ranks 1,001 to 15,000 taken as unranked', () => {
  it('are called skeleton or digit look-alikes of the top 1,000 in at most one case of a thousand', () => {
    const ranked = conformanceText('ranks/majestic_top15000.csv')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',') as [string, string])
      .map(([rank, name]) => ({ rank: Number(rank), domain: name }));
    const top = lookalikeIndex(ranked.slice(0, 1000), snapshot.suffixes());
    const called = ranked.slice(1000).filter(({ domain: name }) => {
      const read = parsed(name);
      const kind = read.kind === 'domain' ? imitated(read, top, forms)?.kind : undefined;
      return kind === 'skeleton' || kind === 'digits';
    });
    expect(called.length).toBeLessThanOrEqual(14);
  });
});
