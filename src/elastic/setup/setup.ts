import { isDeepStrictEqual } from 'node:util';
import { ask, EngineError, isObject, readJson, refusal, type Engine, type EngineRequest } from '../engine.ts';
import type { Asset } from './assets.ts';

/** What is done, or would be, about one asset. */
export interface Step {
  readonly action: 'create' | 'change' | 'keep' | 'remove' | 'absent' | 'unavailable';
  readonly kind: Asset['kind'];
  readonly name: string;
}

/** Makes every asset be as it is wanted; what is so already is not touched. With `dryRun` it only says what it would do. */
export async function setUp(engine: Engine, assets: readonly Asset[], dryRun: boolean): Promise<Step[]> {
  const steps: Step[] = [];
  const lacks = new Set<string>();
  for (const asset of assets) {
    const { kind, name, needs } = asset;
    const action = needs !== undefined && lacks.has(needs) ? 'unavailable' : await actionFor(engine, asset);
    if (action === 'create' && !dryRun) await put(engine, asset);
    if (action === 'change' && !dryRun) await change(engine, asset);
    if (action === 'unavailable' && needs !== undefined) lacks.add(needs);
    steps.push({ action, kind, name });
  }
  return steps;
}

async function actionFor(engine: Engine, asset: Asset): Promise<Step['action']> {
  const request: EngineRequest = { method: 'GET', path: asset.path };
  const reply = await engine.send(request);
  if (isWithoutApi(reply.status, reply.text)) return 'unavailable';
  if (reply.status !== 200 && reply.status !== 404) throw refusal(request, reply);
  const current = reply.status === 404 ? undefined : asset.current(readJson(reply.text));
  if (current === undefined) return 'create';
  return isDeepStrictEqual(canonical(current), canonical(asset.wanted)) ? 'keep' : 'change';
}

/** A distribution without x-pack does not know the path at all. */
const isWithoutApi = (status: number, text: string): boolean => status === 400 && text.includes('no handler found');

/** Engines give numbers and switches of settings back as text, and members in another order. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (!isObject(value)) return String(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, canonical(inner)]));
}

async function put(engine: Engine, { path, wanted, before }: Asset): Promise<void> {
  if (before !== undefined) await ask(engine, before);
  await ask(engine, { method: 'PUT', path, body: JSON.stringify(wanted) });
}

async function change(engine: Engine, asset: Asset): Promise<void> {
  if (asset.change === 'put') {
    await put(engine, asset);
  } else if (asset.change === 'mapping') {
    await refuseOtherSettings(engine, asset);
    const body = JSON.stringify(asset.wanted['mappings']);
    await ask(engine, { method: 'PUT', path: `${asset.path}/_mapping`, body });
  } else {
    throw new EngineError(
      `There is another ${asset.kind} ${asset.name}, and none can be changed: remove it with \`domain-stats setup ` +
        '--remove`, or choose another --prefix.',
    );
  }
}

/** What an index was made with cannot be changed, and must not be passed over. */
async function refuseOtherSettings(engine: Engine, asset: Asset): Promise<void> {
  const { kind, name, path, wanted } = asset;
  const { body } = await ask(engine, { method: 'GET', path });
  if (isDeepStrictEqual(canonical(asset.current(body)?.['settings']), canonical(wanted['settings']))) return;
  throw new EngineError(
    `The ${kind} ${name} was made with other settings (lookup_index): give the same, remove it with \`domain-stats ` +
      'setup --remove`, or choose another --prefix.',
  );
}

/** Removes every asset, the last made first. */
export async function tearDown(engine: Engine, assets: readonly Asset[], dryRun: boolean): Promise<Step[]> {
  const steps: Step[] = [];
  for (const asset of [...assets].reverse()) {
    const { kind, name, path } = asset;
    const found = await actionFor(engine, asset);
    const action = found === 'unavailable' ? 'unavailable' : found === 'create' ? 'absent' : 'remove';
    if (action === 'remove' && !dryRun) await ask(engine, { method: 'DELETE', path }, [404]);
    steps.push({ action, kind, name });
  }
  return steps;
}
