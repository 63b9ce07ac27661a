import { describe, expect, it } from 'vitest';
import { FairQueue } from '../../../edge-agent/detector/fair-queue.ts';

describe('the queue of waiting frames', () => {
  it('takes cameras in turn, and the frames of one in order', () => {
    const queue = new FairQueue<string>(3);
    for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'c2']) queue.add(item.slice(0, 1), item);
    expect(queue.drain()).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
    expect(queue.size).toBe(0);
  });

  it('keeps a camera that always has a frame from going twice before the others', () => {
    const queue = new FairQueue<string>(2);
    queue.add('slow', 's1');
    queue.add('fast', 'f1');
    expect(queue.take()).toBe('s1');
    queue.add('slow', 's2');
    queue.add('fast', 'f2');
    expect([queue.take(), queue.take(), queue.take()]).toEqual(['f1', 's2', 'f2']);
  });

  it('turns away what is more than a camera may have waiting, and only that camera', () => {
    const queue = new FairQueue<string>(1);
    expect(queue.add('a', 'a1')).toBe(true);
    expect(queue.add('a', 'a2')).toBe(false);
    expect(queue.add('b', 'b1')).toBe(true);
    expect(queue.drain()).toEqual(['a1', 'b1']);
    expect(queue.take()).toBeUndefined();
  });
});
