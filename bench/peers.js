// The service against its predecessor, domain-stats 1.0.1 of PyPI: both as they ship, in one run, asked the same names in
// the same order by the same client. The predecessor asks a registry within the request, at an address that it has built
// in: everything runs in a network namespace that has nothing but loopback, where such a question fails at once.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CACHE = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
/** Put there by scripts/install-peer.sh. */
const PEER = join(CACHE, 'domain-stats-peer-1.0.1', 'bin');
const PROGRAMS = ['domain-stats', 'domain-stats-settings', 'domain-stats-utils'].map((name) => join(PEER, name));

/** Loopback alone, and processes that end when the first of them or this one does. */
const NAMESPACE = ['-rn', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c'];
const LOOPBACK_UP = 'ip link set lo up && exec "$0" "$@"';

export async function peersBenchmark() {
  const reason = whyNot();
  if (reason !== undefined) {
    console.log(`not measured: ${reason}`);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'domain-stats-bench-'));
  const program = fileURLToPath(new URL('./peers-measured.js', import.meta.url));
  // The predecessor's server leaves a control socket in the home folder.
  const env = { ...process.env, HOME: folder };
  const child = spawn('unshare', [...NAMESPACE, LOOPBACK_UP, process.execPath, program, folder, PEER], {
    env,
    stdio: 'inherit',
  });
  // The first process of a namespace takes no other signal.
  const stop = () => child.kill('SIGKILL');
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`the comparison with domain-stats 1.0.1 ended with ${code ?? 'a signal'}`);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** What is missing for the comparison, if anything. */
function whyNot() {
  if (!PROGRAMS.every(existsSync)) return `domain-stats 1.0.1 is not installed in ${PEER}: run scripts/install-peer.sh`;
  const { status, stderr } = spawnSync('unshare', [...NAMESPACE, LOOPBACK_UP, 'true'], { encoding: 'utf8' });
  if (status !== 0) return `no network namespace can be made here: ${stderr?.trim() || 'unshare is not installed'}`;
  return undefined;
}
