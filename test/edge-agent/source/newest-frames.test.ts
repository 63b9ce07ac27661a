import { describe, expect, it } from 'vitest';
import type { Frame } from '../../../edge-agent/source/frame.ts';
import { MAX_WAIT_MS, MAX_WAITING, NewestFrames } from '../../../edge-agent/source/newest-frames.ts';

const frame = (index: number) => ({ index }) as Frame;
const indexes = (frames: readonly Frame[]) => frames.map(({ index }) => index);

describe('frames of a camera that wait to be taken', () => {
  it('come in order after a burst, none is lost', () => {
    const queue = new NewestFrames();
    for (let at = 0; at < 5; at++) expect(queue.add(frame(at), 1000)).toEqual([]);
    const taken = [0, 1, 2, 3, 4].map((at) => queue.take(1000 + at * 20));
    expect(taken.map((each) => each.frame?.index)).toEqual([0, 1, 2, 3, 4]);
    expect(taken.flatMap(({ givenUp }) => givenUp)).toEqual([]);
    expect(queue.take(1100).frame).toBeUndefined();
  });

  it('give way to newer ones once they have waited too long, so that a slow box keeps up with the street', () => {
    const queue = new NewestFrames();
    for (let at = 0; at < 5; at++) queue.add(frame(at), at * 100);
    const { frame: taken, givenUp } = queue.take(100 + MAX_WAIT_MS + 1);
    expect(taken?.index).toBe(2);
    expect(indexes(givenUp)).toEqual([0, 1]);
  });

  it('leave the newest even when all have waited too long', () => {
    const queue = new NewestFrames();
    for (let at = 0; at < 3; at++) queue.add(frame(at), at);
    const { frame: taken, givenUp } = queue.take(60_000);
    expect(taken?.index).toBe(2);
    expect(indexes(givenUp)).toEqual([0, 1]);
  });

  it('never take more memory than a full queue', () => {
    const queue = new NewestFrames();
    const givenUp = Array.from({ length: MAX_WAITING + 3 }, (_, at) => queue.add(frame(at), 0)).flat();
    expect(indexes(givenUp)).toEqual([0, 1, 2]);
  });
});
