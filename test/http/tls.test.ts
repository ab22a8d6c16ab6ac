import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { reloadTls } from '../../src/http/tls.ts';
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

  (hasOpenssl ? it : it.skip)(
    'takes a renewed certificate into use, and keeps the old one until both files fit',
    async () => {
      const [former, next] = [makeCertificate(), makeCertificate()];
      const { app } = await openApp({ tlsCert: former.cert, tlsKey: former.key });
      const told: string[] = [];
      const heard = new EventEmitter();
      const log = (_: unknown, message: string) => {
        told.push(message);
        heard.emit(message);
      };
      const stop = reloadTls(
        app.server as never,
        { tlsCert: former.cert, tlsKey: former.key },
        { info: log, warn: log } as never,
        5,
      );
      await app.listen({ host: '127.0.0.1', port: 0 });
      const { port } = app.server.address() as AddressInfo;
      const servedFingerprint = () =>
        new Promise<string>((resolve, reject) => {
          const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
            resolve(socket.getPeerX509Certificate()?.fingerprint256 ?? '');
            socket.destroy();
          }).on('error', reject);
        });
      const fingerprint = (file: string) => new X509Certificate(readFileSync(file)).fingerprint256;
      const old = fingerprint(former.cert);
      expect(await servedFingerprint()).toBe(old);

      const refused = once(heard, 'the renewed certificate cannot be used');
      writeFileSync(former.cert, readFileSync(next.cert));
      await refused;
      expect(await servedFingerprint()).toBe(old);

      const taken = once(heard, 'a renewed certificate is in use');
      writeFileSync(former.key, readFileSync(next.key));
      await taken;
      expect(await servedFingerprint()).toBe(fingerprint(next.cert));
      stop();
      // Said once, not at every look.
      expect(told.filter((message) => message.includes('cannot'))).toHaveLength(1);
    },
  );

  it('with a certificate that is not there fails the start', async () => {
    await expect(openApp({ tlsCert: '/nowhere/cert.pem', tlsKey: '/nowhere/key.pem' })).rejects.toThrow(
      /\/nowhere\/cert\.pem/,
    );
  });
});
