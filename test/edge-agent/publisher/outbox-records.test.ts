import { describe, expect, it } from 'vitest';
import {
  decodeKey,
  decodeState,
  encodeBatch,
  seal,
  unseal,
} from '../../../edge-agent/publisher/outbox-records.ts';

const BATCH = {
  epoch: 1,
  seq: 42,
  class: 'counts',
  storedAtMs: 1000,
  events: { flow: 12, zone: 3 },
  body: '"events":[]',
} as const;

describe('records of the outbox', () => {
  it('tell in their key what they hold', () => {
    const { key, bytes } = encodeBatch(BATCH);
    const { epoch: _, body: __, ...facts } = BATCH;
    expect(decodeKey(key)).toEqual({ ...facts, key, bytes });
  });

  it.each([
    ['of another program', 'x0000000000000001~0~0~f1'],
    ['with a number beyond what can be counted', 'c9999999999999999~0~0~f1'],
    ['with more bytes than can be counted', 'c0000000000000001~0~zzzzzzzzzzzzzzzzzzzz~f1'],
    ['with more events than can be counted', `c0000000000000001~0~0~f${'9'.repeat(400)}`],
  ])('with a key %s are none of ours', (_what, key) => {
    expect(decodeKey(key)).toBeUndefined();
  });

  it('that were changed are noticed', () => {
    expect(unseal(seal('text'))).toBe('text');
    expect(unseal(seal('text').replace('x', 'y'))).toBeUndefined();
  });

  it('with a good seal around what is no state are no state', () => {
    for (const text of ['', '{', 'null', '{"format":2}', '\u0000'])
      expect(decodeState(seal(text))).toBeUndefined();
  });
});
