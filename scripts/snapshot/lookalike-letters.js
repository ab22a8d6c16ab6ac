const ENTRY = /\('\\u\{([0-9a-f]+)\}',\s*&\[([^\]]*)\]\)/g;
const CODE = /\\u\{([0-9a-f]+)\}/g;

/**
 * Characters that look like lower-case letters, digits or hyphens of ASCII, from Unicode's confusables (UTS #39) as in
 * crate unicode-security. Names reach the map after NFKC and lower-casing, so only characters which those leave alone
 * are kept; a stroke or accent on the prototype is dropped (`ł` is `l` with a stroke), and `rn`, Unicode's prototype of
 * `m`, is told as `m`. Whole lines of one target keep
 * the file readable and its diffs small.
 */
export function lookalikeLetters(source) {
  const start = source.indexOf('const CONFUSABLES');
  const table = source.slice(start, source.indexOf('];\n', start));
  const [, ...version] = /UNICODE_VERSION: \(u64, u64, u64\) = \((\d+), (\d+), (\d+)\)/.exec(source);
  const byTarget = new Map();
  let entries = 0;
  for (const [, code, prototype] of table.matchAll(ENTRY)) {
    entries++;
    const letter = String.fromCodePoint(Number.parseInt(code, 16));
    const target = plain(
      [...prototype.matchAll(CODE)].map(([, hex]) => String.fromCodePoint(Number.parseInt(hex, 16))),
    );
    if (letter.codePointAt(0) < 128 || !isKept(letter) || !/^[a-z0-9-]+$/.test(target)) continue;
    byTarget.set(target, [...(byTarget.get(target) ?? []), letter]);
  }
  if (entries < 6000) throw new Error(`only ${String(entries)} confusables read: tables.rs has another layout`);
  const lines = [...byTarget]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([target, letters]) => `  ${JSON.stringify(target)}: ${JSON.stringify(letters.join(''))}`);
  return `{"unicode": "${version.join('.')}", "letters": {\n${lines.join(',\n')}\n}}\n`;
}

function plain(prototype) {
  const text = prototype.join('').normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return text === 'rn' ? 'm' : text;
}

function isKept(letter) {
  return letter.normalize('NFKC').toLowerCase() === letter && !/^\p{M}$/u.test(letter);
}
