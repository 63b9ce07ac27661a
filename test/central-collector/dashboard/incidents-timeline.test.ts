import { describe, expect, it } from 'vitest';
import { fold } from '../../../central-collector/dashboard/src/pages/incidents/timeline-fold.ts';

const told = (version: number, state: string, severity: 'medium' | 'high' = 'medium') => ({
  what: 'version' as const,
  at: `2026-11-22T07:00:${String(version).padStart(2, '0')}+07:00`,
  version,
  state,
  severity,
  measures: {},
});
const said = {
  what: 'verdict' as const,
  at: '2026-11-22T07:00:30+07:00',
  by: 'lan',
  verdict: 'note' as const,
  note: 'x',
};
const shown = (timeline: Parameters<typeof fold>[0]) =>
  fold(timeline).map((entry) =>
    entry.what === 'between'
      ? `${entry.count} between`
      : entry.what === 'version'
        ? entry.state + entry.version
        : entry.by,
  );

describe('the timeline of an incident', () => {
  it('is shown whole while it is short', () => {
    expect(shown([told(1, 'detected'), told(2, 'updated'), told(3, 'cleared')])).toEqual([
      'detected1',
      'updated2',
      'cleared3',
    ]);
  });

  it('says how many updates came in between rather than all of them', () => {
    const updates = [2, 3, 4, 5, 6].map((version) => told(version, 'updated'));
    expect(shown([told(1, 'detected'), ...updates, told(7, 'cleared')])).toEqual([
      'detected1',
      '4 between',
      'updated6',
      'cleared7',
    ]);
  });

  it('keeps what people said, and where it got worse', () => {
    const timeline = [
      told(1, 'detected'),
      told(2, 'updated'),
      told(3, 'updated', 'high'),
      told(4, 'updated', 'high'),
      said,
      told(5, 'updated', 'high'),
    ];
    expect(shown(timeline)).toEqual(['detected1', 'updated2', 'updated3', 'updated4', 'lan', 'updated5']);
  });
});
