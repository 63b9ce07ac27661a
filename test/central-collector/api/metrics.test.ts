import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CollectorState, METRIC_HELP } from '../../../central-collector/api/collector-state.ts';
import { createMetrics } from '../../../central-collector/api/metrics.ts';

const state = (stored: number, quarantined: Record<string, number> = {}): CollectorState => ({
  problems: [],
  totals: { batches_stored: stored },
  gauges: { messages_in_hand: stored + 1 },
  quarantined,
});

describe('the metrics page', () => {
  it('shows the numbers of the moment, not of the sum of all moments', async () => {
    let now = state(3, { 'not-json': 1 });
    const metrics = createMetrics(() => now);
    await metrics.text();
    now = state(5, { 'not-json': 2, forged: 1 });
    const text = await metrics.text();
    expect(text).toContain('# HELP ngatu_collector_batches_stored_total Batches confirmed by InfluxDB');
    expect(text).toMatch(/^ngatu_collector_batches_stored_total 5$/m);
    expect(text).toMatch(/^ngatu_collector_messages_in_hand 6$/m);
    expect(text).toMatch(/^ngatu_collector_quarantined_total\{reason="not-json"\} 2$/m);
    expect(text).toMatch(/^ngatu_collector_quarantined_total\{reason="forged"\} 1$/m);
  });

  it('is described for operators, number by number', () => {
    const text = readFileSync(join(import.meta.dirname, '../../../docs/operations.md'), 'utf8');
    const described = [...text.matchAll(/`([a-z_]+?)(?:_total)?`/g)].map(([, name]) => name);
    expect(Object.keys(METRIC_HELP).filter((name) => !described.includes(name))).toEqual([]);
  });
});
