import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, fetch as fetchWith } from 'undici';
import type { NodeOptions } from './node.ts';

/** The certificate authority of a secured node, PEM. */
export const caFile = (home: string): string => join(home, 'config', 'ca.pem');

/** Certificates and settings of a node with the Security plugin; `admin` with the password `admin` may do anything. */
export function securedNode(folder: string, home: string): NodeOptions {
  const config = join(home, 'config');
  mkdirSync(config, { recursive: true });
  cpSync(join(folder, 'config'), join(config, 'opensearch-security'), { recursive: true });
  makeCertificates(config);
  const files = (layer: string) =>
    ['cert', 'key', 'trustedcas'].map(
      (kind) =>
        `plugins.security.ssl.${layer}.pem${kind}_filepath=${kind === 'trustedcas' ? 'ca.pem' : `node.${kind}`}`,
    );
  const dispatcher = new Agent({ connect: { ca: readFileSync(caFile(home), 'utf8') } });
  const authorization = `Basic ${Buffer.from('admin:admin').toString('base64')}`;
  return {
    scheme: 'https',
    settings: [
      ...files('transport'),
      ...files('http'),
      'plugins.security.ssl.http.enabled=true',
      'plugins.security.ssl.transport.enforce_hostname_verification=false',
      'plugins.security.allow_default_init_securityindex=true',
      'plugins.security.restapi.roles_enabled=all_access,security_rest_api_access',
    ],
    fetch: (url, request) =>
      fetchWith(url, { ...request, headers: { ...request?.headers, authorization }, dispatcher }),
  };
}

function makeCertificates(config: string): void {
  const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { cwd: config, stdio: 'ignore' });
  const key = ['-newkey', 'rsa:2048', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=test authority');
  openssl('req', ...key, '-keyout', 'node.key', '-out', 'node.csr', '-subj', '/O=test/CN=node');
  writeFileSync(join(config, 'node.ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'node.ext'];
  openssl('x509', '-req', '-in', 'node.csr', ...signed, '-out', 'node.cert');
}
