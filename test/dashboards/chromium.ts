import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const SHOOT_WITHIN_MS = 60_000;

/** The browser's program, or undefined; in CI it has to be there. */
export function chromium(): string | undefined {
  const found = NAMES.find((name) => spawnSync('which', [name]).status === 0);
  if (found === undefined && process.env['CI'] === 'true') throw new Error(`no browser: none of ${NAMES.join(', ')}`);
  return found;
}

/** Shows a page and takes a picture of it, PNG. */
export function screenshot(
  program: string,
  html: string,
  folder: string,
  [width, height]: readonly [number, number],
): Buffer {
  const [page, picture] = [join(folder, 'page.html'), join(folder, 'page.png')];
  writeFileSync(page, html);
  const { status, stderr } = spawnSync(
    program,
    [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--disable-background-networking'],
      ...[`--user-data-dir=${join(folder, 'profile')}`, `--window-size=${width},${height}`, `--screenshot=${picture}`],
      `file://${page}`,
    ],
    { timeout: SHOOT_WITHIN_MS, killSignal: 'SIGKILL', encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`${program} ended with ${String(status)}: ${stderr.slice(-500)}`);
  return readFileSync(picture);
}

/** Size of a picture, and how many of its lines differ from all others: few when the page is blank. */
export function looksOf(png: Buffer): { readonly width: number; readonly height: number; readonly lines: number } {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const pixels = inflateSync(Buffer.concat(parts));
  const length = pixels.length / height;
  const lines = new Set(
    Array.from({ length: height }, (_, i) => pixels.toString('latin1', i * length, (i + 1) * length)),
  );
  return { width, height, lines: lines.size };
}
