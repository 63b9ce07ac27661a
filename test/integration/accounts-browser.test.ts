// The accounts in a real browser: what it sends, what it refuses, and what pages of others get.

import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeRigs, GOOD_PASSWORD, openRig, type Rig } from '../central-collector/api/accounts/rig.ts';

const CHROMIUM = process.env.NGATU_CHROMIUM ?? '/usr/bin/chromium';

// Run in the browser, so they are text here.
const OUR_SCRIPT = `
  window.file = true;
  async function enter([first, password]) {
    const send = (path, body, csrf = '') =>
      fetch('/api/v1/' + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-csrf-token': csrf },
        body: JSON.stringify(body),
      });
    const entered = await (await send('session', { name: 'admin', password: first })).json();
    const change = { currentPassword: first, newPassword: password };
    const { csrfToken } = await (await send('session/password', change, entered.csrfToken)).json();
    return {
      required: entered.passwordChangeRequired,
      withToken: (await send('try/verdict', {}, csrfToken)).status,
      without: (await send('try/verdict', {})).status,
      cookieForScripts: document.cookie,
      inline: 'inline' in window,
      file: 'file' in window,
    };
  }`;
const THEIR_SCRIPT = `
  async function intrude(target) {
    const options = { method: 'POST', mode: 'no-cors', credentials: 'include', body: '{}' };
    await fetch(target + '/api/v1/try/verdict', options).catch(() => undefined);
    return fetch(target + '/api/v1/session', { credentials: 'include' }).then(
      (response) => response.text(),
      () => 'refused by the browser',
    );
  }
  function submitTo(target) {
    const form = document.createElement('form');
    form.method = 'POST';
    form.action = target + '/api/v1/try/verdict';
    document.body.append(form);
    form.submit();
  }`;

type Asked = { readonly origin: string | undefined; readonly withCookie: boolean; readonly status: number };

describe.skipIf(!existsSync(CHROMIUM))(`accounts in Chromium (${CHROMIUM}, or NGATU_CHROMIUM)`, () => {
  let browser: Browser;
  let context: BrowserContext;
  let rig: Rig;
  let ours: string;
  let stranger: Server;
  /** What came to the route that changes something. */
  const asked: Asked[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
    context = await browser.newContext();
    rig = await openRig();
    rig.server.addHook('onResponse', async ({ method, url, headers }, { statusCode: status }) => {
      if (method !== 'POST' || !url.endsWith('/try/verdict')) return;
      asked.push({ origin: headers.origin, withCookie: headers.cookie !== undefined, status });
    });
    rig.server.get('/', (_request, reply) =>
      reply.type('text/html').send('<script>window.inline = 1</script><script src="/page.js"></script>'),
    );
    rig.server.get('/page.js', (_request, reply) => reply.type('text/javascript').send(OUR_SCRIPT));
    await rig.server.listen({ host: '127.0.0.1', port: 0 });
    ours = `http://127.0.0.1:${(rig.server.server.address() as AddressInfo).port}`;
    stranger = createServer((_request, response) => {
      const html = `<iframe src="${ours}/"></iframe><script>${THEIR_SCRIPT}</script>`;
      response.setHeader('content-type', 'text/html').end(html);
    });
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await browser?.close();
    stranger?.close();
    await closeRigs();
  });

  it('our page signs in, changes the one-time password, and acts with the CSRF token only', async () => {
    const page = await context.newPage();
    await page.goto(ours);
    const passwords = [rig.first?.oneTimePassword, GOOD_PASSWORD];
    const seen = await page.evaluate(`enter(${JSON.stringify(passwords)})`);
    expect(seen).toEqual({
      required: true,
      withToken: 200,
      without: 403,
      cookieForScripts: '',
      inline: false,
      file: true,
    });
    expect(await context.cookies()).toMatchObject([
      { name: 'ngatu-session', httpOnly: true, sameSite: 'Strict' },
    ]);
  });

  // The browser counts all ports of a host as one site: it does send our cookie along, and the origin tells.
  it.each([
    ['another port of our host', '127.0.0.1', true],
    ['another site', 'localhost', false],
  ])(
    'a page of %s changes nothing, reads nothing and shows none of our pages',
    async (_what, host, withCookie) => {
      asked.length = 0;
      const theirs = `http://${host}:${(stranger.address() as AddressInfo).port}`;
      const page = await context.newPage();
      const complaints = collectComplaints(page);
      await page.goto(theirs);
      const read = await page.evaluate(`intrude(${JSON.stringify(ours)})`);
      expect(read).toBe('refused by the browser');
      await Promise.all([page.waitForURL(`${ours}/**`), page.evaluate(`submitTo(${JSON.stringify(ours)})`)]);
      const refused = { origin: theirs, withCookie, status: 403 };
      expect(asked).toEqual([refused, refused]);
      expect(complaints.join()).toContain('frame-ancestors');
    },
  );
});

function collectComplaints(page: Page): string[] {
  const texts: string[] = [];
  page.on('console', (message) => texts.push(message.text()));
  return texts;
}
