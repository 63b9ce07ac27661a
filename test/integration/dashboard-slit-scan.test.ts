// The page of slit scans in a real browser: as many marks as passages, what somebody says of them, and what it comes to.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seriousFindings } from './axe.ts';
import { slitScans } from './slit-scan-scene.ts';
import { CAMERA, StandInCentre } from './stand-in-centre.ts';

const CHROMIUM = process.env.NGATU_CHROMIUM ?? '/usr/bin/chromium';
const SCAN = `/slit-scan/${CAMERA}?from=2026-11-22T07:00:00Z`;
/** Of the 20 vehicles of a minute one is not counted, and two are counted where nothing is recorded. */
const [PASSAGES, SEEN] = [19, 17];

describe.skipIf(!existsSync(CHROMIUM))('slit scans in Chromium', () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let centre: StandInCentre;
  let complaints: string[];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    centre = await StandInCentre.open();
    centre.answer = slitScans(CAMERA);
    context = await browser.newContext({ viewport: { width: 1366, height: 768 }, reducedMotion: 'reduce' });
    page = await context.newPage();
    complaints = [];
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
        complaints.push(message.text());
    });
  });
  afterEach(async () => {
    await context.close();
    await centre.close();
    expect(complaints).toEqual([]);
  });

  const open = async (path = SCAN) => {
    await page.goto(centre.url + path);
    await page.locator('.mark').first().waitFor();
    await expect.poll(() => page.locator('.scan-strips').getAttribute('aria-busy')).toBe('false');
  };
  const figures = () => page.locator('.scan-figures dd').allTextContents();
  const mark = (time: string) => page.getByRole('button', { name: time });

  it('has a mark for each passage and says what was not recorded', async () => {
    await open();
    expect(await page.locator('.mark').count()).toBe(PASSAGES);
    expect(await page.locator('.strip-gap').allTextContents()).toEqual([
      'Không ghi được, 4 giây',
      'Không ghi được, 3 giây',
    ]);
    const text = await page.locator('main').textContent();
    expect(text).toContain('Ghi được 53 trên 60 giây');
    expect(text).toContain('2 lượt rơi vào lúc không ghi được ảnh');
    expect(await mark('14:00:04,5').getAttribute('title')).toBe('14:00:04,5, Ô tô con, ra xa, 25 km/h');
    // Nobody has looked yet: that nothing was said does not make it right.
    expect(await figures()).toEqual([String(SEEN), '0', '0', '—', '—']);
    expect(text).toContain('Chưa xem hết');
    expect(await page.locator('.scan-yaml').count()).toBe(0);
    // The pictures are drawn: the road is grey, the gap is not of the canvas.
    const road = await page
      .locator('.strip-canvas')
      .first()
      .evaluate((canvas) => {
        const context = (canvas as unknown as { getContext(kind: '2d'): Context }).getContext('2d');
        return [...context.getImageData(40, 8, 1, 1).data].map((value) => Math.round(value / 16));
      });
    expect(road).toEqual([5, 6, 6, 16]);
  });

  it('is judged by keyboard, and keeps what was said over a reload', async () => {
    await open();
    await mark('14:00:01,5').focus();
    for (const key of ['n', 'ArrowRight', 't', 'ArrowRight', '2']) await page.keyboard.press(key);
    await expect.poll(figures).toEqual(['17', '2', '0', '—', '—']);
    await page.getByRole('button', { name: 'Tôi đã xem hết đoạn này' }).click();
    await expect.poll(figures).toEqual(['17', '2', '0', '88,2 %65,7–96,7 %', '100,0 %79,6–100,0 %']);
    await page.reload();
    await page.locator('.mark').first().waitFor();
    expect((await figures()).slice(0, 3)).toEqual(['17', '2', '0']);
    expect(await page.locator('button:is(.mark-nobody, .mark-twice, .mark-class)').count()).toBe(3);
    expect(await page.locator('.mark-class').getAttribute('title')).toContain('Thực ra là: Ô tô con');
    // On the page, and not on a mark, the same keys go through time.
    await page.locator('h1').click();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.url()).toContain('07%3A01%3A00');
  });

  it('takes a click on a vehicle without a mark for one that was missed', async () => {
    await open();
    const box = await page.locator('.strip-picture').first().boundingBox();
    if (box === null) throw new Error('there is no strip');
    // The bus at 10.5 s of 15, in the lane before B.
    await page.mouse.click(box.x + box.width * 0.7, box.y + box.height * 0.88);
    await page.getByText('Bị sót; đó là').waitFor();
    await page.keyboard.press('3');
    await expect.poll(figures).toEqual(['17', '0', '1', '—', '—']);
    const missed = page.locator('button.mark-missed');
    const said = () => missed.getAttribute('title');
    expect(await said()).toMatch(/^Bị sót lúc 14:00:10,[45]: Xe buýt$/);
    const before = await said();
    await page.keyboard.press('Shift+ArrowRight');
    await expect.poll(said).not.toBe(before);

    await page.getByRole('button', { name: 'Tôi đã xem hết đoạn này' }).click();
    await expect.poll(figures).toEqual(['17', '0', '1', '100,0 %81,6–100,0 %', '94,4 %74,2–99,0 %']);
    expect(await page.locator('.scan-yaml').textContent()).toContain('- { of: 18, found: 17, counted: 17 }');
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'CSV' }).click();
    const csv = await readFile(await (await download).path(), 'utf8');
    expect(csv.split('\r\n')).toHaveLength(PASSAGES + 3);
    expect(csv).toMatch(/2026-11-22T07:00:10\.\d+Z,,,,,,0\.\d+,missed,bus/);

    await missed.focus();
    await page.keyboard.press('Delete');
    await expect.poll(() => missed.count()).toBe(0);
  });

  it('says why there is none, and what to do', async () => {
    const code = { now: 'not-allowed', status: 403 };
    centre.answer = ({ path }) => {
      const { now, status } = code;
      const body = { type: `urn:ngatu:problem:${now}`, code: now, title: now, status, detail: 'the box' };
      return path.includes('/slit-scan') ? { status, body } : undefined;
    };
    for (const [status, now, said] of [
      [403, 'not-allowed', 'Hình của camera này không rời khỏi hộp biên'],
      [404, 'not-found', 'Vạch này không có ảnh quét'],
      [409, 'conflict', 'Phần mềm của hộp biên này quá cũ'],
      [503, 'unavailable', 'Hiện không liên lạc được với hộp biên'],
    ] as const) {
      Object.assign(code, { now, status });
      await page.goto(centre.url + SCAN);
      await page.getByRole('alert').getByText(said).waitFor();
    }
  });

  it.each([
    ['night', 1366],
    ['day', 390],
  ] as const)('lets everybody in, in the %s theme at %i px', async (theme, width) => {
    await page.setViewportSize({ width, height: 800 });
    await context.addInitScript(`localStorage.setItem('ngatu.theme', '${theme}')`);
    await open();
    expect(await seriousFindings(page)).toEqual([]);
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    expect(await page.evaluate(overflow)).toBe(0);
  });
});

type Context = { getImageData(x: number, y: number, w: number, h: number): { data: Uint8ClampedArray } };
