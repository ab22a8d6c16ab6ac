import { AGE_BANDS, RANK_BANDS } from '../../schema/answer.ts';
import { anyOf, exists, is, not } from '../conditions.ts';
import { CLIENT, own, TIME } from '../fields.ts';
import { groups, type Bucket } from '../panel.ts';

export const DOMAIN = own('domain');
export const AGE = own('registration.age_days');
export const AGE_BAND = own('registration.age_band');
export const CREATED = own('registration.created');
export const REGISTRAR = own('registration.registrar');
export const CATEGORY = own('category');
export const RANK = own('rank.value');
export const RISK = own('risk');
export const ALERTS = own('alerts');

export const baby = is(CATEGORY, 'baby');
export const young = is(CATEGORY, 'baby', 'new');
export const firstContact = is(own('first_contact'), true);
export const unranked = not(exists(RANK));
/** A random name that no rank list has, and that is young or no registry knows. */
export const machineMade = [
  is(ALERTS, 'RANDOM-LOOKING'),
  unranked,
  anyOf(young, is(own('registration.status'), 'not_found')),
] as const;
export const enriched = exists(own('status'));

/** Bands of the age, youngest first, and what has no age. */
export const ageBands: Bucket = groups('Age', [
  ...AGE_BANDS.filter((band) => band !== 'before_registration').map((band) => [band, is(AGE_BAND, band)] as const),
  ['unknown', not(exists(AGE_BAND))],
]);

export const rankBands: Bucket = groups('Rank', [
  ...RANK_BANDS.map((band) => [band, is(own('rank.band'), band)] as const),
  ['in no list', unranked],
]);

/** What an analyst wants to see of an event. */
export const EVENT_COLUMNS = [
  CLIENT,
  own('name'),
  CATEGORY,
  AGE,
  own('first_contact'),
  RISK,
  own('risk_reasons'),
  REGISTRAR,
  RANK,
] as const;

export { CLIENT, TIME };
