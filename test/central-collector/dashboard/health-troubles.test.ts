import { describe, expect, it } from 'vitest';
import type { BoxAnswer } from '../../../central-collector/api/schemas/places.ts';
import {
  compareVersions,
  newestVersion,
  troublesOf,
  weightOf,
} from '../../../central-collector/dashboard/src/pages/health/troubles.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 12);
type Health = NonNullable<BoxAnswer['health']>;

const camera: Health['cameras'][number] = {
  camera: 'nga-tu-1',
  fps: 9.9,
  framesAnalysed: 99,
  framesDropped: 1,
  reconnects: 0,
  latencyP95Ms: 200,
};

const health: Health = {
  at: ago(5000),
  uptimeS: 3600,
  cpu: 0.4,
  rssBytes: 300e6,
  loadAverage: 1,
  temperatureC: 55,
  clockOffsetMs: 4,
  outbox: { batches: 1, bytes: 2000, oldestAt: ago(800), dropped: 0 },
  cameras: [camera],
};

describe('a box', () => {
  it('that works well has nothing to be done', () => {
    expect(troublesOf(box(), NOW_MS, '0.1.0')).toEqual([]);
  });

  it.each<[string, BoxAnswer, string[]]>([
    ['whose link is lost', box({ state: 'offline', reason: 'lost' }), ['lost']],
    ['that was stopped', box({ state: 'offline', reason: 'stopped' }), ['stopped']],
    ['of which nothing is known', box({ state: 'unknown', health: null }), ['unknown']],
    ['that is online and silent', box({}, { at: ago(61_000) }), ['silent']],
    ['whose disk is full', box({ problem: 'outbox on a full disk' }), ['problem']],
    ['that had to drop batches', box({}, { outbox: { ...health.outbox, dropped: 3 } }), ['dropped']],
    [
      'on a slow link',
      box({}, { outbox: { ...health.outbox, batches: 900, oldestAt: ago(400_000) } }),
      ['waiting'],
    ],
    ['with batches that did not come', box({ batchesMissing: 37 }), ['missing']],
    ['at the limit of its processor', box({}, { cpu: 0.97 }), ['cpu']],
    ['in the sun', box({}, { temperatureC: 84 }), ['hot']],
    ['with a clock that is behind', box({}, { clockOffsetMs: -2400 }), ['clock']],
    ['of an older version', box({ version: '0.0.9' }), ['version']],
    [
      'with a dead camera',
      box({}, { cameras: [{ ...camera, fps: 0, framesAnalysed: 0, framesDropped: 0 }] }),
      ['noPicture'],
    ],
    ['that skips pictures', box({}, { cameras: [{ ...camera, framesDropped: 50 }] }), ['framesDropped']],
    ['that is slow', box({}, { cameras: [{ ...camera, latencyP95Ms: 1500 }] }), ['slow']],
    ['whose sensors say nothing', box({}, { cpu: null, temperatureC: null, clockOffsetMs: null }), []],
  ])('%s', (_, one, kinds) => {
    expect(troublesOf(one, NOW_MS, '0.1.0').map(({ is }) => is)).toEqual(kinds);
  });

  it('that is away is not judged by the heat and pictures it told of before', () => {
    const away = box({ state: 'offline', reason: 'lost' }, { cpu: 1, temperatureC: 95, at: ago(3_600_000) });
    expect(troublesOf(away, NOW_MS, null).map(({ is }) => is)).toEqual(['lost']);
  });

  it('has its worst trouble first, and one broken thing weighs more than several warnings', () => {
    const troubles = troublesOf(box({}, { cpu: 1, temperatureC: 85, clockOffsetMs: 5000 }), NOW_MS, null);
    expect(troubles.map(({ grade }) => grade)).toEqual(['bad', 'warn', 'warn']);
    expect(weightOf(troubles.slice(0, 1))).toBeGreaterThan(weightOf(troubles.slice(1)));
  });
});

describe('versions', () => {
  it('that are older are no reason to act now', () => {
    expect(weightOf(troublesOf(box({ version: '0.0.9' }), NOW_MS, '0.1.0'))).toBe(0);
  });

  it.each([
    ['0.10.0', '0.9.1', 1],
    ['0.1.0', '0.1.0', 0],
    ['1.0.0', '1.0.1', -1],
    ['0.1', '0.1.0', 0],
    ['simulated', '0.1.0', 0],
  ])('%s and %s', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
  });

  it('are compared with the newest one that a box has', () => {
    expect(
      newestVersion([box({ version: '0.9.1' }), box({ version: '0.10.0' }), box({ version: null })]),
    ).toBe('0.10.0');
    expect(newestVersion([])).toBeNull();
  });
});

function ago(ms: number): string {
  return new Date(NOW_MS - ms).toISOString();
}

function box(change: Partial<BoxAnswer> = {}, report: Partial<Health> = {}): BoxAnswer {
  return {
    site: 'hai-phong',
    agent: 'box-017',
    state: 'online',
    reason: null,
    since: ago(7200_000),
    version: '0.1.0',
    problem: null,
    startedAt: ago(7200_000),
    health: { ...health, ...report },
    batchesMissing: 0,
    lastBatchAt: ago(900),
    ...change,
  };
}
