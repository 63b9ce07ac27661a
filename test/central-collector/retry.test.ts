import { describe, expect, it } from 'vitest';
import { retry, retryDelayMs, within } from '../../central-collector/retry.ts';

const failing = (facts: object) => Object.assign(new Error('no'), facts);

describe('trying again', () => {
  it('waits longer each time, up to a limit, with jitter downwards', () => {
    const policy = { firstDelayMs: 100, maxDelayMs: 1000, factor: 2, jitter: 0.5 };
    expect([1, 2, 3, 4, 5, 50].map((attempt) => retryDelayMs(attempt, policy, 0))).toEqual([
      100, 200, 400, 800, 1000, 1000,
    ]);
    expect(retryDelayMs(1, policy, 0.999)).toBe(50);
  });

  it('ends at once with an error that says that it is no use', async () => {
    let tries = 0;
    const work = async () => {
      tries += 1;
      throw failing({ retryable: false });
    };
    await expect(retry(work, { signal: new AbortController().signal })).rejects.toThrow('no');
    await expect(
      retry(async () => Promise.reject(new TypeError('defect')), { signal: new AbortController().signal }),
    ).rejects.toThrow('defect');
    expect(tries).toBe(1);
  });

  it('waits at least as long as the error asks for', async () => {
    const waits: number[] = [];
    const work = async (attempt: number) => {
      if (attempt < 3) throw failing({ retryable: true, retryAfterMs: 60_000 });
      return attempt;
    };
    const sleep = async (delayMs: number) => void waits.push(delayMs);
    expect(await retry(work, { signal: new AbortController().signal, sleep })).toBe(3);
    expect(waits).toEqual([60_000, 60_000]);
  });

  it('stops waiting when it is told to', async () => {
    const stop = new AbortController();
    const work = retry(() => Promise.reject(failing({ retryable: true, retryAfterMs: 60_000 })), {
      signal: stop.signal,
      onFailure: () => stop.abort(new Error('stopped')),
    });
    await expect(work).rejects.toThrow();
  });
});

describe('waiting within a limit', () => {
  it('tells whether the work was done', async () => {
    expect(await within(10_000, Promise.resolve())).toBe('done');
    expect(await within(1, new Promise(() => undefined))).toBe('late');
  });
});
