// The pieces that several configuration files share: how keys, durations, secrets and addresses are written.

import { z } from 'zod';
import { isLoopback, slugSchema } from '../contract/index.ts';
import { Secret } from './secret.ts';

/** Every object of a configuration is strict: a misspelt key is an error, never silently ignored. */
export const section = z.strictObject;

export const nameSchema = slugSchema;

/** A place in the picture or on the ground. */
export const pointSchema = z.tuple([z.number(), z.number()], { error: 'expected [x, y], two numbers' });

const SECONDS_IN: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
};

const DURATION = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)$/;

/**
 * A length of time in the unit that the key's name ends with: a plain number is in that unit, a text says its
 * own, as in `90d`, `60s`, `1.5h`. Gives the number in the key's unit.
 */
export function durationSchema(unit: 's' | 'd', { min, max }: { min: number; max: number }) {
  const unitName = { s: 'seconds', d: 'days' }[unit];
  const expected = `expected ${unitName}, ${min} to ${max}, as a number or with a unit (ms, s, m, h, d, w) such as "${unit === 's' ? '60s' : '14d'}"`;
  return z
    .union([z.number(), z.string().regex(DURATION, expected)], { error: expected })
    .transform((value) => (typeof value === 'number' ? value : convert(value, unit)))
    .refine((value) => value >= min && value <= max, { error: expected, abort: true });
}

function convert(text: string, unit: 's' | 'd'): number {
  const [, amount = '', from = ''] = DURATION.exec(text) ?? [];
  const seconds = Number(amount) * (SECONDS_IN[from] ?? Number.NaN);
  // Rounded to a microsecond, so that "250ms" is 0.25 and not 0.25000000000000006.
  return Math.round((seconds / (SECONDS_IN[unit] ?? 1)) * 1e6) / 1e6;
}

/** A path; a relative one counts from the folder of the file that it is written in. */
export const pathSchema = z.string().min(1);

/** `{env: NAME}`, `{file: PATH}` or, for first tries, the text itself (the loader warns). */
export const secretSchema = z
  .union(
    [
      section({
        env: z
          .string()
          .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
          .describe('Name of the environment variable that holds it.'),
      }),
      section({ file: pathSchema.describe('File that holds it; the newline at its end does not count.') }),
      z.string().min(1),
    ],
    { error: 'expected {env: NAME} or {file: PATH}' },
  )
  .transform((value) => new Secret(typeof value === 'string' ? { plain: value } : value));

export const portSchema = z.int().min(0).max(65_535);

export function httpSchema(defaultPort: number) {
  return section({
    host: z
      .string()
      .min(1)
      .default('127.0.0.1')
      .describe('Address to listen on. 127.0.0.1 answers this machine only, 0.0.0.0 every network.'),
    port: portSchema.default(defaultPort).describe(`TCP port; 0 takes a free one. Default ${defaultPort}.`),
    token: secretSchema
      .optional()
      .describe(
        'Whoever reads the pages sends it as "Authorization: Bearer TOKEN": {env: NAME} or {file: PATH}. /healthz tells everybody whether all is well, and what is wrong only with it.',
      ),
    open: z
      .boolean()
      .optional()
      .describe(
        'true: other machines may read the pages without a token. Default false: without one, host must be 127.0.0.1.',
      ),
  }).check(checkWhole(checkListening));
}

function checkListening({ host, token, open }: Record<string, unknown>, issues: Issues): void {
  if (typeof host !== 'string' || host === '' || isLoopback(host)) return;
  if (token !== undefined || open === true) return;
  issues.addIssue({
    code: 'custom',
    path: ['host'],
    message:
      'other machines could read these pages without a token: add token: {env: NAME} or {file: PATH}, or open: true if everybody may',
  });
}

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export const logSchema = section({
  level: z
    .enum(LOG_LEVELS)
    .default('info')
    .describe('Least important message that is written. Default info.'),
});

export const tlsSchema = section({
  ca: pathSchema
    .optional()
    .describe('PEM file of the authority that signed the server; default: those of the system.'),
  cert: pathSchema.optional().describe('PEM file of our own certificate, when the server asks for one.'),
  key: pathSchema.optional().describe('PEM file of the key of `cert`.'),
}).refine(({ cert, key }) => (cert === undefined) === (key === undefined), {
  error: 'expected cert and key together, or neither',
});

/** Fields of a connection to the broker; the collector adds its own. */
export const mqttShape = {
  url: urlSchema(['mqtt', 'mqtts', 'ws', 'wss']).describe(
    'Address of the broker: mqtt://host:1883, or mqtts://host:8883 with TLS; ws:// and wss:// over WebSocket.',
  ),
  username: z.string().min(1).optional().describe('User name at the broker.'),
  password: secretSchema.optional().describe('Password at the broker: {env: NAME} or {file: PATH}.'),
  tls: tlsSchema.optional().describe('Certificates for mqtts:// and wss://.'),
};

export type Issues = {
  addIssue(issue: { code: 'custom'; message: string; path: PropertyKey[] }): void;
};

/** A check over several fields that runs also when another field is wrong: all problems are told at once. */
export function checkWhole<T>(check: (value: Record<string, unknown>, issues: Issues) => void) {
  return z.superRefine<T>((value, issues) => check((value ?? {}) as Record<string, unknown>, issues), {
    when: () => true,
  });
}

/** A password alone would be left out silently by every protocol we speak. */
export function checkCredentials(value: Record<string, unknown>, issues: Issues): void {
  if (value.password !== undefined && value.username === undefined) {
    issues.addIssue({
      code: 'custom',
      path: ['password'],
      message: 'there is no username beside the password; add username:',
    });
  }
}

export function checkBroker(value: Record<string, unknown>, issues: Issues): void {
  checkCredentials(value, issues);
  if (value.tls !== undefined && typeof value.url === 'string' && /^(mqtt|ws):/.test(value.url)) {
    issues.addIssue({
      code: 'custom',
      path: ['tls'],
      message: 'tls needs an mqtts:// or wss:// address; with this url nothing would be encrypted',
    });
  }
}

/** An address with one of the schemes, without credentials: those end up in logs and process lists. */
export function urlSchema(schemes: readonly string[]) {
  const expected = `expected an address that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`;
  return z.string().superRefine((text, context) => {
    if (!URL.canParse(text) || !schemes.includes(new URL(text).protocol.slice(0, -1))) {
      context.addIssue({ code: 'custom', message: expected });
    } else if (hasCredentials(text)) {
      context.addIssue({ code: 'custom', message: CREDENTIALS_IN_URL });
    }
  });
}

export const CREDENTIALS_IN_URL =
  'a user name or password inside the address ends up in logs; take it out and write username: and password: {env: NAME} or {file: PATH} beside url';

/** Whether `user:password@` stands before the host, also where the rest is no valid URL. */
export function hasCredentials(url: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i.test(url);
}
