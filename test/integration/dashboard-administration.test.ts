// What engineers look after in the page, in a real browser: webhooks, and places on the map. The centre is a stand-in
// that remembers what it was told.

import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DeadLetterAnswer, WebhookAnswer } from '../../central-collector/api/schemas/stream.ts';
import { seriousFindings } from './axe.ts';
import { type AskedFor, AWAY, CAMERA, iso, StandInCentre } from './stand-in-centre.ts';

const CHROMIUM = process.env.NGATU_CHROMIUM ?? '/usr/bin/chromium';

describe.skipIf(!existsSync(CHROMIUM))(`administration in Chromium (${CHROMIUM}, or NGATU_CHROMIUM)`, () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let centre: StandInCentre;
  let complaints: string[];
  /** What the page changed, in order. */
  let changes: AskedFor[];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    centre = await StandInCentre.open();
    changes = [];
    complaints = [];
    context = await browser.newContext({ viewport: { width: 1366, height: 768 }, reducedMotion: 'reduce' });
    page = await context.newPage();
    page.on('pageerror', ({ message }) => complaints.push(message));
  });
  afterEach(async () => {
    await context.close();
    await centre.close();
    expect(complaints).toEqual([]);
  });

  const dialog = () => page.getByRole('dialog');
  const open = async (tab: string) => {
    await page.goto(`${centre.url}/administration?tab=${tab}`);
    await page.getByRole('tabpanel').waitFor();
  };
  const noFindings = async () => expect(await seriousFindings(page)).toEqual([]);

  it('adds a webhook, shows its secret once, tries it out, and pauses it', async () => {
    const webhooks: WebhookAnswer[] = [];
    let receiverWorks = false;
    let isAllowed = false;
    centre.answer = ({ method, path, body }) => {
      if (!path.startsWith('/webhooks')) return undefined;
      if (method === 'GET') return { status: 200, body: { webhooks } };
      if (!isAllowed) {
        const message = 'data.example.org is not on the public internet: list it in …';
        return { status: 400, body: { code: 'invalid-request', errors: [{ path: 'body.url', message }] } };
      }
      changes.push({ method, path, body });
      if (path.endsWith('/test')) {
        const why = receiverWorks ? null : 'the receiver answered 503';
        return { status: 200, body: { taken: receiverWorks, why, tookMs: 35 } };
      }
      const made = { ...webhook(), ...(body as Partial<WebhookAnswer>) };
      webhooks[0] = made.paused ? { ...made, state: 'paused' } : made;
      return method === 'POST'
        ? { status: 201, body: { ...made, secret: 'whsec_abc' } }
        : { status: 200, body: webhooks[0] };
    };
    await open('webhooks');
    await page.getByText('Chưa có webhook nào').waitFor();
    await page.getByRole('button', { name: 'Thêm webhook' }).click();
    await dialog().getByLabel('Dùng để làm gì').fill('Kho dữ liệu');
    await dialog().getByLabel('Địa chỉ').fill('https://data.example.org/ngatu');
    await dialog().getByText('Camera: Mọi camera').click();
    await dialog().getByLabel('Ngã tư Lạch Tray').check();
    await dialog().getByLabel('Sự cố từ mức này').selectOption('high');
    await noFindings();
    const add = dialog().getByRole('button', { name: 'Thêm webhook' });
    await add.click();
    await dialog().getByText('data.example.org thuộc mạng nội bộ').waitFor();
    isAllowed = true;
    await add.click();
    await dialog().getByText('whsec_abc').waitFor();
    await dialog().getByRole('button', { name: 'Xong' }).click();
    expect(changes[0]).toMatchObject({
      method: 'POST',
      path: '/webhooks',
      body: {
        ...{ name: 'Kho dữ liệu', url: 'https://data.example.org/ngatu', type: ['incident', 'verdict'] },
        ...{ site: [], camera: [CAMERA], severity: 'high', paused: false },
      },
    });
    // Its own dialog follows: whoever added one wants to know whether it works.
    await dialog().getByRole('button', { name: 'Gửi thử' }).click();
    await dialog().getByText('Bên nhận trả lời 503').waitFor();
    receiverWorks = true;
    await dialog().getByRole('button', { name: 'Gửi thử' }).click();
    await dialog().getByText('Bên nhận đã nhận sau 35 ms').waitFor();
    await noFindings();
    await dialog().getByRole('button', { name: 'Tạm dừng' }).click();
    await dialog().getByRole('button', { name: 'Gửi tiếp' }).waitFor();
    expect(changes.at(-1)).toMatchObject({ method: 'PUT', body: { paused: true, camera: [CAMERA] } });
    await page.keyboard.press('Escape');
    await page.getByRole('cell', { name: 'Tạm dừng' }).waitFor();
    await noFindings();
  });

  it('shows what a receiver did not take, sends one of it again and throws the rest away', async () => {
    let letters: DeadLetterAnswer[] = [1, 2, 3].map((at) => ({
      ...{ id: `10${at}`, type: 'ngatu.incident.v1', subject: CAMERA, at: iso(-at * 60_000), attempts: 3 },
      why: 'the receiver answered 422',
    }));
    centre.answer = ({ method, path, body }) => {
      if (!path.startsWith('/webhooks')) return undefined;
      if (path === '/webhooks') {
        const one = {
          ...webhook(),
          state: 'retrying' as const,
          problem: 'no answer within 10 s',
          waiting: 7,
        };
        return { status: 200, body: { webhooks: [{ ...one, deadLetters: letters.length }] } };
      }
      if (method === 'GET') return { status: 200, body: { deadLetters: letters } };
      changes.push({ method, path, body });
      if (method === 'DELETE') {
        letters = [];
        return { status: 204 };
      }
      const { ids = [] } = body as { ids?: string[] };
      letters = letters.filter(({ id }) => !ids.includes(id));
      return { status: 200, body: { delivered: 1, failed: 0 } };
    };
    await open('webhooks');
    await page.getByText('Bên nhận không trả lời trong 10 giây').waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    // Wide tables scroll within themselves.
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await page.getByRole('button', { name: '3 sự kiện không gửi được đến' }).click();
    await dialog().getByRole('checkbox').nth(1).check();
    await noFindings();
    await dialog().getByRole('button', { name: 'Gửi lại' }).click();
    await dialog().getByText('Đã nhận 1, không nhận 0.').waitFor();
    expect(changes.at(-1)).toMatchObject({ method: 'POST', body: { ids: ['102'] } });
    await expect.poll(() => dialog().getByRole('row').count()).toBe(3);
    await dialog().getByRole('button', { name: 'Bỏ tất cả' }).click();
    await dialog().getByText('Chắc chắn bỏ 2 sự kiện?').waitFor();
    await dialog().getByRole('button', { name: 'Bỏ tất cả' }).click();
    await dialog().getByText('Đến nay mọi sự kiện đều đã được nhận').waitFor();
    expect(changes.at(-1)).toMatchObject({ method: 'DELETE', path: `/webhooks/${ID}/dead-letters` });
  });

  it('gives a camera a place by a click, and a site a name and a place by keys', async () => {
    const [first] = centre.sites;
    if (first === undefined) throw new Error('the stand-in has no site');
    centre.answer = ({ method, path, body }) => {
      if (method !== 'PUT') return undefined;
      changes.push({ method, path, body });
      if (path.startsWith('/sites')) centre.sites = [{ ...first, ...(body as object) }];
      return { status: 200, body: body as object };
    };
    await open('places');
    await page.getByRole('heading', { name: 'Chưa có trên bản đồ' }).waitFor();
    await noFindings();
    await page.getByRole('button', { name: 'Đặt Cầu Rào' }).click();
    const save = dialog().getByRole('button', { name: 'Lưu' });
    expect(await save.isDisabled()).toBe(true);
    const map = await dialog().locator('.map').boundingBox();
    if (map === null) throw new Error('the map is not to be seen');
    // 100 px to the right of the middle, at zoom 15: 100 / (256 · 2^15) of 360 degrees.
    await page.mouse.click(map.x + map.width / 2 + 100, map.y + map.height / 2);
    await expect.poll(() => dialog().getByLabel('Kinh độ').inputValue()).not.toBe('');
    await save.click();
    await dialog().waitFor({ state: 'detached' });
    const { body, path } = changes[0] ?? {};
    expect(path).toBe(`/cameras/${AWAY}/place`);
    const { position } = body as { position: { lat: number; lon: number } };
    expect(position.lat).toBeCloseTo(20.8561, 3);
    expect(position.lon).toBeCloseTo(106.6822 + (100 / (256 * 2 ** 15)) * 360, 4);

    await page.getByRole('button', { name: 'Sửa Hải Phòng' }).focus();
    await page.keyboard.press('Enter');
    await dialog().getByLabel('Tên vị trí').fill('Nút Lạch Tray');
    await dialog().getByLabel('Vĩ độ').fill('20,86001, 106,69002');
    expect(await dialog().getByLabel('Kinh độ').inputValue()).toBe('106,69002');
    await noFindings();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Sửa Hải Phòng' }).click();
    await dialog().getByLabel('Tên vị trí').fill('Nút Lạch Tray');
    await dialog().getByLabel('Vĩ độ').fill('20.86001');
    await save.click();
    await page.getByText('Đã lưu Hải Phòng').waitFor();
    expect(changes.at(-1)).toMatchObject({
      path: '/sites/hai-phong',
      body: { name: 'Nút Lạch Tray', position: { lat: 20.86001, lon: 106.6822 } },
    });
    await page.getByRole('button', { name: 'Sửa Nút Lạch Tray' }).waitFor();
  });
});

const ID = '0123456789ab';

function webhook(): WebhookAnswer {
  return {
    ...{ id: ID, name: 'Kho dữ liệu', url: 'https://data.example.org/ngatu', type: ['incident'] },
    ...{ site: [], camera: [], paused: false, createdAt: iso(-86_400_000), createdBy: 'minh' },
    ...{ state: 'idle', problem: null, lastDeliveredAt: iso(-40_000), waiting: 0, deadLetters: 0 },
  };
}
