import { expect, it } from 'vitest';
import { createMeter } from '../../../scripts/demo/meter.ts';

it('tells how many frames a second were analysed over the last seconds', async () => {
  let nowMs = 0;
  let page = '';
  const meter = createMeter(
    'http://127.0.0.1:9464',
    () => nowMs,
    () => Promise.resolve(new Response(page)),
  );
  for (const [atMs, analysed] of [
    [0, 0],
    [500, 5],
    [1000, 10],
    [2000, 20],
    // It becomes slower: what is older than 3 s no longer counts.
    [3000, 25],
    [4000, 30],
    [5000, 35],
  ] as const) {
    nowMs = atMs;
    page = `# HELP x\nngatu_frames_analysed_total{camera="a"} ${analysed}\nngatu_frames_dropped_total{camera="a"} 3\n`;
    await meter.read();
    if (atMs < 900) expect(meter.speeds.get('a')?.fps).toBeUndefined();
    if (atMs === 2000) expect(meter.speeds.get('a')?.fps).toBe(10);
  }
  expect(meter.speeds.get('a')).toEqual({ framesAnalysed: 35, framesDropped: 3, fps: 5 });
});

it('keeps what it knows while the agent does not answer', async () => {
  const answers = [
    () => Promise.resolve(new Response('ngatu_frames_analysed_total{camera="a"} 7\n')),
    () => Promise.reject(new Error('connect ECONNREFUSED')),
    () => Promise.resolve(new Response('starting', { status: 503 })),
  ];
  const meter = createMeter(
    'http://127.0.0.1:9464',
    () => 0,
    () => answers.shift()?.() ?? Promise.reject(new Error('asked too often')),
  );
  for (let reading = 0; reading < 3; reading += 1) await meter.read();
  expect(meter.speeds.get('a')).toEqual({ framesAnalysed: 7, framesDropped: 0 });
});
