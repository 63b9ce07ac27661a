import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ReadMessage, readMessage } from '../../../central-collector/ingest/read-message.ts';

const T0 = Date.UTC(2026, 0, 1);
const TOPIC = 'ngatu/v1/hai-phong/box-1/events';
const PASSAGE = {
  type: 'passage',
  camera: 'c',
  line: 'l',
  direction: 'in',
  roadUser: 'car',
  roadUserShare: 1,
  confidence: 1,
  atMs: T0,
  track: 1,
};
const BATCH = { v: 1, site: 'hai-phong', agent: 'box-1', epoch: T0, seq: 3, sentAtMs: T0, events: [PASSAGE] };

function read(message: unknown, topic = TOPIC): ReadMessage {
  const bytes = Buffer.isBuffer(message)
    ? message
    : Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
  return readMessage(topic, bytes, T0, { maxBytes: 10_000, maxAheadMs: 1000 });
}

describe('reading a message', () => {
  it('gives a batch with its events numbered', () => {
    const message = read({ ...BATCH, somethingNew: true, events: [PASSAGE, PASSAGE] });
    expect(message).toMatchObject({
      kind: 'batch',
      rejected: [],
      batch: { seq: 3, events: [{ position: 0 }, { position: 1 }] },
    });
  });

  it('keeps the neighbours of events that it refuses', () => {
    const events = [
      PASSAGE,
      { type: 'rocket' },
      { ...PASSAGE, track: 0 },
      7,
      { ...PASSAGE, atMs: T0 + 1001 },
      PASSAGE,
    ];
    const message = read({ ...BATCH, events });
    expect(message).toMatchObject({
      kind: 'batch',
      batch: { events: [{ position: 0 }, { position: 5 }] },
      rejected: [
        { position: 1, reason: 'unknown-type', detail: 'unknown type "rocket"' },
        { position: 2, reason: 'invalid-event' },
        { position: 3, reason: 'invalid-event' },
        {
          position: 4,
          reason: 'future-dated',
          detail: "dated 2026-01-01T00:00:01.001Z, ahead of the collector's clock",
        },
      ],
    });
  });

  it.each([
    ['a topic that is none of ours', 'foreign-topic', BATCH, 'other/v1/a/b/events'],
    ['a channel that is not for the collector', 'foreign-topic', BATCH, 'ngatu/v1/hai-phong/box-1/command'],
    ['too many bytes', 'too-large', Buffer.alloc(10_001, 0x20), TOPIC],
    ['bytes that are no UTF-8', 'not-utf8', Buffer.from([0x22, 0xff, 0x22]), TOPIC],
    ['text that is no JSON', 'not-json', '{', TOPIC],
    ['an empty message', 'not-json', '', TOPIC],
    ['JSON that is no object', 'invalid-envelope', 'null', TOPIC],
    ['nesting without end', 'invalid-envelope', `${'['.repeat(4000)}${']'.repeat(4000)}`, TOPIC],
    ['a missing field', 'invalid-envelope', { ...BATCH, epoch: undefined }, TOPIC],
    ['a wrong type', 'invalid-envelope', { ...BATCH, seq: '3' }, TOPIC],
    [
      'seconds where milliseconds are due',
      'invalid-envelope',
      { ...BATCH, sentAtMs: T0 / 1000 + 0.5 },
      TOPIC,
    ],
    ['another agent’s name', 'forged', { ...BATCH, agent: 'box-2' }, TOPIC],
    ['another site’s name', 'forged', { ...BATCH, site: 'hanoi' }, TOPIC],
    ['a status for events', 'invalid-envelope', BATCH, 'ngatu/v1/hai-phong/box-1/status'],
  ])('refuses %s as %s', (_what, reason, message, topic) => {
    expect(read(message, topic)).toMatchObject({ kind: 'rejected', reason });
  });

  it('names the batch of a newer version, so that its agent can be told that it is kept', () => {
    const id = { site: 'hai-phong', agent: 'box-1', epoch: T0, seq: 3 };
    expect(read({ ...BATCH, v: 2, events: { packed: 'differently' } })).toMatchObject({
      kind: 'rejected',
      reason: 'newer-version',
      id,
    });
    expect(read({ ...BATCH, v: 2, agent: 'box-2' })).not.toHaveProperty('id');
  });

  it('names a batch that is too large, so that it is not sent for ever', () => {
    const id = { site: 'hai-phong', agent: 'box-1', epoch: T0, seq: 3 };
    const padding = ' '.repeat(10_000);
    expect(read({ ...BATCH, padding })).toMatchObject({ kind: 'rejected', reason: 'too-large', id });
    expect(read({ ...BATCH, agent: 'box-2', padding })).not.toHaveProperty('id');
    const huge = Buffer.alloc(4 * 1024 * 1024, JSON.stringify(BATCH).padEnd(500));
    expect(read(huge)).not.toHaveProperty('id');
    expect(read(JSON.stringify(BATCH).padEnd(4 * 1024 * 1024 + 1))).not.toHaveProperty('id');
  });

  it('refuses events that an unset clock dated, and dates reports of what was given up by their arrival', () => {
    const events = [{ ...PASSAGE, atMs: 5000 }, PASSAGE];
    expect(read({ ...BATCH, events })).toMatchObject({
      kind: 'batch',
      rejected: [
        {
          position: 0,
          reason: 'past-dated',
          detail: 'dated 1970-01-01T00:00:05.000Z, by a clock that was not set',
        },
      ],
    });
    const dropped = [{ fromSeq: 1, toSeq: 2, reason: 'too-old', events: {} }];
    expect(read({ ...BATCH, sentAtMs: 5000 })).toMatchObject({ kind: 'batch', rejected: [] });
    const datedBy = (sentAtMs: number, atMs?: number) => {
      const told = dropped.map((range) => ({ ...range, ...(atMs !== undefined && { atMs }) }));
      const message = read({ ...BATCH, sentAtMs, dropped: told });
      return message.kind === 'batch' ? message.batch.dropped.map((range) => range.atMs) : message;
    };
    expect(datedBy(T0 - 5)).toEqual([T0 - 5]);
    expect(datedBy(T0 - 5, T0 - 500)).toEqual([T0 - 500]);
    expect(datedBy(5000)).toEqual([T0]);
    expect(datedBy(T0 + 1001)).toEqual([T0]);
    expect(datedBy(T0, 5000)).toEqual([T0]);
  });

  it.each([
    ['deep', { a: 1 }, 'that is no text but object'],
    ['absent', undefined, 'none'],
    ['nothing', null, 'that is no text but null'],
    ['long', 'x'.repeat(5000), `"${'x'.repeat(299)}…`],
  ])('names an unknown type that is %s in few words', (_, type, words) => {
    const message = read({ ...BATCH, events: [{ type }] });
    expect(message).toMatchObject({
      rejected: [{ reason: 'unknown-type', detail: `unknown type ${words}` }],
    });
  });

  it('bears any depth of nesting at any place', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const objects = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    const limits = { maxBytes: 4e6, maxAheadMs: 1000 };
    const kinds = [deep, objects].flatMap((nested) =>
      [
        nested,
        JSON.stringify({ ...BATCH, more: '@' }),
        JSON.stringify({ ...BATCH, seq: '@' }),
        JSON.stringify({ ...BATCH, events: ['@'] }),
        JSON.stringify({ ...BATCH, events: [{ type: '@' }] }),
        JSON.stringify({ ...BATCH, events: [{ ...PASSAGE, camera: '@' }] }),
        JSON.stringify({ ...BATCH, events: [{ ...PASSAGE, more: '@' }] }),
      ].map((text) => readMessage(TOPIC, Buffer.from(text.replace('"@"', nested)), T0, limits)),
    );
    const told = kinds.map((message) =>
      message.kind === 'batch' ? message.rejected.map(({ reason }) => reason).join() : message.kind,
    );
    const of = (event: string) => ['rejected', '', 'rejected', event, 'unknown-type', 'invalid-event', ''];
    expect(told).toEqual([...of('invalid-event'), ...of('unknown-type')]);
  });

  it('never throws, whatever the bytes are', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          readMessage(TOPIC, bytes, T0);
        },
      ),
      { numRuns: 2000 },
    );
    const mutated = fc.tuple(fc.constantFrom(...Object.keys(BATCH)), fc.jsonValue());
    fc.assert(
      fc.property(mutated, ([key, value]) => {
        read({ ...BATCH, [key]: value });
      }),
      { numRuns: 2000 },
    );
  });

  it('says why in plain text that steers no terminal and forges no line of a log', () => {
    const details = [
      read('\u001b[31mhello'),
      read(BATCH, 'ngatu/v1/\u001b[2J\nforged line/x/events'),
      read({ ...BATCH, events: [{ type: '\u009b31m\u202e"' }] }),
      read({ ...BATCH, events: [{ ...PASSAGE, type: 'incident', measures: { '\r\n': 'x' } }] }),
    ].map((message) =>
      message.kind === 'rejected'
        ? [message.detail]
        : 'rejected' in message
          ? message.rejected.map(({ detail }) => detail)
          : [],
    );
    for (const detail of details.flat()) expect(detail).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(details.flat()).toHaveLength(4);
    expect(details[2]).toEqual(['unknown type "\\u009b31m\\u202e\\""']);
  });

  it('refuses an incident with more measures than fit into a field of the database', () => {
    const incident = {
      ...{ type: 'incident', id: 'i', version: 1, camera: 'c', kind: 'queue', state: 'detected' },
      ...{
        severity: 'low',
        probability: 'probable',
        confidence: 1,
        startedAtMs: T0,
        detectedAtMs: T0,
        updatedAtMs: T0,
      },
    };
    const measured = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${i}`, 1]));
    const message = read({
      ...BATCH,
      events: [
        { ...incident, measures: measured(100) },
        { ...incident, measures: measured(101) },
      ],
    });
    expect(message).toMatchObject({
      batch: { events: [{ position: 0 }] },
      rejected: [{ position: 1, reason: 'invalid-event', detail: 'measures: expected at most 100 measures' }],
    });
  });
});
