import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { ask, EngineError, isObject, objectAt, type Engine, type JsonObject } from '../engine.ts';

/** How OpenSearch reaches the service. */
export interface MlOptions {
  /** Name of connector, model and pipeline. */
  readonly name: string;
  /** Where OpenSearch finds domain-stats, e.g. `http://10.0.0.5:5730`. */
  readonly service: string;
  /** Bearer token; a credential must not be empty even where none is needed. */
  readonly token: string;
}

const FOLDER = new URL('../../../ingest/opensearch/ml-inference/', import.meta.url);
const asset = (file: string): JsonObject => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as JsonObject;

const TRUSTED = 'plugins.ml_commons.trusted_connector_endpoints_regex';
const PRIVATE = 'plugins.ml_commons.connector.private_ip_enabled';
const DEPLOY_WITHIN_MS = 60_000;

/**
 * Makes what lets an ingest pipeline call the service for every document: the address in the list of trusted ones,
 * connector, model and pipeline. What is there by name is used again. Resolves with what was done, one line each.
 */
export async function setUpMl(engine: Engine, options: MlOptions): Promise<string[]> {
  const [major, minor] = engine.version;
  if (engine.product !== 'opensearch' || major < 2 || (major === 2 && minor < 15)) {
    throw new EngineError('ml_inference needs OpenSearch 2.15 or newer; use the bulk proxy or the sweep instead.');
  }
  const connector = await find(engine, 'connectors', options.name);
  if (connector !== undefined) refuseOther(connector.source, options);
  const done = [await trust(engine, options.service)];
  const connectorId = connector?.id ?? (await makeConnector(engine, options));
  done.push(`connector ${options.name}: ${connector === undefined ? 'created' : 'unchanged (its token too)'}`);
  const model = await find(engine, 'models', options.name);
  const modelId = model?.id ?? (await makeModel(engine, options.name, connectorId));
  done.push(`model ${options.name}: ${model === undefined ? 'created' : 'unchanged'}`);
  await deployed(engine, modelId);
  const pipeline = JSON.stringify(asset('pipeline.json')).replace('MODEL_ID', modelId);
  await ask(engine, { method: 'PUT', path: `/_ingest/pipeline/${options.name}-ml`, body: pipeline });
  done.push(`ingest pipeline ${options.name}-ml: put`);
  return done;
}

/** Adds the service's address to the trusted ones: setting the list replaces it, so what it holds is kept. */
async function trust(engine: Engine, service: string): Promise<string> {
  const path = '/_cluster/settings?include_defaults=true&flat_settings=true';
  const { body } = await ask(engine, { method: 'GET', path });
  const [held] = ['transient', 'persistent', 'defaults']
    .map((kind) => objectAt(body, kind)[TRUSTED])
    .filter(Array.isArray);
  const pattern = `^${service.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}/v1/.*$`;
  const list = (held ?? []) as string[];
  if (list.includes(pattern)) return `trusted address ${service}: unchanged`;
  const persistent = { [TRUSTED]: [...list, pattern], [PRIVATE]: true };
  await ask(engine, { method: 'PUT', path: '/_cluster/settings', body: JSON.stringify({ persistent }) });
  return `trusted address ${service}: created`;
}

/** What is there by a name. */
interface Found {
  readonly id: string;
  readonly source: JsonObject;
}

/** Names are not unique there: each creation makes a new id, so what is there is looked for first. */
async function find(engine: Engine, kind: 'connectors' | 'models', name: string): Promise<Found | undefined> {
  const body = JSON.stringify({ query: { term: { 'name.keyword': name } }, size: 1 });
  const answer = await ask(engine, { method: 'POST', path: `/_plugins/_ml/${kind}/_search`, body }, [404]);
  const hits = objectAt(answer.body, 'hits')['hits'];
  const [hit] = Array.isArray(hits) ? hits.filter(isObject) : [];
  return typeof hit?.['_id'] === 'string' ? { id: hit['_id'], source: objectAt(hit, '_source') } : undefined;
}

/** The parts of the service's address, as a connector has them. */
function addressOf(service: string): { readonly protocol: string; readonly endpoint: string } {
  const { protocol, host, pathname } = new URL(service);
  return { protocol, endpoint: host + pathname.replace(/\/+$/, '') };
}

/** A connector is not changed, because a model that is deployed holds it; nor can its token be read and compared. */
function refuseOther(connector: JsonObject, { name, service }: MlOptions): void {
  const { protocol, endpoint } = addressOf(service);
  const actions = connector['actions'];
  const [action] = Array.isArray(actions) ? actions.filter(isObject) : [];
  const url = typeof action?.['url'] === 'string' ? action['url'] : `${protocol}//`;
  const held = String(objectAt(connector, 'parameters')['endpoint']);
  if (held === endpoint && url.startsWith(`${protocol}//`)) return;
  throw new EngineError(
    `The connector ${name} calls ${url.startsWith('https:') ? 'https' : 'http'}://${held}, not ${service}: delete the ` +
      `model and the connector ${name} in the engine and run setup again, or make others with --prefix.`,
  );
}

async function makeConnector(engine: Engine, { name, service, token }: MlOptions): Promise<string> {
  const connector = asset('connector.json');
  const { protocol, endpoint } = addressOf(service);
  const parameters = { ...objectAt(connector, 'parameters'), endpoint };
  const text = JSON.stringify({ ...connector, name, parameters, credential: { token } });
  const wanted = protocol === 'https:' ? text.replace('"http://$', '"https://$') : text;
  const path = '/_plugins/_ml/connectors/_create';
  const { body } = await ask(engine, { method: 'POST', path, body: wanted });
  return idIn(body, 'connector_id', path);
}

async function makeModel(engine: Engine, name: string, connectorId: string): Promise<string> {
  const wanted = { ...asset('model.json'), name, connector_id: connectorId };
  const path = '/_plugins/_ml/models/_register?deploy=true';
  const { body } = await ask(engine, { method: 'POST', path, body: JSON.stringify(wanted) });
  return idIn(body, 'model_id', path);
}

function idIn(answer: JsonObject, key: string, path: string): string {
  const id = answer[key];
  if (typeof id === 'string') return id;
  throw new EngineError(`POST ${path} gave no ${key}: look into the engine's log.`);
}

async function deployed(engine: Engine, modelId: string): Promise<void> {
  const path = `/_plugins/_ml/models/${modelId}`;
  for (let state: unknown, end = Date.now() + DEPLOY_WITHIN_MS; ;) {
    state = (await ask(engine, { method: 'GET', path })).body['model_state'];
    if (state === 'DEPLOYED') return;
    if (Date.now() > end)
      throw new EngineError(`The model ${modelId} is ${String(state)}: look into the engine's log.`);
    await pause(500);
  }
}
