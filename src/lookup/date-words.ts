/** Letters that Unicode does not take apart into a plain letter and a mark. */
const WHOLE_LETTERS: Readonly<Record<string, string>> = {
  đ: 'd',
  ø: 'o',
  ł: 'l',
  ı: 'i',
  æ: 'ae',
  œ: 'oe',
  ß: 'ss',
};

/**
 * Month names by their first letters, accents stripped, in the languages that registries write dates in (English,
 * German, French, Spanish, Portuguese, Italian, Dutch, Danish, Czech, Polish, Turkish, Russian transliterated is not
 * used). The longest prefix that fits wins: `juin` is June and `juil` July. Names that mean different months in
 * different languages (Polish and Croatian `listopad`) are left out.
 */
const MONTH_PREFIXES: readonly (readonly string[])[] = [
  ['jan', 'gen', 'ene', 'jän', 'oca', 'led', 'sty', 'янв', 'січ', 'яну'],
  ['feb', 'fev', 'sub', 'uno', 'lut', 'фев', 'лют'],
  ['mar', 'mae', 'mrt', 'bre', 'мар', 'бер'],
  ['apr', 'avr', 'abr', 'nis', 'dub', 'kwi', 'апр', 'кві'],
  ['may', 'mai', 'maj', 'mei', 'mag', 'kve', 'мая', 'май', 'тра'],
  ['jun', 'juin', 'giu', 'haz', 'cze', 'июн', 'чер'],
  ['jul', 'juil', 'lug', 'tem', 'июл', 'лип'],
  ['aug', 'aou', 'ago', 'agu', 'srp', 'sie', 'авг', 'сер'],
  ['sep', 'set', 'eyl', 'zar', 'wrz', 'сен', 'сеп', 'вер'],
  ['oct', 'okt', 'out', 'ott', 'eki', 'rij', 'paz', 'окт', 'жов'],
  ['nov', 'kas', 'ноя', 'нов', 'лис'],
  ['dec', 'dez', 'dic', 'des', 'ara', 'pro', 'gru', 'дек', 'гру'],
];

const MONTHS: ReadonlyMap<string, number> = new Map(
  MONTH_PREFIXES.flatMap((prefixes, index) => prefixes.map((prefix) => [foldText(prefix), index + 1] as const)),
);

/** Month of a folded name or abbreviation (1–12), undefined when it is none. */
export function monthOf(name: string): number | undefined {
  return MONTHS.get(name.slice(0, 4)) ?? MONTHS.get(name.slice(0, 3));
}

const WEEKDAYS = /^(?:mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?\b[.,]?\s*/;

/** A folded text without the weekday it begins with. */
export const withoutWeekday = (text: string): string => text.replace(WEEKDAYS, '');

/**
 * Offsets in minutes of the zone names that registries print. `IST` and `CST` stand for several zones each and are
 * left out: such a time is read as one without a zone.
 */
const ZONES: Readonly<Record<string, number>> = {
  z: 0,
  utc: 0,
  gmt: 0,
  wet: 0,
  west: 60,
  bst: 60,
  cet: 60,
  met: 60,
  wat: 60,
  cest: 120,
  mest: 120,
  eet: 120,
  cat: 120,
  sast: 120,
  eest: 180,
  msk: 180,
  eat: 180,
  trt: 180,
  msd: 240,
  irst: 210,
  pkt: 300,
  uzt: 300,
  npt: 345,
  almt: 360,
  ict: 420,
  wib: 420,
  hkt: 480,
  sgt: 480,
  myt: 480,
  pht: 480,
  awst: 480,
  jst: 540,
  kst: 540,
  aest: 600,
  aedt: 660,
  nzst: 720,
  nzdt: 780,
  art: -180,
  brt: -180,
  brst: -120,
  clst: -180,
  clt: -240,
  ast: -240,
  vet: -240,
  edt: -240,
  est: -300,
  cdt: -300,
  pet: -300,
  cot: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
};

/** Minutes east of Greenwich of a zone name, undefined when it is unknown or ambiguous. */
export const zoneMinutes = (name: string): number | undefined => (Object.hasOwn(ZONES, name) ? ZONES[name] : undefined);

/** Lower case without accents, in compatibility form: full-width digits and Hangul compare like plain ones. */
export function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/[đøłıæßœ]/g, (letter) => WHOLE_LETTERS[letter] ?? letter);
}
