import { describe, expect, it } from 'vitest';
import { isPlainEvent } from '../../../../central-collector/ingest/plain-event.ts';
import {
  eventBatchSchema,
  healthSchema,
  statusSchema,
  trafficEventSchema,
} from '../../../../contract/index.ts';
import { AgentTraffic, toldAtMs } from '../../../../scripts/bench/collector/agent-traffic.ts';
import { healthOf, statusOf } from '../../../../scripts/bench/collector/agent-words.ts';

const T0 = Date.UTC(2026, 0, 1, 6);
const ADDRESS = { site: 'hai-phong', agent: 'box-0001' };

function minutes(count: number, seed = 1) {
  const traffic = new AgentTraffic({ address: ADDRESS, cameras: 4, passagesPerS: 0.5, seed, fromMs: T0 });
  return Array.from({ length: count }, () => traffic.nextMinute()).flat();
}

describe('the traffic of a simulated box', () => {
  it('is what collectors accept, of every kind of event', () => {
    const types = new Set<string>();
    for (const { batch } of minutes(30)) {
      const sent = JSON.parse(JSON.stringify(batch));
      expect(eventBatchSchema.parse(sent)).toEqual(sent);
      for (const event of sent.events) {
        types.add(trafficEventSchema.parse(event).type);
        if (['passage', 'journey', 'flow'].includes(event.type)) expect(isPlainEvent(event)).toBe(true);
      }
    }
    expect([...types].sort()).toEqual(['flow', 'incident', 'journey', 'passage', 'zone']);
  });

  it('numbers batches without a gap and sends them in order, a quarter of a second after the first event', () => {
    const batches = minutes(5);
    expect(batches.map(({ batch }) => batch.seq)).toEqual(batches.map((_, at) => at + 1));
    for (const [at, { atMs, batch }] of batches.entries()) {
      expect(atMs).toBeGreaterThanOrEqual(batches[at - 1]?.atMs ?? 0);
      for (const event of batch.events) expect(atMs - toldAtMs(event)).toBeLessThanOrEqual(250);
    }
  });

  it('is the same for the same seed, and as much as was asked for', () => {
    expect(minutes(2)).toEqual(minutes(2));
    expect(minutes(2, 2)).not.toEqual(minutes(2));
    const passages = minutes(20).flatMap(({ batch }) =>
      batch.events.filter(({ type }) => type === 'passage'),
    );
    expect(passages.length / (20 * 60 * 4 * 0.5)).toBeCloseTo(1, 1);
  });

  it('comes with a status and a health message', () => {
    expect(statusSchema.safeParse(JSON.parse(statusOf(ADDRESS, 4, T0))).success).toBe(true);
    expect(healthSchema.safeParse(JSON.parse(healthOf(ADDRESS, 4, T0, 3))).success).toBe(true);
  });
});
