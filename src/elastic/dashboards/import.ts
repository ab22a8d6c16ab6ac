import { randomUUID } from 'node:crypto';
import { dashboardFile } from '../../dashboards/files.ts';
import type { FileOptions } from '../../dashboards/saved-object.ts';
import { isObject, objectAt, readJson, type JsonObject } from '../engine.ts';
import { hostRefusal, type DashboardHost } from './host.ts';

/** What became of an import. */
export interface Imported {
  readonly made: number;
  /** Objects that were there before, and stay as they are. */
  readonly kept: number;
  /** One sentence for each object that was refused. */
  readonly problems: readonly string[];
}

/** The file for a host; a Kibana that is too old for our Lens takes the classic one. */
export const fileFor = (product: DashboardHost['product'], options: FileOptions): string =>
  dashboardFile(product === 'kibana' ? 'kibana' : 'opensearch-dashboards', options);

/**
 * Imports the dashboards. Objects have fixed ids: a second import writes the same ones again. The host answers 200 even
 * when it has refused some of them. Throws {@link EngineError} when it refuses the whole file.
 */
export async function importDashboards(
  host: DashboardHost,
  options: FileOptions,
  overwrite: boolean,
): Promise<Imported> {
  const path = `/api/saved_objects/_import${overwrite ? '?overwrite=true' : ''}`;
  const { body, contentType } = formWith(fileFor(host.product, options));
  const reply = await host.post(path, body, contentType);
  const answer = readJson(reply.text);
  if (reply.status !== 200 || typeof answer['success'] !== 'boolean') {
    throw hostRefusal('POST /api/saved_objects/_import', reply);
  }
  const errors = Array.isArray(answer['errors']) ? (answer['errors'] as unknown[]).filter(isObject) : [];
  const isKept = (error: JsonObject) => !overwrite && objectAt(error, 'error')['type'] === 'conflict';
  const problems = errors.filter((error) => !isKept(error)).map(problemOf);
  if (!answer['success'] && errors.length === 0) problems.push('The host reports a failure without naming any object.');
  return { made: Number(answer['successCount'] ?? 0), kept: errors.filter(isKept).length, problems };
}

/** A form with one file; the name has to end in .ndjson. */
function formWith(text: string) {
  const boundary = `domain-stats-${randomUUID()}`;
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="domain-stats.ndjson"\r\ncontent-type: application/ndjson\r\n\r\n`;
  return {
    body: Buffer.from(`${head}${text}\r\n--${boundary}--\r\n`),
    contentType: `multipart/form-data; boundary=${boundary}`,
  };
}

function problemOf(object: JsonObject): string {
  const { type, id } = object;
  const error = objectAt(object, 'error');
  return `${String(type)} ${String(id)}: ${reasonOf(error)}`;
}

function reasonOf(error: JsonObject): string {
  switch (error['type']) {
    case 'conflict':
      return 'is there already, from another origin; delete that one, or import into another space.';
    case 'ambiguous_conflict':
      return 'could overwrite several objects; delete those that are not wanted.';
    case 'unsupported_type':
      return 'the host does not know this type; is a plug-in switched off?';
    case 'missing_references':
      return `refers to what is not there: ${JSON.stringify(error['references'])}.`;
    default: {
      const { message, statusCode } = error;
      return `${typeof message === 'string' ? message : String(error['type'])} (${typeof statusCode === 'number' ? String(statusCode) : 'no status'}).`;
    }
  }
}
