// Messages that no agent of ours sends: damaged, wrong, forged, made to harm. Each with what must become of it.

import { randomBytes } from 'node:crypto';
import type { RejectionReason } from '../../central-collector/ingest/read-message.ts';
import { batch, passage, T0 } from './collector-rig.ts';

export type Hostile = {
  readonly what: string;
  /** Undefined: nothing of it is refused. */
  readonly reason: RejectionReason | undefined;
  readonly payload: Buffer;
  /** Default: the events of the agent `evil`. */
  readonly topic?: string;
  /** It has a name and number, so that its agent is told that it is kept. */
  readonly seq?: number;
};

const SITE = 'ngatu/v1/hai-phong';
export const EVIL_EVENTS = `${SITE}/evil/events`;
const EVIL_STATUS = `${SITE}/evil/status`;
const MIB = 1024 * 1024;
const FUTURE_MS = Date.UTC(2199, 0, 1);

const STATUS = {
  ...{ v: 1, site: 'hai-phong', agent: 'evil', state: 'online', atMs: T0, startedAtMs: T0, version: '1' },
  cameras: [],
};
const FLOW = {
  ...{ type: 'flow', camera: 'c', line: 'l', direction: 'in', fromMs: T0, toMs: T0 + 60_000 },
  ...{ observedMs: 60_000, framesAnalysed: 600, framesDropped: 0, counts: { car: { n: 1 } } },
};

