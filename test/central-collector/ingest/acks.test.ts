import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AckSender } from '../../../central-collector/ingest/acks.ts';
import { ackSchema } from '../../../contract/index.ts';

const log = pino({ level: 'silent' });

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function sender(publish: (topic: string, payload: string) => Promise<boolean>): AckSender {
  return new AckSender({ publish, delayMs: 100, now: () => 1000, log });
}

const id = (seq: number, agent = 'a', epoch = 1) => ({ site: 's', agent, epoch, seq });

describe('acknowledgements to agents', () => {
  it('that fall together are one message of ranges for each agent and outbox life', async () => {
    const sent: [string, unknown][] = [];
    const one = sender(async (topic, payload) => {
      sent.push([topic, ackSchema.parse(JSON.parse(payload)).ranges]);
      return true;
    });
    for (const seq of [3, 1, 2, 7]) one.add(id(seq));
    one.add(id(1, 'b'));
    one.add(id(1, 'a', 2));
    expect(sent).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(100);
    expect(sent).toEqual([
      [
        'ngatu/v1/s/a/ack',
        [
          [1, 3],
          [7, 7],
        ],
      ],
      ['ngatu/v1/s/b/ack', [[1, 1]]],
      ['ngatu/v1/s/a/ack', [[1, 1]]],
    ]);
  });

  it('with more ranges than a message may hold are several messages', async () => {
    const sizes: number[] = [];
    const one = sender(
      async (_topic, payload) => sizes.push(ackSchema.parse(JSON.parse(payload)).ranges.length) > 0,
    );
    for (let seq = 1; seq <= 4400; seq += 2) one.add(id(seq));
    await one.flush();
    expect(sizes).toEqual([1000, 1000, 200]);
  });

  it('that cannot be sent are counted and forgotten: the agent asks again', async () => {
    const one = sender(async (topic) => {
      if (topic.includes('/b/')) throw new Error('gone');
      return false;
    });
    one.add(id(1));
    one.add(id(1, 'b'));
    await one.flush();
    expect(one.counts).toEqual({ sent: 0, failed: 2 });
  });
});
