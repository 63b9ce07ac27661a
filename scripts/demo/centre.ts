// The control centre of the demo as its administrator: takes the one-time password from the collector's console,
// chooses another, and says where on the map the cameras are.

import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningProcess } from '../services/process.ts';
import { AGENT, SITE } from './configuration.ts';
import { DemoError } from './demo-error.ts';

export type Centre = {
  /** The page. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** Asks its API, signed in as the administrator. Throws DemoError for an answer that is no success. */
  ask(method: string, path: string, body?: unknown): Promise<unknown>;
};

const READY_TIMEOUT_MS = 30_000;
const POLL_MS = 100;
const REQUEST_TIMEOUT_MS = 10_000;

/** Where the site and its cameras stand on the demo's map. */
const PLACES = [
  [`/sites/${SITE}`, { name: 'Hải Phòng', position: { lat: 20.8565, lon: 106.6885 } }],
  [`/cameras/${SITE}/${AGENT}/nga-tu-1/place`, { position: { lat: 20.842, lon: 106.6935 } }],
  [`/cameras/${SITE}/${AGENT}/le-hong-phong/place`, { position: { lat: 20.836, lon: 106.712 } }],
] as const;

/** As the collector prints it once, on its first start. */
const ONE_TIME = /one-time password for (\S+): (\S+)/;

/** Throws DemoError when the centre does not come up in time, or the signal's reason. */
export async function openCentre(
  collector: RunningProcess,
  port: number,
  signal: AbortSignal,
): Promise<Centre> {
  const url = `http://127.0.0.1:${port}`;
  const [, user = '', oneTimePassword = ''] = await firstPassword(collector, signal);
  const password = easyPassword();
  const session = new Session(url);
  await session.ask('POST', '/session', { name: user, password: oneTimePassword });
  await session.ask('POST', '/session/password', { currentPassword: oneTimePassword, newPassword: password });
  for (const [path, body] of PLACES) await session.ask('PUT', path, body);
  return { url, user, password, ask: (method, path, body) => session.ask(method, path, body) };
}

async function firstPassword(collector: RunningProcess, signal: AbortSignal): Promise<RegExpExecArray> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const found = ONE_TIME.exec(collector.log());
    if (found) return found;
    await delay(POLL_MS, undefined, { signal });
  }
  throw new DemoError(`The control centre did not come up within ${READY_TIMEOUT_MS / 1000} s.`);
}

/** Of syllables that can be typed from a screen; 48 bits, for a page that only this machine reaches. */
function easyPassword(): string {
  const syllable = () =>
    [...'bdghklmnprstv'][randomInt(13)] +
    ([...'aeiou'][randomInt(5)] ?? '') +
    ([...'ngmt'][randomInt(4)] ?? '');
  return Array.from({ length: 3 }, () => `${syllable()}${syllable()}`).join('-');
}

/** A browser's cookies and token against foreign pages. */
class Session {
  readonly #url: string;
  #cookie = '';
  #csrfToken = '';

  constructor(url: string) {
    this.#url = url;
  }

  async ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.#url}/api/v1${path}`, {
      method,
      headers: {
        cookie: this.#cookie,
        'x-csrf-token': this.#csrfToken,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const text = await response.text();
    if (!response.ok) {
      throw new DemoError(`The control centre answered ${method} ${path} with ${response.status}: ${text}`);
    }
    for (const set of response.headers.getSetCookie()) this.#cookie = set.split(';', 1)[0] ?? '';
    const answer: unknown = text === '' ? undefined : JSON.parse(text);
    const token = (answer as { csrfToken?: unknown } | undefined)?.csrfToken;
    if (typeof token === 'string') this.#csrfToken = token;
    return answer;
  }
}
