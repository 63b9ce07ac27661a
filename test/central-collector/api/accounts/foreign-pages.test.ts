import { afterEach, describe, expect, it } from 'vitest';
import { closeRigs, GOOD_PASSWORD, openRig } from './rig.ts';

afterEach(closeRigs);

const TRY = '/api/v1/try/verdict';
const OWN = 'http://localhost:80';

describe('a page of another site', () => {
  it.each([
    ['no CSRF token', { 'x-csrf-token': undefined }],
    ['an empty CSRF token', { 'x-csrf-token': '' }],
    ['a guessed CSRF token', { 'x-csrf-token': 'A'.repeat(43) }],
    ['another site by Sec-Fetch-Site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['another port of this host', { 'sec-fetch-site': 'same-site', origin: 'http://localhost:8081' }],
    [
      'another origin, from a browser without Sec-Fetch-Site',
      { 'sec-fetch-site': undefined, origin: 'https://evil.example' },
    ],
    ['an origin that is hidden', { 'sec-fetch-site': undefined, origin: 'null' }],
    ['our name with another beginning', { 'sec-fetch-site': undefined, origin: 'https://localhost:80' }],
    ['our name as the beginning of another', { 'sec-fetch-site': undefined, origin: `${OWN}.evil.example` }],
    ['a site that only Sec-Fetch-Site names', { 'sec-fetch-site': 'cross-site', origin: undefined }],
  ])('changes nothing: %s', async (_what, headers) => {
    const rig = await openRig();
    const browser = await rig.administrator();
    expect((await browser.ask('POST', TRY)).statusCode).toBe(200);
    const response = await browser.ask('POST', TRY, undefined, headers);
    expect(response.statusCode).toBe(403);
    expect(response.json()).toMatchObject({ code: 'foreign-page' });
  });

  it('cannot use the CSRF token of another session', async () => {
    const rig = await openRig();
    const administrator = await rig.administrator();
    const operator = await rig.as('operator');
    expect(
      (await administrator.ask('POST', TRY, undefined, { 'x-csrf-token': operator.csrf })).statusCode,
    ).toBe(403);
  });

  it('signs nobody in, not even with the right password', async () => {
    const rig = await openRig();
    await rig.administrator();
    const body = { name: 'admin', password: GOOD_PASSWORD };
    for (const headers of [
      { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
      { 'sec-fetch-site': undefined, origin: 'https://evil.example' },
    ]) {
      const browser = rig.browser();
      expect((await browser.ask('POST', '/api/v1/session', body, headers)).statusCode).toBe(403);
      expect(browser.cookie).toBeUndefined();
    }
  });

  it('opens no WebSocket with our cookie', async () => {
    const rig = await openRig();
    const browser = await rig.administrator();
    const upgrade = { upgrade: 'websocket', connection: 'upgrade' };
    const url = '/api/v1/try/stream';
    const evil = { ...upgrade, origin: 'https://evil.example' };
    expect((await browser.ask('GET', url, undefined, evil)).statusCode).toBe(403);
    expect((await browser.ask('GET', url, undefined, { ...upgrade, origin: OWN })).statusCode).toBe(200);
  });

  it.each([
    ['a form', 'application/x-www-form-urlencoded', 'name=admin'],
    ['text that looks like JSON', 'text/plain', '{"name":"admin","password":"x"}'],
  ])('sends no %s', async (_what, type, payload) => {
    const rig = await openRig();
    const response = await rig.browser().ask('POST', '/api/v1/session', payload, { 'content-type': type });
    expect(response.statusCode).toBe(415);
    expect(response.json()).toMatchObject({ code: 'unsupported-media-type' });
  });
});

describe('our own page', () => {
  it('may change things behind a proxy that is named, or that keeps Sec-Fetch-Site', async () => {
    const rig = await openRig({ secure: true, origins: ['https://traffic.example.org/'] });
    const browser = rig.browser();
    const named = { origin: 'https://traffic.example.org', 'sec-fetch-site': undefined };
    const body = { name: 'admin', password: rig.first?.oneTimePassword };
    expect((await browser.ask('POST', '/api/v1/session', body, named)).statusCode).toBe(200);
    const kept = { origin: 'https://unnamed.example.org', 'sec-fetch-site': 'same-origin' };
    expect((await browser.ask('POST', '/api/v1/session', body, kept)).statusCode).toBe(200);
  });

  it('may change things from an older browser that sends neither header, with the token', async () => {
    const rig = await openRig();
    const browser = await rig.administrator();
    const neither = { 'sec-fetch-site': undefined, origin: undefined };
    expect((await browser.ask('POST', TRY, undefined, neither)).statusCode).toBe(200);
    expect(
      (await browser.ask('POST', TRY, undefined, { ...neither, 'x-csrf-token': undefined })).statusCode,
    ).toBe(403);
  });
});