/** All of them, each with bytes of its own for another `round`. */
export function hostileMessages(round: number): Hostile[] {
  let seq = round * 10_000;
  const nonce = `round-${round}`;
  const next = () => {
    seq += 1;
    return seq;
  };
  const text = (
    what: string,
    reason: RejectionReason | undefined,
    payload: string | Buffer,
    topic?: string,
  ) => ({
    ...{ what, reason, payload: Buffer.from(payload) },
    ...(topic !== undefined && { topic }),
  });
  /** A batch whose envelope is changed. */
  const envelope = (
    what: string,
    reason: RejectionReason | undefined,
    change: object,
    isNamed = true,
  ): Hostile => {
    const message = { ...batch('evil', next(), [passage(1)]), nonce, ...change };
    return {
      what,
      reason,
      payload: Buffer.from(JSON.stringify(message)),
      ...(isNamed && { seq: message.seq }),
    };
  };
  /** A batch with one event. */
  const event = (what: string, reason: RejectionReason | undefined, one: unknown): Hostile =>
    envelope(what, reason, { events: [one] });
  /** A batch with text of JSON in the place of "@". */
  const spliced = (
    what: string,
    reason: RejectionReason | undefined,
    change: object,
    json: string,
  ): Hostile => {
    const made = envelope(what, reason, change);
    return { ...made, payload: Buffer.from(made.payload.toString().replace('"@"', () => json)) };
  };
  const arrays = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const objects = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
  return [
    text('nothing at all', 'not-json', ''),
    text('random bytes', 'not-utf8', Buffer.concat([Buffer.from([0xff]), randomBytes(2000)])),
    text(
      'half of a message',
      'not-json',
      JSON.stringify({ ...batch('evil', 1, [passage(1)]), nonce }).slice(0, 99),
    ),
    text('text in UTF-16', 'not-json', Buffer.from(`{"v":1,"nonce":"${nonce}"}`, 'utf16le')),
    text('a lone continuation byte', 'not-utf8', Buffer.from([0x22, 0x80, 0x22, round])),
    text('two messages in one', 'not-json', `{"n":"${nonce}"}{}`),
    text('JSON that is no object', 'invalid-envelope', `"${nonce}"`),
    text('nesting alone, arrays', 'invalid-envelope', `${arrays}${' '.repeat(round)}`),
    text('nesting alone, objects', 'invalid-envelope', `${objects}${' '.repeat(round)}`),
    text('a topic with upper case', 'foreign-topic', nonce, `${SITE}/EVIL/events`),
    text('a topic with quotes and spaces', 'foreign-topic', nonce, `${SITE}/evil" v=1/events`),
    text(
      'a topic with an agent of 5,000 letters',
      'foreign-topic',
      nonce,
      `${SITE}/${'x'.repeat(5000)}/events`,
    ),
    text(
      'a status that is events',
      'invalid-envelope',
      JSON.stringify({ ...batch('evil', 1, []), nonce }),
      EVIL_STATUS,
    ),
    text(
      'a status that is huge',
      'too-large',
      JSON.stringify({ ...STATUS, nonce, pad: 'x'.repeat(1.5 * MIB) }),
      EVIL_STATUS,
    ),
    text(
      'a status of another agent',
      'forged',
      JSON.stringify({ ...STATUS, nonce, agent: 'honest' }),
      EVIL_STATUS,
    ),
    text(
      'a status with 100,000 cameras',
      'invalid-envelope',
      JSON.stringify({ ...STATUS, nonce, cameras: Array(1e5).fill(1) }),
      EVIL_STATUS,
    ),
    envelope('more than 1 MiB', 'too-large', { pad: 'x'.repeat(MIB) }),
    envelope('3 MiB', 'too-large', { pad: 'x'.repeat(3 * MIB) }),
    envelope('a newer version', 'newer-version', { v: 2 }),
    envelope('a version without end', 'newer-version', { v: 1e308 }),
    envelope('a version that is text', 'invalid-envelope', { v: '1' }),
    envelope('an older version than the first', 'invalid-envelope', { v: 0 }),
    envelope('the name of another agent', 'forged', { agent: 'honest' }, false),
    envelope('the name of another site', 'forged', { site: 'hanoi' }, false),
    envelope('number 0', 'invalid-envelope', { seq: 0 }, false),
    envelope('a negative number', 'invalid-envelope', { seq: -1 }, false),
    envelope('a number beyond 2^53', 'invalid-envelope', { seq: 2 ** 53 + 2 }, false),
    envelope('a number that is text', 'invalid-envelope', { seq: '7' }, false),
    envelope('an epoch in nanoseconds', 'invalid-envelope', { epoch: T0 * 1e6 }, false),
    envelope('events that are no list', 'invalid-envelope', { events: { 0: passage(1), length: 1 } }),
    envelope('1,001 events', 'invalid-envelope', { events: Array.from({ length: 1001 }, () => 1) }),
    envelope('a slug with a path in it', 'invalid-envelope', { agent: '../../etc/passwd' }, false),
    envelope('what was given up in the year 2199, dated by its arrival', undefined, {
      sentAtMs: FUTURE_MS,
      dropped: [{ fromSeq: 1, toSeq: 2, reason: 'too-old', events: { flow: 1 } }],
    }),
    envelope('a range that ends before it begins', 'invalid-envelope', {
      dropped: [{ fromSeq: 9, toSeq: 1, reason: 'too-old', events: {} }],
    }),
    spliced('nesting in the envelope', undefined, { more: '@' }, arrays),
    spliced('nesting in a number', 'invalid-envelope', { sentAtMs: '@' }, objects),
    spliced('nesting in the place of an event', 'invalid-event', { events: ['@'] }, arrays),
    spliced('nesting in an event', undefined, { events: [{ ...passage(1), more: '@' }] }, objects),
    spliced('nesting in the type of an event', 'unknown-type', { events: [{ type: '@' }] }, arrays),
    spliced(
      'a number beyond all numbers',
      'invalid-event',
      { events: [{ ...FLOW, observedMs: '@' }] },
      '1e999',
    ),
    spliced(
      '__proto__',
      undefined,
      { more: '@' },
      '{"__proto__":{"seq":5,"agent":"honest"},"constructor":{"prototype":1}}',
    ),
    spliced(
      '__proto__ in counts',
      undefined,
      { events: [{ ...FLOW, counts: '@' }] },
      '{"__proto__":{"n":9},"car":{"n":1}}',
    ),
    spliced(
      'the same key twice',
      'invalid-event',
      { events: [{ ...FLOW, framesDropped: '@' }] },
      '0,"framesAnalysed":-1',
    ),
    event('an unknown type', 'unknown-type', { type: 'rocket' }),
    event('a type of Object.prototype', 'unknown-type', { type: 'constructor' }),
    event('no event but a number', 'invalid-event', 7),
    event('a negative count', 'invalid-event', { ...FLOW, counts: { car: { n: -1 } } }),
    event('a count of 1e308', 'invalid-event', { ...FLOW, counts: { car: { n: 1e308 } } }),
    event('half a car', 'invalid-event', { ...FLOW, counts: { car: { n: 0.5 } } }),
    event('a count that is the text NaN', 'invalid-event', { ...FLOW, counts: { car: { n: 'NaN' } } }),
    event('a speed of 1e308', 'invalid-event', { ...passage(1), speedKmh: 1e308 }),
    event('a share of two', 'invalid-event', { ...passage(1), confidence: 2 }),
    event('an interval that ends before it begins', 'invalid-event', { ...FLOW, toMs: T0 - 1 }),
    event('more time seen than there was', 'invalid-event', { ...FLOW, observedMs: 60_001 }),
    event('a moment in the year 2199', 'future-dated', { ...passage(1), atMs: FUTURE_MS }),
    event('a moment in 1970', 'past-dated', { ...passage(1), atMs: 1000 }),
    event('a moment in nanoseconds', 'invalid-event', { ...passage(1), atMs: T0 * 1e6 }),
    event('a camera with a line of protocol in it', 'invalid-event', {
      ...passage(1),
      camera: 'c,site=x v=1\nevil v=1',
    }),
    event('a line with a name of 100,000 letters', 'invalid-event', {
      ...passage(1),
      line: 'x'.repeat(100_000),
    }),
    event('a direction that is a lone surrogate', 'invalid-event', { ...passage(1), direction: '\ud800' }),
    event('a lane with an upper case letter', 'invalid-event', { ...passage(1), lane: 'A' }),
    event('an unknown road user', 'invalid-event', { ...passage(1), roadUser: 'tank' }),
    event('an incident with 1,000 measures', 'invalid-event', {
      ...incident('m', T0),
      measures: Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`m${n}`, n])),
    }),
    event('an incident with an id of 64 KiB', 'invalid-event', incident('x'.repeat(70_000), T0)),
  ];
}

/** Texts that would be more than a value to a writer of line protocol that is not careful. */
export const NASTY_TEXTS: readonly string[] = [
  'a"b',
  'ends with \\',
  'ends with \\\\',
  '\\"',
  '",state="cleared',
  'x" 1\nevil,site=x v=1',
  'a\r\nb',
  'comma, space = equals',
  'nul \u0000 bell \u0007',
  'lone \ud800 surrogate',
  '\u202egnp.exe',
  'Ngã tư Lạch Tray 交差点 🚦',
  "'; DROP MEASUREMENT passage; --",
];

export function incident(id: string, updatedAtMs: number) {
  return {
    ...{ type: 'incident', id, version: 1, camera: 'c', kind: 'queue', state: 'detected', severity: 'low' },
    ...{ probability: 'probable', confidence: 1, startedAtMs: T0, detectedAtMs: T0, updatedAtMs },
  };
}
