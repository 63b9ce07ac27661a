import { expect, test } from 'vitest';
import { GarbageWatch } from '../../../edge-agent/source/garbage-watch.ts';

function play(watch: GarbageWatch, complaints: number, frames: number, seconds: number): void {
  for (let second = 0; second < seconds; second++) {
    for (let i = 0; i < complaints; i++) watch.complaint();
    for (let i = 0; i < frames; i++) watch.frame();
  }
}

test('noise with a picture now and then is garbage within two seconds', () => {
  const watch = new GarbageWatch(10);
  play(watch, 25, 1, 2);
  expect(watch.isGarbage).toBe(true);
});

test('a few complaints among many frames are a lossy network', () => {
  const watch = new GarbageWatch(10);
  play(watch, 8, 10, 100);
  expect(watch.isGarbage).toBe(false);
});

test('at one frame a second a lossy network is still no garbage', () => {
  const watch = new GarbageWatch(1);
  play(watch, 8, 1, 100);
  expect(watch.isGarbage).toBe(false);
});

test('a stream that has become good again is taken within three seconds', () => {
  const watch = new GarbageWatch(10);
  play(watch, 100, 0, 100);
  play(watch, 0, 10, 3);
  expect(watch.isGarbage).toBe(false);
});

test('what the decoder said before the first keyframe is forgotten', () => {
  const watch = new GarbageWatch(10);
  play(watch, 29, 0, 1);
  watch.reset();
  play(watch, 29, 0, 1);
  expect(watch.isGarbage).toBe(false);
});
