import { isObject, memberOf, objectsIn, stringsIn, type JsonObject } from './json-values.ts';
import { mailAddressIn, publishedText } from './registration-facts.ts';

/** What is read of an RDAP entity's card, jCard (RFC 7095) or JSContact. */
export interface Card {
  readonly name?: string;
  readonly organization?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly street?: string;
  readonly city?: string;
  readonly region?: string;
  readonly postalCode?: string;
  readonly country?: string;
}

/** Entities and properties beyond this are not looked at: no registry sends so many. */
const MAX_ITEMS = 200;

/** The entities of an object that have a role; roles may be several and in any case. */
export const entitiesWithRole = (object: JsonObject, role: string): JsonObject[] =>
  objectsIn(memberOf(object, 'entities'), MAX_ITEMS).filter((entity) =>
    stringsIn(memberOf(entity, 'roles'), MAX_ITEMS).some((own) => own.toLowerCase() === role),
  );

/** Reads an entity's card. A malformed card has no facts; it never spoils the record. */
export function readCard(entity: JsonObject): Card {
  const jscard = memberOf(entity, 'jscard') ?? memberOf(entity, 'jscard_0');
  if (isObject(jscard)) return readJsContact(jscard);
  const vcard: unknown = memberOf(entity, 'vcardArray');
  const properties: unknown = Array.isArray(vcard) ? vcard[1] : undefined;
  return readProperties(
    (Array.isArray(properties) ? properties : []).slice(0, MAX_ITEMS).filter((item) => Array.isArray(item)),
  );
}

function readProperties(properties: readonly unknown[][]): Card {
  const texts = (name: string) =>
    properties.filter((property) => isNamed(property, name)).map((property) => textOf(property[3]));
  const text = (name: string) =>
    texts(name)
      .map(publishedText)
      .find((value) => value !== undefined);
  const address = properties.find((property) => isNamed(property, 'adr'));
  const country = isObject(address?.[1]) ? memberOf(address[1], 'cc') : undefined;
  return withoutAbsent({
    name: text('fn'),
    organization: text('org'),
    email: texts('email')
      .map((value) => mailAddressIn(value ?? ''))
      .find((value) => value !== undefined),
    phone: text('tel')?.replace(/^tel:/i, ''),
    ...addressOf(address?.[3]),
    ...(typeof country === 'string' && country !== '' ? { country: country.toUpperCase() } : {}),
  });
}

const isNamed = (property: readonly unknown[], name: string): boolean =>
  typeof property[0] === 'string' && property[0].toLowerCase() === name;

/** `adr` has seven parts (RFC 6350 section 6.3.1), each a text or a list of texts. */
function addressOf(
  value: unknown,
): Partial<Record<'street' | 'city' | 'region' | 'postalCode' | 'country', string | undefined>> {
  if (!Array.isArray(value)) return {};
  // Some servers put the array into another one.
  const parts = (value.length === 1 && Array.isArray(value[0]) ? value[0] : value) as unknown[];
  const part = (index: number) => publishedText(textOf(parts[index]));
  return { street: part(2), city: part(3), region: part(4), postalCode: part(5), country: part(6) };
}

/** A text, or the texts of a list joined. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  const texts = stringsIn(value, MAX_ITEMS).filter((text) => text !== '');
  return texts.length === 0 ? undefined : texts.join(', ');
}

/** JSContact (RFC 9553), which may replace jCard in RDAP: only names, mail and phone are read. */
function readJsContact(card: JsonObject): Card {
  const firstOf = (key: string, member: string) => {
    const values = memberOf(card, key);
    const first = isObject(values) ? Object.values(values).find(isObject) : undefined;
    const value = first === undefined ? undefined : memberOf(first, member);
    return typeof value === 'string' ? value : undefined;
  };
  const name = memberOf(card, 'name');
  const full = isObject(name) ? memberOf(name, 'full') : memberOf(card, 'fullName');
  return withoutAbsent({
    name: typeof full === 'string' ? publishedText(full) : undefined,
    organization: publishedText(firstOf('organizations', 'name')),
    email: mailAddressIn(firstOf('emails', 'address') ?? ''),
    phone: publishedText(firstOf('phones', 'number')?.replace(/^tel:/i, '')),
  });
}

function withoutAbsent(card: { readonly [Key in keyof Card]?: string | undefined }): Card {
  return Object.fromEntries(Object.entries(card).filter(([, value]) => value !== undefined));
}
