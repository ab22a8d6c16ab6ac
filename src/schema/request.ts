import { Type, type Static, type TStringOptions } from 'typebox';

/** Scope names: what may stand in a key and in a URL. */
export const SCOPE_PATTERN = '^[a-z0-9._-]{1,64}$';
/** Longest text taken as an id or a client: far above any real one, below what would fill a store. */
export const MAX_TEXT = 4096;

const orNull = (options: TStringOptions) =>
  Type.Optional(Type.Union([Type.String(options), Type.Null()], { description: options.description ?? '' }));

/** One question: a name and what is known of the event it came from. */
export const DomainRequestSchema = Type.Object(
  {
    name: Type.String({ description: 'The domain name, in any spelling.' }),
    at: Type.Optional(
      Type.Union([Type.String(), Type.Number(), Type.Null()], {
        description: 'Event time: ISO 8601, or seconds or milliseconds since the epoch. Default: server time.',
      }),
    ),
    id: orNull({ maxLength: MAX_TEXT, description: 'Id of the event: a retry gets the same answer again.' }),
    scope: orNull({ pattern: SCOPE_PATTERN, description: 'Whose first contact. Default: `default`.' }),
    client: orNull({ maxLength: MAX_TEXT, description: 'Who asked for the name, e.g. `source.ip`.' }),
  },
  { $id: 'DomainRequest', title: 'DomainRequest' },
);

export type DomainRequest = Static<typeof DomainRequestSchema>;
