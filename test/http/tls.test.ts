import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { get } from 'node:https';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../temporary-folder.ts';
import { openApp } from './app-under-test.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

function makeCertificate(): { cert: string; key: string } {
  const folder = temporaryFolder();
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const made = spawnSync('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-keyout',
    key,
    '-out',
    cert,
    ...subject,
  ]);
  if (made.status !== 0) throw new Error(made.stderr.toString());
  return { cert, key };
}

describe('TLS', () => {
  (hasOpenssl ? it : it.skip)('is spoken with the certificate and key of the settings (needs openssl)', async () => {
    const { cert, key } = makeCertificate();
    const { app } = await openApp({ tlsCert: cert, tlsKey: key });
    await app.listen({ host: '127.0.0.1', port: 0 });
    expect(app.listeningOrigin).toMatch(/^https:/);
    const body = await new Promise<string>((resolve, reject) => {
      get(`${app.listeningOrigin}/v1/names/www.a.com`, { ca: readFileSync(cert) }, (response) => {
        text(response).then(resolve, reject);
      }).on('error', reject);
    });
    expect(JSON.parse(body)).toMatchObject({ domain: 'a.com' });
  });

  it('with a certificate that is not there fails the start', async () => {
    await expect(openApp({ tlsCert: '/nowhere/cert.pem', tlsKey: '/nowhere/key.pem' })).rejects.toThrow(
      /\/nowhere\/cert\.pem/,
    );
  });
});
