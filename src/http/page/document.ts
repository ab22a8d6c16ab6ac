import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Html, html } from './html.ts';

/** `page/` stands beside `src/` and beside `dist/`. */
const FILES = new URL('../../../page/', import.meta.url);

/** A file in an element of its own, which is known to the browser by the hash of its text. */
function inlined(tag: 'style' | 'script', file: string): { readonly element: Html; readonly source: string } {
  const text = readFileSync(new URL(file, FILES), 'utf8');
  const hash = createHash('sha256').update(text).digest('base64');
  return { element: new Html(`<${tag}>${text}</${tag}>`), source: `'sha256-${hash}'` };
}

const STYLE = inlined('style', 'page.css');
const SCRIPT = inlined('script', 'page.js');
const ICON =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="#2563a8"/>' +
      '<path d="M4 9h2V6h4v3h2" fill="none" stroke="#fff" stroke-width="1.6"/></svg>',
  );

/**
 * Style and script stand in the page and are known by their hashes: no other file is fetched, so no path is taken from
 * the predecessors' routes, and nothing that finds its way into the page can run or call out.
 */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    `style-src ${STYLE.source}`,
    `script-src ${SCRIPT.source}`,
    'img-src data:',
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  // Names are people's browsing: no copy stays in a cache.
  'cache-control': 'no-store',
  vary: 'accept',
};

/** What stands in the page. */
export interface PageContent {
  readonly version: string;
  /** Most names in one request of the script. */
  readonly batchMax: number;
  /** The name asked, as it was asked. */
  readonly name: string;
  /** The answer, or why there is none. */
  readonly answer?: Html | undefined;
  readonly panels: Html;
}

export function pageDocument({ version, batchMax, name, answer, panels }: PageContent): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${name === '' ? 'domain-stats' : `${name} · domain-stats`}</title>
        <link rel="icon" href="${ICON}" />
        ${STYLE.element}
      </head>
      <body data-batch-max="${batchMax}">
        <a class="skip" href="#main">To the content</a>
        <header>
          <h1><a href="/">domain-stats</a></h1>
          <p>What is known of a domain name</p>
        </header>
        <main id="main">
          <form id="one" action="/" method="get" role="search">
            <label for="name">Domain name</label>
            <div class="line">
              <input
                id="name"
                name="name"
                value="${name}"
                required
                maxlength="512"
                placeholder="www.example.com"
                autocomplete="off"
                autocapitalize="none"
                autocorrect="off"
                spellcheck="false"
                ${name === '' ? new Html(' autofocus') : undefined}
              />
              <button>Look up</button>
            </div>
          </form>
          ${answer}
          <form id="many" hidden>
            <label for="names">Many names</label>
            <textarea
              id="names"
              rows="3"
              spellcheck="false"
              autocapitalize="none"
              aria-describedby="names-hint"
              placeholder="Paste names, one a line"
            ></textarea>
            <p id="names-hint" class="note">
              Separated by lines, spaces or commas. Ctrl+Enter looks them up; they leave no contact.
            </p>
            <button>Look all up</button>
            <p id="progress" role="status"></p>
            <div id="results"></div>
          </form>
          ${panels}
        </main>
        <footer>
          <p>
            domain-stats ${version} · <a href="/docs">HTTP API</a> · <a href="/openapi.json">OpenAPI</a> ·
            <a href="/metrics">Metrics</a>
          </p>
        </footer>
        ${SCRIPT.element}
      </body>
    </html> `.text;
}
