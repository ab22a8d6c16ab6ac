/// <reference lib="dom" />
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { NOW, openApp } from '../http/app-under-test.ts';

// A browser on a machine that others use too.
jest.setTimeout(60_000);

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const mustRun = process.env['CI'] === 'true';
const describeInBrowser = existsSync(CHROMIUM) || mustRun ? describe : describe.skip;
/** Where to leave pictures of the page; nowhere by default. */
const SCREENSHOTS = process.env['SCREENSHOTS'];

const WIDE = { viewport: { width: 1280, height: 900 } };
const NARROW = { viewport: { width: 360, height: 740 } };

describeInBrowser('the page in Chromium', () => {
  let browser: Browser;
  let origin: string;

  beforeAll(async () => {
    // As root, as in a container, Chromium has no sandbox.
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
    const { app, service, post } = await openApp({ lookups: false });
    const { registrations } = service;
    await registrations.environment.write(() =>
      registrations.records.put('baby.com', {
        status: 'found',
        created: NOW - 3 * 86_400_000,
        details: { source: 'rdap', registrar: 'A Registrar' },
      }),
    );
    await post('/v1/domains', [
      { name: 'www.baby.com' },
      { name: 'example.com' },
      { name: `${'long-'.repeat(12)}name.co.uk` },
    ]);
    origin = await app.listen({ host: '127.0.0.1', port: 0 });
  });
  afterAll(() => browser.close());

  /** A page and what went wrong on it: refusals of the policy, script errors, requests to other hosts. */
  async function open(path: string, options: BrowserContextOptions = WIDE): Promise<{ page: Page; wrong: string[] }> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const wrong: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') wrong.push(message.text());
    });
    page.on('pageerror', (error) => wrong.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(origin)) wrong.push(request.url());
    });
    await page.goto(origin + path);
    return { page, wrong };
  }

  async function picture(page: Page, name: string): Promise<void> {
    if (SCREENSHOTS !== undefined) await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
  }

  it('looks up one name without a script', async () => {
    const { page, wrong } = await open('/', { ...WIDE, javaScriptEnabled: false });
    await page.getByLabel('Domain name').fill('www.baby.com');
    await page.getByRole('button', { name: 'Look up' }).click();
    await page.getByRole('heading', { name: 'www.baby.com' }).waitFor();
    expect(new URL(page.url()).search).toBe('?name=www.baby.com');
    expect(await page.locator('#answer').innerText()).toContain('Registered 2026-11-19, 3 days ago, with A Registrar');
    // What only a script could serve is not shown.
    expect(await page.getByLabel('Many names').isVisible()).toBe(false);
    expect(wrong).toEqual([]);
    await page.context().close();
  });

  it('looks up many names at once, by keyboard alone', async () => {
    const { page, wrong } = await open('/');
    // The field for one name gets the focus, some time after loading; the next one is its button, then the field for many.
    await page.locator('input:focus').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.locator('textarea:focus').waitFor();
    await page.keyboard.type('example.com, www.baby.com\nexample.com 192.0.2.1 <b>x</b>.com');
    await page.keyboard.press('Control+Enter');
    await page.getByText('4 names.').waitFor();
    const rows = await page.locator('#results tbody tr').allInnerTexts();
    expect(
      rows.map((row) =>
        row
          .split('\t')
          .slice(0, 4)
          .map((cell) => cell.trim()),
      ),
    ).toEqual([
      ['example.com', 'ok', 'none', 'skipped'],
      ['www.baby.com', 'ok', 'low', '3 d'],
      ['192.0.2.1', 'ip', '', ''],
      ['<b>x</b>.com', expect.stringMatching(/^(ok|invalid)$/), expect.anything(), expect.anything()],
    ]);
    expect(wrong).toEqual([]);
    await picture(page, 'many');
    await page.context().close();
  });

  it('can be walked through by keyboard, with a visible focus', async () => {
    const { page } = await open('/?name=www.baby.com');
    const seen = new Set<string>();
    for (let step = 0; step < 40; step++) {
      await page.keyboard.press('Tab');
      const focus = await page.evaluate(() => {
        const element = document.activeElement;
        if (element === null || element === document.body) return undefined;
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        return { tag: element.tagName, id: element.id, outline: `${outlineStyle} ${outlineWidth}` };
      });
      if (focus === undefined) break;
      expect(focus).toMatchObject({ outline: 'solid 3px' });
      seen.add(focus.id === '' ? focus.tag : focus.id);
    }
    expect([...seen]).toEqual(expect.arrayContaining(['A', 'name', 'BUTTON', 'SUMMARY', 'names', 'DIV']));
    await page.context().close();
  });

  it.each([
    ['wide', WIDE],
    ['narrow', NARROW],
    ['dark', { ...WIDE, colorScheme: 'dark' as const }],
    ['narrow and dark', { ...NARROW, colorScheme: 'dark' as const }],
  ])('%s, it fits and can be read', async (name, options) => {
    const { page, wrong } = await open('/?name=www.baby.com', options);
    await page.getByLabel('Many names').fill('www.baby.com example.com');
    await page.getByRole('button', { name: 'Look all up' }).click();
    await page.getByText('2 names.').waitFor();
    await picture(page, name.replaceAll(' ', '-'));
    const { content, window } = await page.evaluate(() => ({
      content: document.documentElement.scrollWidth,
      window: innerWidth,
    }));
    expect(content).toBe(window);
    // WCAG 2 AA: 4.5 to 1 for text.
    const faint = (await page.evaluate(contrasts)).filter(({ ratio }) => ratio < 4.5);
    expect(faint).toEqual([]);
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const isDark = Number(/\d+/.exec(ground)?.[0]) < 64;
    expect(isDark).toBe(name.endsWith('dark'));
    expect(wrong).toEqual([]);
    await page.context().close();
  });

  it('shows the HTTP API, from this host alone', async () => {
    const { page, wrong } = await open('/docs');
    await page.getByText('/v1/domains/{name}', { exact: true }).waitFor();
    await picture(page, 'docs');
    expect(wrong).toEqual([]);
    await page.context().close();
  });
});

/** Contrast of every text with what is behind it (WCAG 2, relative luminance); runs in the browser. */
function contrasts(): { text: string; ratio: number }[] {
  const numbers = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (colour: string) => {
    const [r = 0, g = 0, b = 0] = numbers(colour).map((value) => {
      const part = value / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element: Element | null): string => {
    for (let at = element; at !== null; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at);
      if (numbers(backgroundColor)[3] !== 0) return backgroundColor;
    }
    return 'rgb(255, 255, 255)';
  };
  const found: { text: string; ratio: number }[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = (node.textContent ?? '').trim();
    if (text === '' || element === null || element.getClientRects().length === 0 || element.closest('script, style'))
      continue;
    const [low = 0, high = 0] = [luminance(getComputedStyle(element).color), luminance(behind(element))].sort(
      (one, other) => one - other,
    );
    found.push({ text, ratio: (high + 0.05) / (low + 0.05) });
  }
  return found;
}
