import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { connect as connectTls, type DetailedPeerCertificate } from 'node:tls';
import type { Settings } from '../settings/table.ts';
import { EngineError } from './engine.ts';

/** Where the engine is and as whom we come. */
export interface Connection {
  /** Any of them will do. */
  readonly urls: readonly string[];
  /** Value of the authorization header; undefined without credentials. */
  readonly authorization?: string;
  /** Certificates to trust instead of the system's, PEM. */
  readonly ca?: string;
}

/** Reads the connection's settings and the files they name. Throws {@link EngineError}. */
export async function connectionOf(settings: Settings): Promise<Connection> {
  const urls = settings.elasticsearchUrl.map((url) => url.replace(/\/+$/, ''));
  const authorization = authorizationOf(settings);
  const ca = await trustedCertificates(settings, urls);
  return {
    urls,
    ...(authorization === undefined ? {} : { authorization }),
    ...(ca === undefined ? {} : { ca }),
  };
}

function authorizationOf(settings: Settings): string | undefined {
  const { elasticsearchUser: user } = settings;
  const key = secretOf(settings.elasticsearchApiKey, settings.elasticsearchApiKeyFile, 'elasticsearch_api_key_file');
  if (key !== '') return `ApiKey ${key}`;
  if (user === '') return undefined;
  const { elasticsearchPassword, elasticsearchPasswordFile } = settings;
  const password = secretOf(elasticsearchPassword, elasticsearchPasswordFile, 'elasticsearch_password_file');
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

const secretOf = (value: string, file: string, setting: string): string =>
  value !== '' || file === '' ? value : readText(file, setting).trim();

function readText(file: string, setting: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError(`${setting}: cannot read ${file}: ${reason}. Name a file that this user may read.`, {
      cause,
    });
  }
}

async function trustedCertificates(settings: Settings, urls: readonly string[]): Promise<string | undefined> {
  if (settings.elasticsearchCa !== '') return readText(settings.elasticsearchCa, 'elasticsearch_ca');
  const url = urls.find((each) => each.startsWith('https:'));
  if (settings.elasticsearchFingerprint === '' || url === undefined) return undefined;
  return certificateWith(settings.elasticsearchFingerprint, new URL(url));
}

const HANDSHAKE_WITHIN_MS = 10_000;
const plainHex = (fingerprint: string): string => fingerprint.replaceAll(':', '').toLowerCase();

/**
 * The certificate of the server's chain that has the fingerprint (SHA-256), as PEM: from then on it is the authority
 * that the client trusts, and everything else about TLS is checked as usual. So it must be self-signed.
 */
function certificateWith(fingerprint: string, url: URL): Promise<string> {
  const port = url.port === '' ? 443 : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    // The chain is read without trusting it; nothing is sent over this connection.
    const servername = isIP(host) === 0 ? { servername: host } : {};
    const socket = connectTls({ host, port, ...servername, rejectUnauthorized: false });
    const fail = (reason: string) => {
      socket.destroy();
      reject(new EngineError(`elasticsearch_fingerprint: ${url.host}: ${reason}.`));
    };
    socket.setTimeout(HANDSHAKE_WITHIN_MS, () => fail('no TLS handshake in time'));
    socket.once('error', (error: Error) => fail(error.message));
    socket.once('secureConnect', () => {
      let certificate: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
      // A root is its own issuer; a server that sends its own certificate alone leaves the chain open.
      const seen = new Set<string>();
      while (certificate !== undefined && !seen.has(certificate.fingerprint256)) {
        seen.add(certificate.fingerprint256);
        if (plainHex(certificate.fingerprint256) === plainHex(fingerprint)) {
          socket.end();
          resolve(pem(certificate.raw));
          return;
        }
        certificate = issuerOf(certificate);
      }
      fail("no certificate of its chain, as it sends it, has this SHA-256 fingerprint; compare it with the CA's");
    });
  });
}

/** Absent where the chain ends without its root, which the type does not say. */
const issuerOf = (certificate: DetailedPeerCertificate): DetailedPeerCertificate | undefined =>
  certificate.issuerCertificate;

const pem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE-----\n`;
