import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const scryptAsync = promisify<string, Buffer, number, { N: number; r: number; p: number }, Buffer>(scrypt);

/** OWASP's parameters for scrypt (2^15, 8, 3): about 0.1 s a guess. */
const SCRYPT = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };
const KEY_BYTES = 32;

/** A password as the file keeps it. */
interface PasswordHash {
  readonly salt: Buffer;
  readonly key: Buffer;
}

/** Who may ask: hashes only. */
export interface Credentials {
  /** SHA-256 of each token, in hex, with the name of its bearer. Tokens are random, so a fast hash suffices. */
  readonly tokens: ReadonlyMap<string, string>;
  readonly users: ReadonlyMap<string, PasswordHash>;
}

/** What is wrong with a credentials file, by line. */
export class CredentialsError extends Error {
  override name = 'CredentialsError';
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A new random token and the line that lets it in. */
export function makeToken(name: string): { token: string; line: string } {
  const token = randomBytes(32).toString('base64url');
  return { token, line: `token ${name} sha256:${sha256(token)}` };
}

/** The line that lets a user in by password. */
export async function passwordLine(name: string, password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await scryptAsync(password, salt, KEY_BYTES, SCRYPT);
  return `user ${name} scrypt:${salt.toString('hex')}:${key.toString('hex')}`;
}

/** Reads a credentials file: `token NAME sha256:…` and `user NAME scrypt:…`, `#` begins a comment. */
export function readCredentials(file: string): Credentials {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CredentialsError(`Cannot read the credentials file: ${reason}. Make one with \`domain-stats auth\`.`, {
      cause,
    });
  }
  const tokens = new Map<string, string>();
  const users = new Map<string, PasswordHash>();
  text.split('\n').forEach((line, index) => {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return;
    const token = /^token (\S+) sha256:([0-9a-f]{64})$/.exec(trimmed);
    const user = /^user (\S+) scrypt:([0-9a-f]{32}):([0-9a-f]{64})$/.exec(trimmed);
    if (token?.[1] !== undefined && token[2] !== undefined) tokens.set(token[2], token[1]);
    else if (user?.[1] !== undefined && user[2] !== undefined && user[3] !== undefined) {
      users.set(user[1], { salt: Buffer.from(user[2], 'hex'), key: Buffer.from(user[3], 'hex') });
    } else {
      throw new CredentialsError(
        `${file}, line ${String(index + 1)}: neither "token NAME sha256:HASH" nor "user NAME scrypt:SALT:HASH". ` +
          'Make lines with `domain-stats auth token NAME` or `domain-stats auth user NAME`.',
      );
    }
  });
  if (tokens.size + users.size === 0) {
    throw new CredentialsError(
      `${file} lets nobody in: it has no line. Make one with \`domain-stats auth token NAME\`.`,
    );
  }
  return { tokens, users };
}

/** Passwords that were right are remembered (hashed) up to this many, because scrypt is slow on purpose. */
const MAX_REMEMBERED = 1000;

/** Passwords that wait for their check; whoever comes on top is refused, so that guessing takes neither all of the memory nor every thread. */
const MAX_WAITING = 16;

/** Checks `Authorization` headers: true, false, or a promise when a password must be hashed. */
export function authenticator({
  tokens,
  users,
}: Credentials): (header: string | undefined) => boolean | Promise<boolean> {
  const remembered = new Set<string>();
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();

  async function checkPassword(basic: string): Promise<boolean> {
    const decoded = Buffer.from(basic, 'base64').toString('utf8');
    const colon = decoded.indexOf(':');
    const user = users.get(decoded.slice(0, Math.max(0, colon)));
    // An unknown user costs as much as a wrong password.
    const { salt, key } = user ?? { salt: Buffer.alloc(16), key: Buffer.alloc(KEY_BYTES) };
    const given = await scryptAsync(decoded.slice(colon + 1), salt, KEY_BYTES, SCRYPT);
    if (!timingSafeEqual(given, key) || user === undefined || colon < 0) return false;
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.add(sha256(basic));
    return true;
  }

  /** One at a time. */
  function inTurn(secret: string): false | Promise<boolean> {
    if (waiting >= MAX_WAITING) return false;
    waiting++;
    const checked = last.then(() => checkPassword(secret)).finally(() => waiting--);
    last = checked.catch(() => undefined);
    return checked;
  }

  return (header) => {
    const parts = /^(bearer|basic) +(\S+)$/i.exec(header ?? '');
    const secret = parts?.[2];
    if (secret === undefined) return false;
    if (parts?.[1]?.toLowerCase() === 'bearer') return tokens.has(sha256(secret));
    if (users.size === 0) return false;
    return remembered.has(sha256(secret)) || inTurn(secret);
  };
}
