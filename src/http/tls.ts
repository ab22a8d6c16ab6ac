import { readFileSync } from 'node:fs';
import { createSecureContext, type Server } from 'node:tls';
import type { FastifyBaseLogger } from 'fastify';
import type { Settings } from '../settings/table.ts';

/** How often the files are looked at: certificates are renewed days before they end. */
const LOOK_EVERY_MS = 10_000;

type TlsFiles = Pick<Settings, 'tlsCert' | 'tlsKey'>;

export const readTlsFiles = ({ tlsCert, tlsKey }: TlsFiles): { readonly cert: Buffer; readonly key: Buffer } => ({
  cert: readFileSync(tlsCert),
  key: readFileSync(tlsKey),
});

/**
 * Takes renewed certificates into use for new connections, without a restart. Files that are half-written, or of which one
 * is still the old one, fit each other again at a later look; until then the former ones serve.
 * Returns what ends the looking.
 */
export function reloadTls(
  server: Pick<Server, 'setSecureContext'>,
  files: TlsFiles,
  log: Pick<FastifyBaseLogger, 'info' | 'warn'> | undefined,
  everyMs = LOOK_EVERY_MS,
): () => void {
  let inUse = readTlsFiles(files);
  let told = '';
  const timer = setInterval(() => {
    try {
      const found = readTlsFiles(files);
      if (found.cert.equals(inUse.cert) && found.key.equals(inUse.key)) return;
      // Throws when key and certificate do not belong together; the server itself would take them.
      createSecureContext(found);
      server.setSecureContext(found);
      inUse = found;
      told = '';
      log?.info({ file: files.tlsCert }, 'a renewed certificate is in use');
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (problem !== told) log?.warn({ file: files.tlsCert, problem }, 'the renewed certificate cannot be used');
      told = problem;
    }
  }, everyMs).unref();
  return () => clearInterval(timer);
}
