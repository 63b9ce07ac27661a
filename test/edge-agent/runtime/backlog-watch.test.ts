import { pino } from 'pino';
import { expect, it } from 'vitest';
import { backlogProblem, createBacklogWatch } from '../../../edge-agent/runtime/backlog-watch.ts';

it('is no problem while the centre confirms within a minute', () => {
  expect(backlogProblem({ batches: 0 })).toBeUndefined();
  expect(backlogProblem({ batches: 200, oldestAgeMs: 60_000 })).toBeUndefined();
});

it('is told when a batch has waited for more than a minute', () => {
  expect(backlogProblem({ batches: 12, oldestAgeMs: 75_400 })).toBe(
    'The centre has not confirmed 12 batches, the oldest for 75 s; they are kept. Check the broker, the collector and its database.',
  );
});

it('writes one line into the log when it begins and one when it is over', () => {
  const lines: string[] = [];
  const watch = createBacklogWatch(
    pino({ base: null, timestamp: false }, { write: (line) => void lines.push(JSON.parse(line).msg) }),
  );
  for (const seconds of [5, 61, 71, 600]) watch.update({ batches: 3, oldestAgeMs: seconds * 1000 });
  watch.update({ batches: 1, oldestAgeMs: 100 });
  watch.update({ batches: 0 });
  expect(lines).toEqual([
    expect.stringContaining('has not confirmed 3 batches, the oldest for 61 s'),
    'the centre has stored everything again',
  ]);
});
