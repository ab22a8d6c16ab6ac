// docs/http.md: the routes, from the same schemas as /openapi.json.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApp } from '../dist/http/app.js';
import { createService } from '../dist/service.js';
import { cell } from './cell.js';

export async function httpDocument(generated) {
  const { paths, components } = await description();
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, route]) => ({
      path,
      method: method.toUpperCase(),
      body: bodyOf(route, components.schemas),
      ...route,
    })),
  );
  const byTag = new Map(routes.map((route) => [tagOf(route), []]));
  for (const route of routes) byTag.get(tagOf(route)).push(route);
  const sections = [...byTag].map(([tag, list]) => `## ${tag}\n\n${list.map(routeText).join('\n\n')}`);
  return `# HTTP API

<!-- ${generated} -->

The same as \`/openapi.json\`, which \`/docs\` shows in a browser. Every well-formed request for a name is answered 200 with a
JSON object and exactly \`content-type: application/json\`; refusals are \`application/problem+json\` (RFC 9457) that name
what is wrong. Bodies are read as JSON or NDJSON whatever their content type says. A request's \`x-request-id\` comes back.
The answer's fields: [answer.md](answer.md).

${sections.join('\n\n')}
`;
}

const tagOf = ({ tags = [] }) => tags[0] ?? 'other';

function routeText({ path, method, summary = '', description = '', parameters = [], body }) {
  const told = [summary, description].filter((text) => text !== '').join('. ');
  const rows = parameters.map(
    ({ name, in: place, required, description: meaning = '', schema = {} }) =>
      `| \`${name}\` | ${place}${required === true ? ', needed' : ''} | ${typeOf(schema)} | ${cell(meaning)} |`,
  );
  rows.push(...bodyRows(body));
  const table =
    rows.length === 0 ? '' : `\n\n| parameter | in | type | meaning |\n| --- | --- | --- | --- |\n${rows.join('\n')}`;
  return `### \`${method} ${path}\`\n\n${told === '' ? '' : `${told.replace(/\.?$/, '.')}`}${table}`;
}

/** The object that a body is, or of several forms the first. */
function bodyOf({ requestBody }, schemas) {
  const schema = requestBody?.content?.['application/json']?.schema;
  const one = schema?.anyOf?.[0] ?? schema;
  return one?.$ref === undefined ? one : schemas[one.$ref.split('/').at(-1)];
}

const bodyRows = ({ properties = {}, required = [] } = {}) =>
  Object.entries(properties).map(
    ([name, member]) =>
      `| \`${name}\` | body${required.includes(name) ? ', needed' : ''} | ${typeOf(member)} | ${cell(member.description ?? '')} |`,
  );

function typeOf({ type, enum: words, anyOf, minimum, maximum, default: fallback }) {
  const options = words ?? anyOf?.flatMap((one) => one.const ?? one.enum ?? []);
  const base =
    options !== undefined && options.length > 0 ? options.map((word) => `\`${word}\``).join(', ') : (type ?? '');
  const limits = [
    minimum === undefined ? '' : ` from ${minimum}`,
    maximum === undefined ? '' : ` to ${maximum}`,
    fallback === undefined ? '' : `; default \`${fallback}\``,
  ];
  return base + limits.join('');
}

async function description() {
  const data = mkdtempSync(join(tmpdir(), 'domain-stats-docs-'));
  const service = createService({ data, lookups: false, legacy: 'off' });
  try {
    const app = await buildApp(service);
    const description = app.swagger();
    await app.close();
    return description;
  } finally {
    await service.close();
    rmSync(data, { recursive: true, force: true });
  }
}
