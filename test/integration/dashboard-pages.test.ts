// The built page in a real browser: what it shows of the centre, and above all what it does when the centre is gone.

import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seriousFindings } from './axe.ts';
import { CAMERA, flow, StandInCentre, tile } from './stand-in-centre.ts';

const CHROMIUM = process.env.NGATU_CHROMIUM ?? '/usr/bin/chromium';
const SIZES = { phone: [390, 844], laptop: [1366, 768], wall: [1920, 1080] } as const;
/** Colours differ by theme, places by size. */
const LOOKS = [
  ['night', 'phone'],
  ['night', 'laptop'],
  ['day', 'laptop'],
  ['day', 'wall'],
] as const;

describe.skipIf(!existsSync(CHROMIUM))(`the page in Chromium (${CHROMIUM}, or NGATU_CHROMIUM)`, () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let centre: StandInCentre;
  /** What the browser complained about: refused scripts and styles, errors of the page. */
  let complaints: string[];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    centre = await StandInCentre.open();
    context = await browser.newContext({ viewport: { width: 1366, height: 768 }, reducedMotion: 'reduce' });
    page = await context.newPage();
    complaints = [];
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => {
      if (
        message.type() === 'error' &&
        !/Failed to load resource|net::ERR|WebSocket connection/.test(message.text())
      )
        complaints.push(message.text());
    });
  });
  afterEach(async () => {
    await context.close();
    await centre.close();
    expect(complaints).toEqual([]);
  });

  const open = async (path: string) => {
    await page.goto(centre.url + path);
    await page.locator('main').waitFor();
  };
  const connection = () => page.locator('.shell').getAttribute('data-connection');

  it('shows counts by direction and class, what was observed, and how old that is', async () => {
    await open('/');
    const row = page.locator('.tile', { hasText: 'Lạch Tray' }).locator('tbody tr').first();
    await row.waitFor();
    expect(await row.locator('th, td').allTextContents()).toEqual([
      'bắc › lại gần',
      ...['321', '80', '3', '7', '2', '1.652', '27'],
      'Mức phục vụ D D',
    ]);
    const text = await page.locator('.tiles').textContent();
    expect(text).toContain('Độ phủ 98 %');
    expect(text).toMatch(/\d+ giây trước/);
    expect(text).toContain('Số liệu cũ: đã 25 phút');
    expect(text).toContain('Không quan sát được trong 15 phút qua');
  });

  it('counts live', async () => {
    await open('/');
    await page.locator('.tile-flow').first().waitFor();
    centre.tell(
      'tile',
      tile(CAMERA, 'Ngã tư Lạch Tray', { flows: [flow('towards', 322), flow('away', 204)] }),
    );
    await page.getByText('1.656').first().waitFor();
  });

  it('says at once that it is not live when the centre falls silent, on every page and number', async () => {
    await open('/');
    await page.locator('.tile-flow').first().waitFor();
    await expect.poll(connection).toBe('live');
    centre.silent = true;
    await page.getByText('KHÔNG CÒN TRỰC TUYẾN').waitFor({ timeout: 8000 });
    expect(await struckOut('.tile .live')).toEqual({ live: 0, some: true });
    expect(await page.locator('.clock b').textContent()).toBe('--:--:--');
    expect(await page.getByRole('alert').allTextContents()).toContain(
      'MẤT KẾT NỐI: màn hình không hiển thị tình hình hiện tại',
    );
    centre.silent = false;
    await expect.poll(connection, { timeout: 15_000 }).toBe('live');
    await page.getByText('Đã trực tuyến trở lại').first().waitFor();
    expect((await struckOut('.tile:not(.is-old) .live')).live).toBeGreaterThan(5);
  });

  it('says at once that it is cut off when the connection ends, and goes on by itself', async () => {
    await open('/');
    await expect.poll(connection).toBe('live');
    centre.silent = true;
    centre.drop();
    await expect.poll(connection, { timeout: 2000 }).toBe('cut');
    centre.silent = false;
    await expect.poll(connection, { timeout: 15_000 }).toBe('live');
  });

  it('is live also where a proxy lets no WebSocket through', async () => {
    centre.webSockets = false;
    await open('/');
    await expect.poll(connection).toBe('live');
    await page.locator('.tile-flow').first().waitFor();
    centre.tell('tile', tile(CAMERA, 'Ngã tư Lạch Tray', { flows: [flow('towards', 322)] }));
    await page.getByText('1.656').first().waitFor();
    expect(centre.asked).toContain('/events');
  });

  it('asks for everything anew after events were lost', async () => {
    await open('/');
    await expect.poll(connection).toBe('live');
    await expect.poll(() => count('/tiles')).toBeGreaterThan(0);
    const before = count('/tiles');
    centre.tiles = [tile(CAMERA, 'Ngã tư Lạch Tray', { flows: [flow('towards', 999)] })];
    centre.tell('gap', { afterId: '1', firstId: '90', why: 'the log has been cut' });
    await page.getByText('4.364').first().waitFor();
    expect(count('/tiles')).toBeGreaterThan(before);
  });

  it('tells what the centre itself is in trouble with', async () => {
    centre.problems = ['Storing: connection refused.', 'Something new.'];
    await open('/');
    const banner = page.locator('.banner');
    await banner.getByText('Cơ sở dữ liệu gặp sự cố').waitFor();
    expect(await banner.textContent()).toMatch(/\(connection refused\).*Something new\./);
  });

  it('leads to the sign-in who has no session, and back', async () => {
    centre.signedIn = false;
    await page.goto(`${centre.url}/health`);
    await page.waitForURL((url) => url.pathname === '/sign-in' && url.search.includes('health'));
  });

  it('is operated by keyboard: skip link, pages, list of keys, map', async () => {
    await open('/');
    await page.locator('.tile').first().waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.className')).toBe('skip');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Phím tắt' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const scale = page.locator('.map-scale');
    const before = await scale.textContent();
    await page.locator('.map').focus();
    for (let i = 0; i < 4; i++) await page.keyboard.press('-');
    expect(await scale.textContent()).not.toBe(before);
    await page.keyboard.press('g');
    await page.keyboard.press('b');
    await page.getByRole('heading', { level: 1, name: 'Tình trạng hộp biên và đường truyền' }).waitFor();
    await page.keyboard.press('l');
    await page.getByRole('heading', { level: 1, name: 'Health of boxes and links' }).waitFor();
  });

  it('says what is wrong with a box and what to do, the worst first', async () => {
    await open('/health');
    const card = page.locator('.box').first();
    await card.waitFor();
    expect(await card.textContent()).toContain('hai-phong/box-018');
    expect(await card.textContent()).toContain('Kiểm tra nguồn điện và đường truyền');
    centre.tell('box', { ...(await boxOf(0)), agent: 'box-019', state: 'offline', reason: 'stopped' });
    await page.getByText('Hộp biên đã được tắt.').waitFor();
  });

  it('fits a wall with sixteen cameras on one screen, without anything to scroll', async () => {
    centre.tiles = Array.from({ length: 16 }, (_, i) => tile(`hai-phong/box-017/cam-${i}`, `Camera số ${i}`));
    await page.setViewportSize({ width: 1920, height: 1080 });
    await open('/?wall');
    await expect.poll(() => page.locator('.wall-tiles .tile').count()).toBe(16);
    const hidden = await page.evaluate<number>(
      `[...document.querySelectorAll('.tile')].filter((tile) => {
        const { bottom } = tile.getBoundingClientRect();
        return bottom > innerHeight || tile.scrollHeight > tile.clientHeight + 1;
      }).length + Number(document.documentElement.scrollHeight > innerHeight)`,
    );
    expect(hidden).toBe(0);
    expect(await page.locator('nav').count()).toBe(0);
  });

  for (const [path, shows] of [
    ['/', '.tile'],
    [`/cameras/${CAMERA}`, '.hour-bars'],
    ['/health', '.box'],
    ['/?wall', '.tile'],
  ] as const) {
    it(`lets everybody in at ${path}, in both themes and at each size`, async () => {
      await open(path);
      await page.locator(shows).first().waitFor();
      for (const [theme, size] of LOOKS) {
        const [width, height] = SIZES[size];
        await page.setViewportSize({ width, height });
        await page.evaluate(`document.documentElement.dataset.theme = '${theme}'`);
        expect([theme, size, await seriousFindings(page)]).toEqual([theme, size, []]);
        const wider = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        expect([theme, size, Math.max(0, wider)]).toEqual([theme, size, 0]);
      }
    });
  }

  it('lets everybody in also when it is cut off', async () => {
    await open('/');
    await page.locator('.tile').first().waitFor();
    centre.silent = true;
    centre.drop();
    await page.locator('.banner-cut').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  });

  function count(path: string): number {
    return centre.asked.filter((one) => one === path).length;
  }

  async function boxOf(index: number): Promise<object> {
    const { boxes } = await page.evaluate<{ boxes: object[] }>(
      "fetch('/api/v1/boxes').then((answer) => answer.json())",
    );
    return boxes[index] ?? {};
  }

  /** How many of the numbers look as if they were of the present. */
  async function struckOut(selector: string): Promise<{ readonly live: number; readonly some: boolean }> {
    return page.evaluate<{ live: number; some: boolean }>(
      `(() => {
        const numbers = [...document.querySelectorAll(${JSON.stringify(selector)})];
        const live = numbers.filter((one) => !getComputedStyle(one).textDecorationLine.includes('line-through'));
        return { live: live.length, some: numbers.length > 0 };
      })()`,
    );
  }
});
