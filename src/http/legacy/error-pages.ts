import type { PeerReply } from './paths.ts';

/** Refusals of the predecessors' web servers: status and outline are theirs, the sentences ours. */

const FLASK_TYPE = 'text/html; charset=utf-8';
const PLAIN_SERVER_TYPE = 'text/html;charset=utf-8';
export const FLASK_ALLOW = 'GET, HEAD, OPTIONS';

const flaskPage = (status: number, title: string, sentence: string): string =>
  `<!doctype html>\n<html lang=en>\n<title>${String(status)} ${title}</title>\n<h1>${title}</h1>\n<p>${sentence}</p>\n`;

export const notFoundPage = (): PeerReply => ({
  status: 404,
  type: FLASK_TYPE,
  body: flaskPage(404, 'Not Found', 'There is nothing here. Ask for /NAME, one domain name without a further slash.'),
});

export const methodPage = (): PeerReply => ({
  status: 405,
  type: FLASK_TYPE,
  allow: FLASK_ALLOW,
  body: flaskPage(405, 'Method Not Allowed', 'This address takes GET only.'),
});

export const optionsReply = (): PeerReply => ({ status: 200, type: FLASK_TYPE, allow: FLASK_ALLOW, body: '' });

export const longLinePage = (length: number, limit: number): PeerReply => ({
  status: 414,
  type: 'text/html',
  body:
    '<html>\n  <head>\n    <title>URI Too Long</title>\n  </head>\n  <body>\n    <h1><p>URI Too Long</p></h1>\n' +
    `    The request line has ${String(length)} characters; at most ${String(limit)} are read.\n  </body>\n</html>\n`,
});

/** Python's plain server, behind domain_stats 1 and 2, knows GET alone. */
export const unsupportedMethodPage = (method: string): PeerReply => ({
  status: 501,
  type: PLAIN_SERVER_TYPE,
  body:
    method === 'HEAD'
      ? ''
      : '<!DOCTYPE HTML>\n<html lang="en">\n    <head>\n        <meta charset="utf-8">\n        <title>Error response</title>\n' +
        '    </head>\n    <body>\n        <h1>Error response</h1>\n' +
        `        <p>Error code: 501</p>\n        <p>Method ${method.replace(/[^A-Z]/g, '')} is not served here; use GET.</p>\n    </body>\n</html>\n`,
});
