import type { FastifyRequest } from 'fastify';

/**
 * Whether a page of another site made a browser send this: the browser may be let in where the page is not (loopback, a
 * remembered password), and a GET can leave a contact. Browsers say so themselves (Fetch Metadata); shippers send no such
 * header. Links to what changes nothing are none of that.
 */
export function isCrossSite(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return false;
  const { url = '' } = request.routeOptions;
  return request.headers['sec-fetch-mode'] !== 'navigate' || !(url === '/' || url.startsWith('/docs'));
}
