import { expect, it } from 'vitest';
import { mediaFactsOf } from '../../../edge-agent/source/probe-media.ts';

it.each([
  ['of the format', { format: { duration: '12.5' } }, 12_500],
  ['that no clip can have', { format: { duration: '1e308' } }, undefined],
  ['that is missing', {}, undefined],
])('reads a duration %s', (_what, { format }: { format?: object }, durationMs) => {
  const stream = { codec_name: 'h264', width: 640, height: 360 };
  const facts = mediaFactsOf(JSON.stringify({ streams: [stream], ...(format && { format }) }));
  expect(facts.durationMs).toBe(durationMs);
});
