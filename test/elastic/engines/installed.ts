import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export type EngineName = 'opensearch' | 'elasticsearch' | 'opensearch-security';

/** Folders of the engines, or why there are none. */
export type Installed = { readonly folders: Readonly<Record<EngineName, string>> } | { readonly missing: string };

const SCRIPT = fileURLToPath(new URL('../../../scripts/install-engines.sh', import.meta.url));
/** A download from the network included. */
const INSTALL_WITHIN_MS = 300_000;

let installed: Installed | undefined;

/** Installs what is not there yet. In CI an engine that cannot be had is a failure: a skipped suite proves nothing. */
export function installedEngines(): Installed {
  installed ??= install();
  if ('missing' in installed && process.env['CI'] === 'true') throw new Error(`no search engine: ${installed.missing}`);
  return installed;
}

function install(): Installed {
  const { status, stdout, stderr, error } = spawnSync('bash', [SCRIPT], {
    encoding: 'utf8',
    timeout: INSTALL_WITHIN_MS,
  });
  if (status !== 0) return { missing: (error?.message ?? stderr).trim().slice(-400) };
  // Maven colours its silence.
  const lines = stdout.replaceAll(/\u001b\[\d*m/g, '').split('\n');
  const folderOf = (engine: EngineName) =>
    lines.find((line) => line.startsWith(`${engine} `))?.slice(engine.length + 1) ?? '';
  return {
    folders: {
      opensearch: folderOf('opensearch'),
      elasticsearch: folderOf('elasticsearch'),
      'opensearch-security': folderOf('opensearch-security'),
    },
  };
}
