// What an outbox finds on its disk: keys, sealed values, its own state.

import {
  decodeKey,
  decodeState,
  encodeBatch,
  encodeState,
  seal,
  unseal,
} from '../../../edge-agent/publisher/outbox-records.ts';
import { must, mustBeSame } from '../checks.ts';
import { anyOf, below, mutateBytes } from '../mutate-bytes.ts';
import { jsonText, mutateJson } from '../mutate-json.ts';
import type { FuzzTarget } from '../target.ts';

const T0 = Date.UTC(2026, 0, 1);

const STATE = {
  format: 1 as const,
  epoch: T0,
  next: 43,
  clockMs: T0 + 1,
  wallMs: T0 + 2,
  totals: { batches: 2, bytes: 300, events: { passage: 12, flow: 4 } },
  dropped: [{ fromSeq: 1, toSeq: 7, reason: 'outbox-full' as const, events: { passage: 3 } }],
};

const BODY = '"events":[],"dropped":[{"fromSeq":1,"toSeq":7,"reason":"too-old","events":{"flow":2}}]';

const LIFE = { epoch: T0, body: BODY };

const KEYS = [
  encodeBatch({ ...LIFE, seq: 42, class: 'counts', storedAtMs: T0, events: { flow: 12, zone: 3 } }).key,
  encodeBatch({ ...LIFE, seq: 1, class: 'incidents', storedAtMs: 0, events: { incident: 1 } }).key,
  encodeBatch({ ...LIFE, seq: Number.MAX_SAFE_INTEGER, class: 'passages', storedAtMs: T0, events: {} }).key,
];

/** The first byte of an input says what it is: k a key, v a value as it lies there, s the text of a state with a good seal. */
export const outboxTarget: FuzzTarget = {
  name: 'outbox',
  about: "keys and records in the outbox's files",
  weight: 150,
  async open() {
    return {
      make(random) {
        const kind = anyOf(random, ['k', 'v', 's']);
        const samples =
          { k: KEYS, v: [seal(BODY), encodeState(STATE)], s: [JSON.stringify(STATE)] }[kind] ?? [];
        let bytes: Uint8Array = Buffer.from(anyOf(random, samples));
        if (kind === 's' && random() < 0.7) {
          bytes = Buffer.from(jsonText(random, mutateJson(random, structuredClone(STATE))));
        } else if (random() < 0.95) bytes = mutateBytes(random, bytes);
        if (random() < 0.001) bytes = Buffer.alloc(below(random, 500_000), bytes.length === 0 ? 'a' : bytes);
        return Buffer.concat([Buffer.from(kind), bytes]);
      },
      run(input) {
        const kind = String.fromCharCode(input[0] ?? 0);
        const text = Buffer.from(input.subarray(1)).toString();
        if (kind === 'k') {
          const batch = decodeKey(text);
          if (batch === undefined) return 'refused';
          must(
            'numbers in a key that can be counted with',
            [batch.seq, batch.storedAtMs, batch.bytes, ...Object.values(batch.events)].every(
              (n) => Number.isSafeInteger(n) && n >= 0,
            ),
          );
          return 'accepted';
        }
        if (kind === 'v') {
          const body = unseal(text);
          if (body !== undefined) mustBeSame('a sealed text', seal(body), text);
          decodeState(text);
          return body === undefined ? 'refused' : 'accepted';
        }
        const state = decodeState(seal(text));
        if (state !== undefined) mustBeSame('a state', decodeState(encodeState(state)), state);
        return state === undefined ? 'refused' : 'accepted';
      },
    };
  },
};
