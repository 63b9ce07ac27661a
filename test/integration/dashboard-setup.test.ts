// Signing in, and setting up a camera by hand, as a browser does it; what the centre answers is said here.

import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page, type Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as setup from '../../central-collector/api/schemas/setup.ts';
import { seriousFindings } from './axe.ts';
import { CAMERA, StandInCentre } from './stand-in-centre.ts';

const CHROMIUM = process.env.NGATU_CHROMIUM ?? '/usr/bin/chromium';

const FILE = `# towards the port
camera: nga-tu-1
name: Ngã tư Lạch Tray
picture: { width: 1280, height: 720 }
source: { url: rtsp://10.0.0.17/stream1, password: { hidden: 0123456789abcdef } } # never shown
lines:
  - line: north   # the stop line
    from: [100, 400]
    to: [1180, 400]
    directions: { toLeft: away, toRight: towards }
`;

type Version = ReturnType<typeof setup.configurationVersion.parse> & { readonly yaml: string };

describe.skipIf(!existsSync(CHROMIUM))(`the set-up in Chromium (${CHROMIUM}, or NGATU_CHROMIUM)`, () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let centre: StandInCentre;
  let versions: Version[];
  /** What becomes of the next version that is saved. */
  let outcome: Version['state'];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    centre = await StandInCentre.open();
    context = await browser.newContext({ viewport: { width: 1366, height: 768 }, reducedMotion: 'reduce' });
    page = await context.newPage();
    versions = [version(1, null, 'found', FILE)];
    outcome = 'applied';
    await context.route(`**/api/v1/cameras/${CAMERA}/**`, answer);
  });
  afterEach(async () => {
    await context.close();
    await centre.close();
  });

  async function answer(route: Route): Promise<void> {
    const request = route.request();
    const path = new URL(request.url()).pathname.split(`${CAMERA}/`)[1] ?? '';
    const running = versions.findLast(({ state }) => state === 'applied' || state === 'found');
    if (running === undefined) throw new Error('nothing runs');
    const json = (body: unknown, status = 200) =>
      route.fulfill({
        status,
        contentType: status < 400 ? 'application/json' : 'application/problem+json',
        body: JSON.stringify(body),
      });
    const refuse = (status: number, code: string) =>
      json({ type: `urn:ngatu:problem:${code}`, code, title: code, status, detail: 'no' }, status);
    if (path === 'still') return refuse(403, 'not-allowed');
    if (path === 'trajectories') return json(setup.trajectoriesAnswer.parse(TRAJECTORIES));
    if (path === 'configuration/check') return json({ problems: [] });
    if (path === 'configuration/versions') {
      // The box answers while it is asked what became of it.
      versions = versions.map((each) => (each.state === 'sent' ? { ...each, state: outcome } : each));
      return json(setup.versionsAnswer.parse({ versions: versions.toReversed() }));
    }
    if (path.startsWith('configuration/versions/')) {
      const found = versions.find(({ revision }) => revision === Number(path.split('/').at(-1)));
      return found === undefined ? refuse(404, 'not-found') : json({ version: found, yaml: found.yaml });
    }
    if (request.method() === 'GET') {
      const { revision, yaml } = running;
      return json(
        setup.configurationAnswer.parse({ camera: CAMERA, revision, yaml, fromBox: true, version: running }),
      );
    }
    const body = setup.configurationBody.parse(request.postDataJSON());
    if (body.baseRevision !== running.revision) return refuse(409, 'conflict');
    const saved = version(versions.length + 1, 'minh', 'sent', body.yaml, body.note);
    versions.push(saved);
    return json(setup.savedAnswer.parse({ version: saved }));
  }

  const open = async () => {
    await page.goto(`${centre.url}/setup/${CAMERA}`);
    await page.locator('.canvas').waitFor();
  };
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const save = async (note: string) => {
    await button('Lưu …').click();
    await page.getByLabel('Bạn đã thay đổi gì').fill(note);
    await button('Lưu').click();
  };

  it('draws a line by keys alone, names it, and follows the version until the box runs it', async () => {
    await open();
    await page.getByText('Hình ảnh không được phép rời khỏi hộp biên').waitFor();
    await page.getByRole('button', { name: 'Vạch đếm', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Đặt hai đầu vạch.').waitFor();
    await page.keyboard.press('Shift+ArrowUp');
    await page.keyboard.press('Enter');
    for (let i = 0; i < 3; i += 1) await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Enter');
    await page.getByText('Chưa lưu').waitFor();
    // The second point, moved where it is.
    await page.keyboard.press('n');
    await page.keyboard.press('n');
    await page.keyboard.press('ArrowDown');
    await page.getByLabel('Tên', { exact: true }).fill('Đường Lê Hồng Phong');
    await page.keyboard.press('Enter');
    await page.getByText('Chưa lưu').waitFor();
    await save('vạch mới');
    await page.getByText('Hộp biên đang chạy bản 2.').waitFor();
    await page.getByText('Đúng như đang chạy').waitFor();
    const { yaml, note } = versions[1] ?? versions[0] ?? {};
    expect(note).toBe('vạch mới');
    expect(yaml?.startsWith(FILE)).toBe(true);
    expect(parse(yaml ?? '').lines[1]).toEqual({
      line: 'duong-le-hong-phong',
      from: [640, 350],
      to: [670, 351],
      directions: { toLeft: 'away', toRight: 'towards' },
    });
  });

  it('drags an end with the mouse, says who would have crossed, and undoes it', async () => {
    await open();
    await page.locator('.object-name', { hasText: 'north' }).click();
    await page.getByText('Trong 5 phút qua: 2 towards, 1 away').waitFor();
    const end = await page.locator('[data-handle="1"] .handle-dot').boundingBox();
    if (end === null) throw new Error('the line has no end');
    await page.mouse.move(end.x + 5, end.y + 5);
    await page.mouse.down();
    await page.mouse.move(end.x - 200, end.y + 80, { steps: 5 });
    await page.mouse.up();
    const x = page.getByLabel('Đầu B x');
    await expect.poll(async () => Number(await x.inputValue())).toBeLessThan(1100);
    await page.locator('.canvas').focus();
    await page.keyboard.press('Control+z');
    await expect.poll(() => x.inputValue()).toBe('1180');
    await page.getByText('Đúng như đang chạy').waitFor();
  });

  it('loses nothing: typing rests the drawing, a reload brings the draft back, leaving is asked for', async () => {
    await open();
    await page.getByRole('tab', { name: 'YAML' }).click();
    const text = page.getByRole('textbox', { name: 'YAML' });
    await text.fill(`${FILE}zones: [`);
    await page.getByText('không đúng cú pháp YAML').waitFor();
    await text.fill(`${FILE}intervalS: 300\n`);
    page.on('dialog', (dialog) => void dialog.accept());
    await page.reload();
    await page.getByText('Các thay đổi chưa lưu lần trước đã được khôi phục.').waitFor();
    await page.getByRole('link', { name: 'Tổng quan' }).click();
    await button('Ở lại').click();
    await page.getByRole('tab', { name: 'YAML' }).click();
    expect(await text.inputValue()).toBe(`${FILE}intervalS: 300\n`);
  });

  it('tells of a version that the box took back, and of somebody who saved meanwhile', async () => {
    await open();
    outcome = 'rolled-back';
    await page.getByLabel('Độ dài khoảng đếm, giây').fill('300');
    await save('');
    await page.getByText('hộp biên đã tự quay lại').waitFor();
    await page.getByText('Chưa lưu').waitFor();
    versions.push(version(3, 'lan', 'applied', FILE.replace('[100, 400]', '[90, 400]')));
    outcome = 'applied';
    await save('');
    await page.getByText('Bản 3 mới hơn bản mà bạn bắt đầu sửa.').waitFor();
    await page.getByText('from: [90, 400]').waitFor();
    await button('Giữ bản của tôi, lưu đè').click();
    await page.getByText('Hộp biên đang chạy bản 4.').waitFor();
    expect(parse(versions[3]?.yaml ?? '')).toMatchObject({ intervalS: 300, lines: [{ from: [100, 400] }] });
  });

  it('lets everybody in: no serious finding in any part, nor on the account page and at the sign-in', async () => {
    await open();
    await page.locator('.object-name', { hasText: 'north' }).click();
    expect(await seriousFindings(page)).toEqual([]);
    for (const part of ['YAML', 'Thay đổi', 'Phiên bản']) {
      await page.getByRole('tab', { name: part }).click();
      expect(await seriousFindings(page)).toEqual([]);
    }
    await page.goto(`${centre.url}/account`);
    await page.getByRole('heading', { name: 'Tài khoản' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    centre.signedIn = false;
    await page.goto(`${centre.url}/setup/${CAMERA}`);
    await page.getByLabel('Tên đăng nhập').waitFor();
    expect(new URL(page.url()).searchParams.get('back')).toBe(`/setup/${CAMERA}`);
    expect(await seriousFindings(page)).toEqual([]);
  });

  it('counts the wait down after too many attempts at the sign-in', async () => {
    centre.signedIn = false;
    await context.route('**/api/v1/session', (route) =>
      route.request().method() === 'POST'
        ? route.fulfill({
            status: 429,
            headers: { 'retry-after': '2' },
            contentType: 'application/problem+json',
            body: JSON.stringify({ code: 'too-many-attempts', status: 429, detail: 'wait' }),
          })
        : route.fallback(),
    );
    await page.goto(centre.url);
    await page.getByLabel('Tên đăng nhập').fill('minh');
    await page.getByLabel('Mật khẩu', { exact: true }).fill('sai rồi');
    await page.keyboard.press('Enter');
    await page.getByText('Có thể thử lại sau').waitFor();
    expect(await button('Đăng nhập').isDisabled()).toBe(true);
    await page.getByText('Bạn có thể thử lại ngay bây giờ.').waitFor();
    expect(await button('Đăng nhập').isEnabled()).toBe(true);
  });
});

function version(
  revision: number,
  by: string | null,
  state: Version['state'],
  yaml: string,
  note: string | null = null,
): Version {
  return { revision, at: new Date().toISOString(), by, note, state, problems: [], yaml };
}

const down = (x: number): [number, number, number][] => [
  [x, 300, 0],
  [x, 500, 1000],
];

const TRAJECTORIES = {
  from: '2026-11-22T07:00:00.000+07:00',
  to: '2026-11-22T07:05:00.000+07:00',
  picture: { width: 1280, height: 720 },
  tracks: [
    { track: 1, roadUser: 'car', points: down(300), box: [280, 440, 320, 500] },
    { track: 2, roadUser: 'motorcycle', points: down(500), box: [490, 460, 510, 500] },
    { track: 3, roadUser: 'bus', points: down(700).reverse(), box: [660, 220, 740, 300] },
  ],
};
