// The control centre as operators and engineers use it: the demo's broker, database, cameras, box and collector, and
// Chromium. One run of it for all, in the order of a day: somebody signs in, something happens, somebody answers.

import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Line, startLine } from '../../scripts/demo/line.ts';
import { parseOptions } from '../../scripts/demo/options.ts';
import { makeRunFolder } from '../../scripts/demo/run-folder.ts';
import { prepareScene } from '../../scripts/demo/scene.ts';
import { CHROMIUM, launch, openWindow, signIn } from '../../scripts/screenshots/photograph.ts';

const LOOK = { size: 'laptop', theme: 'night', language: 'vi' } as const;
const CAMERA = 'hai-phong/box-001/nga-tu-1';
const OTHER_CAMERA = 'hai-phong/box-001/le-hong-phong';
const SLOW = { timeout: 60_000 };
const PASSWORD = 'mot-hai-ba-dam-da-dang';

describe.skipIf(!existsSync(CHROMIUM))('the control centre in Chromium', () => {
  let folder: string;
  let line: Line;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    folder = await makeRunFolder(new Date());
    const { signal } = new AbortController();
    line = await startLine(await prepareScene(parseOptions([]), folder, signal), folder, {}, signal);
    browser = await launch();
    context = await openWindow(browser, LOOK, line.centre, true);
    page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await line?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('asks who one is, in Vietnamese, and says when the password is wrong', async () => {
    await page.goto('/incidents');
    await page.getByLabel('Tên đăng nhập').fill(line.centre.user);
    await page.getByLabel('Mật khẩu', { exact: true }).fill('sai-mat-khau');
    await page.getByRole('button', { name: 'Đăng nhập' }).click();
    await page.getByText('Tên đăng nhập hoặc mật khẩu không đúng').waitFor();
    await page.getByLabel('Mật khẩu', { exact: true }).fill(line.centre.password);
    await page.getByRole('button', { name: 'Đăng nhập' }).click();
    // Back to where one wanted to go.
    await page.getByRole('heading', { name: 'Sự cố', level: 1 }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('vi');
  });

  it('shows a passage on the page of its camera while it happens', async () => {
    await page.goto(`/cameras/${CAMERA}`);
    await page.getByRole('heading', { name: 'Ngã tư Lạch Tray', level: 1 }).waitFor();
    const passages = page.locator('.camera-passages li');
    await passages.first().waitFor(SLOW);
    const before = await passages.first().textContent();
    await expect
      .poll(() => passages.first().textContent(), { timeout: 20_000, interval: 100 })
      .not.toBe(before);
  });

  it('rings for an incident until somebody takes it on; it is confirmed, and cleared', async () => {
    await page.goto('/');
    const alarm = page.locator('.alarm');
    await alarm.waitFor({ timeout: 90_000 });
    expect(await alarm.textContent()).toContain('Đường Lê Hồng Phong');
    expect(await page.title()).toMatch(/^\(\d+\)/);
    await alarm.getByRole('button', { name: 'Tiếp nhận' }).click();
    await alarm.waitFor({ state: 'detached' });
    await page.goto('/incidents');
    await page.locator('[data-verdict="confirm"]').first().click();
    await page.getByText('Đã xác nhận').first().waitFor();
    await page.locator('[data-verdict="clear"]').first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Kết thúc' }).click();
    await page.getByText('Không có sự cố nào đang diễn ra').waitFor(SLOW);
    const { incidents } = (await line.centre.ask('GET', '/incidents?state=cleared&limit=1')) as {
      incidents: object[];
    };
    expect(incidents).toMatchObject([
      {
        camera: 'hai-phong/box-001/le-hong-phong',
        kind: 'stopped-vehicle',
        verdict: 'confirmed',
        clearedBy: line.centre.user,
      },
    ]);
  });

  it('shows who crossed a line on a slit scan: every passage that is stored has its mark', async () => {
    await page.goto(`/slit-scan/${OTHER_CAMERA}?s=30`);
    await page.locator('.mark').first().waitFor(SLOW);
    const from = new URL(page.url()).searchParams.get('from') ?? '';
    const to = new Date(Date.parse(from) + 30_000).toISOString();
    const scan = `/cameras/${OTHER_CAMERA}/slit-scan?${new URLSearchParams({ line: 'south', from, to })}`;
    const passages = async () =>
      ((await line.centre.ask('GET', scan)) as { passages: { stored: boolean; along: number | null }[] })
        .passages;
    await expect
      .poll(async () => (await passages()).filter(({ stored, along }) => !stored || along === null), SLOW)
      .toEqual([]);
    const { length } = await passages();
    expect(length).toBeGreaterThan(3);
    await page.reload();
    await expect.poll(() => page.locator('button.mark').count(), SLOW).toBe(length);
    await page.locator('.scan-strips[aria-busy="false"]').waitFor(SLOW);
    const colours = await page
      .locator('.strip-canvas')
      .first()
      .evaluate((canvas) => {
        const context = (canvas as unknown as { getContext(kind: '2d'): Context }).getContext('2d');
        return new Set(new Uint32Array(context.getImageData(0, 0, 400, 100).data.buffer)).size;
      });
    expect(colours).toBeGreaterThan(100);
  });

  it('lets an engineer draw a line on the still, which the box applies and counts at', async () => {
    await page.goto(`/setup/${CAMERA}`);
    const canvas = page.locator('svg.canvas');
    await canvas.waitFor();
    // On a busy machine the first still may come too late; people ask again then.
    const still = canvas.locator('image');
    await still.waitFor({ timeout: 15_000 }).catch(async () => {
      await page.getByRole('button', { name: 'Lấy ảnh và quỹ đạo mới' }).click();
      await still.waitFor(SLOW);
    });
    await page.getByRole('button', { name: 'Vạch đếm', exact: true }).click();
    const box = await canvas.boundingBox();
    if (box === null) throw new Error('the picture is not to be seen');
    for (const [x, y] of [
      [0.04, 0.62],
      [0.85, 0.8],
    ] as const) {
      await page.mouse.click(box.x + x * box.width, box.y + y * box.height);
    }
    await page.getByRole('button', { name: 'Lưu …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Lưu', exact: true }).click();
    await page.getByText('Đã áp dụng').first().waitFor(SLOW);
    await expect
      .poll(() => line.traffic.lastPassages.map((passage) => passage.line), { timeout: 30_000 })
      .toContainEqual(expect.stringMatching(/^(?!south$)/));
  });

  it('lets an administrator add a user, who signs in, gets another role, and is locked out', async () => {
    await page.goto('/administration?tab=users');
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: 'Thêm người dùng' }).click();
    await dialog.getByLabel('Tên đăng nhập').fill('lan');
    await dialog.getByLabel('Vai trò').selectOption('operator');
    await dialog.getByRole('button', { name: 'Thêm người dùng' }).click();
    const password = (await dialog.locator('code').textContent()) ?? '';
    await dialog.getByRole('button', { name: 'Xong' }).click();
    const row = page.getByRole('row', { name: 'lan' });
    expect(await row.textContent()).toContain('Mật khẩu dùng một lần');

    const lan = await openWindow(browser, LOOK, line.centre, true);
    const hers = await lan.newPage();
    await hers.goto('/incidents');
    await hers.getByLabel('Tên đăng nhập').fill('lan');
    await hers.getByLabel('Mật khẩu', { exact: true }).fill(password);
    await hers.getByRole('button', { name: 'Đăng nhập' }).click();
    await hers.getByLabel('Mật khẩu mới', { exact: true }).fill(PASSWORD);
    await hers.getByLabel('Nhập lại mật khẩu mới').fill(PASSWORD);
    await hers.getByRole('button', { name: 'Đổi mật khẩu' }).click();
    await hers.getByRole('heading', { name: 'Sự cố', level: 1 }).waitFor();
    expect(await hers.getByRole('link', { name: 'Quản trị' }).count()).toBe(0);

    await row.getByRole('button', { name: 'Sửa lan' }).click();
    await dialog.getByLabel('Vai trò').selectOption('engineer');
    await dialog.getByRole('button', { name: 'Lưu' }).click();
    await page.getByRole('cell', { name: 'Kỹ sư' }).waitFor();
    // Another role is another session.
    await hers.goto('/administration');
    await hers.getByLabel('Tên đăng nhập').fill('lan');
    await hers.getByLabel('Mật khẩu', { exact: true }).fill(PASSWORD);
    await hers.getByRole('button', { name: 'Đăng nhập' }).click();
    await hers.getByRole('tab').first().waitFor();
    expect(await hers.getByRole('tab').allTextContents()).toEqual(['Camera', 'Bản đồ', 'Webhook']);

    await row.getByRole('button', { name: 'Sửa lan' }).click();
    await dialog.getByRole('button', { name: 'Khóa', exact: true }).click();
    await dialog.getByRole('button', { name: 'Mở khóa' }).waitFor();
    await page.keyboard.press('Escape');
    await hers.goto('/incidents');
    await hers.getByLabel('Tên đăng nhập').waitFor();
    await lan.close();
  });

  it('refuses to take the last administrator away, and says so', async () => {
    await page.goto('/administration?tab=users');
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: `Sửa ${line.centre.user}` }).click();
    await dialog.getByLabel('Vai trò').selectOption('viewer');
    await dialog.getByRole('button', { name: 'Lưu' }).click();
    await dialog.getByRole('alert').waitFor();
    await page.keyboard.press('Escape');
  });

  it('gives a program a token, which it shows once, and takes it back at once', async () => {
    await page.goto('/administration?tab=tokens');
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: 'Tạo mã truy cập API' }).click();
    await dialog.getByLabel('Dùng để làm gì').fill('Cổng dữ liệu mở');
    await dialog.getByRole('button', { name: 'Tạo mã truy cập API' }).click();
    const token = (await dialog.locator('code').textContent()) ?? '';
    await dialog.getByRole('button', { name: 'Xong' }).click();
    const withToken = async (path: string) => {
      const headers = { authorization: `Bearer ${token}` };
      return (await fetch(`${line.centre.url}/api/v1${path}`, { headers })).status;
    };
    expect(await withToken('/cameras')).toBe(200);
    expect(await withToken('/users')).toBe(403);
    await page.getByRole('row', { name: 'Cổng dữ liệu mở' }).getByRole('button', { name: 'Thu hồi' }).click();
    await dialog.getByRole('button', { name: 'Thu hồi' }).click();
    await page.getByText('Chưa có mã truy cập API nào').waitFor();
    expect(await withToken('/cameras')).toBe(401);
  });

  it('lets a viewer look and nothing else', async () => {
    const viewer = await signedInAs('viewer', 'khach');
    const theirs = await viewer.newPage();
    await theirs.goto('/');
    await theirs.locator('.tile').first().waitFor();
    expect(await theirs.getByRole('link', { name: 'Quản trị' }).count()).toBe(0);
    await theirs.goto(`/cameras/${CAMERA}`);
    await theirs.getByRole('heading', { level: 1 }).waitFor();
    expect(await theirs.locator(`a[href="/setup/${CAMERA}"]`).count()).toBe(0);
    await viewer.close();
  });

  it('says at once when a box goes, and shows no old number as if it were new', async () => {
    await page.goto('/');
    await page.locator('.tile').first().waitFor();
    await line.processes.edge.stop();
    const offline = page.locator('.tile', { hasText: 'Mất kết nối' });
    await expect.poll(() => offline.count(), { timeout: 15_000 }).toBe(2);
    await page.goto('/health');
    await page.locator('main', { hasText: 'hai-phong/box-001' }).getByText('Mất kết nối').first().waitFor();
  });

  it('says across the whole page when the centre is gone', async () => {
    await page.goto('/');
    await page.locator('.tile').first().waitFor();
    await line.processes.collector.stop();
    await page.getByText('MẤT KẾT NỐI').first().waitFor({ timeout: 10_000 });
  });

  it('has thrown no error in any page', () => {
    expect(complaints).toEqual([]);
  });

  /** A new user with a password of his own. */
  async function signedInAs(role: string, name: string): Promise<BrowserContext> {
    const { oneTimePassword } = (await line.centre.ask('POST', '/users', { name, role })) as {
      oneTimePassword: string;
    };
    const theirs = await openWindow(browser, LOOK, line.centre, true);
    await signIn(theirs, { ...line.centre, user: name, password: oneTimePassword });
    const { csrfToken } = await (await theirs.request.get('/api/v1/session')).json();
    const changed = await theirs.request.post('/api/v1/session/password', {
      headers: { 'x-csrf-token': csrfToken },
      data: { currentPassword: oneTimePassword, newPassword: PASSWORD },
    });
    expect(changed.ok()).toBe(true);
    return theirs;
  }
});

type Context = { getImageData(x: number, y: number, w: number, h: number): { data: Uint8ClampedArray } };
