import { createHash, randomBytes } from 'node:crypto';
import type { ServerTables, TokenRow } from './server-tables.ts';

/** Who may ask a community server. */
export interface Tokens {
  /** Makes a token and returns it, the only time that it can be read. Resolves after the commit. */
  add(organisation: string, now: number, quota?: number): Promise<string>;
  /** Revokes those of an organisation, or the one whose hash begins so; how many there were. Works at once. */
  revoke(which: string, now: number): Promise<number>;
  list(): readonly (readonly [hash: string, row: TokenRow])[];
  /** The token of an `Authorization` header, revoked ones too. */
  find(header: string | undefined): (TokenRow & { readonly hash: string }) | undefined;
}

/** Fewest digits of a hash that name a token. */
const MIN_DIGITS = 8;

const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex');

export function communityTokens({ environment, tokens }: ServerTables): Tokens {
  return {
    async add(organisation, created, quota) {
      const token = randomBytes(32).toString('base64url');
      await environment.write(() =>
        tokens.put(tokenHash(token), { organisation, created, ...(quota === undefined ? {} : { quota }) }),
      );
      return token;
    },
    revoke: (which, revoked) =>
      environment.write(() => {
        const meant = [...tokens.entries()].filter(
          ([hash, row]) =>
            row.revoked === undefined &&
            (row.organisation === which || (which.length >= MIN_DIGITS && hash.startsWith(which))),
        );
        for (const [hash, row] of meant) tokens.put(hash, { ...row, revoked });
        return meant.length;
      }),
    list: () => [...tokens.entries()],
    find(header) {
      const token = /^bearer +(\S+)$/i.exec(header ?? '')?.[1];
      if (token === undefined) return undefined;
      const hash = tokenHash(token);
      // Other processes revoke.
      environment.refresh();
      const row = tokens.get(hash);
      return row === undefined ? undefined : { ...row, hash };
    },
  };
}
