// Takes pictures of pages in Chromium.

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { type Language, SIZES, type Size, type Theme } from './views.ts';

export const CHROMIUM = process.env.NGATU_CHROMIUM ?? '/usr/bin/chromium';

export type Visitor = { readonly url: string; readonly user: string; readonly password: string };

export type Look = { readonly size: Size; readonly theme: Theme; readonly language: Language };

const READY_TIMEOUT_MS = 60_000;
const POLL_MS = 250;
/** What is drawn after the numbers are there: plots, pictures, fades. */
const SETTLE_MS = 1500;
const QUALITY = 82;
/** Runs in the page. */
const READY = `
  document.querySelector('[aria-busy="true"]') === null &&
  !/Đang tải|Đang lấy|Loading/.test(document.querySelector('main')?.innerText ?? '')`;

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--no-first-run', '--mute-audio', '--disable-background-networking'],
  });
}

/** A browser window of somebody who is signed in, or who is not. */
export async function openWindow(
  browser: Browser,
  { size, theme, language }: Look,
  visitor: Visitor,
  signedOut: boolean,
): Promise<BrowserContext> {
  const { width, height, scale } = SIZES[size];
  const context = await browser.newContext({
    baseURL: visitor.url,
    viewport: { width, height },
    deviceScaleFactor: scale,
    locale: language === 'vi' ? 'vi-VN' : 'en-GB',
    timezoneId: 'Asia/Ho_Chi_Minh',
    reducedMotion: 'reduce',
    hasTouch: size === 'phone',
    isMobile: size === 'phone',
  });
  await context.addInitScript(
    `localStorage.setItem('ngatu.theme', '${theme}'); localStorage.setItem('ngatu.language', '${language}');`,
  );
  if (!signedOut) await signIn(context, visitor);
  return context;
}

/** By the API: the cookie is the browser's then. */
export async function signIn(context: BrowserContext, { user, password }: Visitor): Promise<void> {
  const answer = await context.request.post('/api/v1/session', { data: { name: user, password } });
  if (!answer.ok())
    throw new Error(`signing in as ${user} failed: ${answer.status()} ${await answer.text()}`);
}

/** Writes WebP. `whole`: all of the page, not only what a screen shows at once. */
export async function photograph(context: BrowserContext, path: string, file: string): Promise<void> {
  const page = await context.newPage();
  try {
    await page.goto(path, { waitUntil: 'load' });
    await settled(page);
    const png = await page.screenshot();
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, await sharp(png).webp({ quality: QUALITY, effort: 6 }).toBuffer());
  } finally {
    await page.close();
  }
}

/** The page shows something, and nothing says any more that it is being loaded. */
async function settled(page: Page): Promise<void> {
  await page.waitForSelector('main, form', { timeout: READY_TIMEOUT_MS });
  const deadline = performance.now() + READY_TIMEOUT_MS;
  // Not waitForFunction: it would need eval, which the page's own policy forbids.
  while (!(await page.evaluate(READY)) && performance.now() < deadline) await page.waitForTimeout(POLL_MS);
  await page.waitForTimeout(SETTLE_MS);
}
