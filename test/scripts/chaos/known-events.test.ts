import { describe, expect, it } from 'vitest';
import { trafficEventSchema } from '../../../contract/index.ts';
import { eventAt, indexOf, typeAt } from '../../../scripts/chaos/known-events.ts';

const STREAM = { seed: 7, agent: 2 };

describe('known events', () => {
  const events = Array.from({ length: 2000 }, (_, index) => eventAt(STREAM, index));

  it('are valid, of every type, and each tells its index', () => {
    for (const [index, event] of events.entries()) {
      expect(trafficEventSchema.parse(event)).toEqual(event);
      expect(event.type).toBe(typeAt(index));
      expect(indexOf(event)).toBe(index);
    }
    expect(new Set(events.map(({ type }) => type)).size).toBe(5);
  });

  it('follow from seed, agent and index alone', () => {
    expect(eventAt(STREAM, 1234)).toEqual(events[1234]);
    expect(eventAt({ ...STREAM, seed: 8 }, 1234)).not.toEqual(events[1234]);
    expect(eventAt({ ...STREAM, agent: 3 }, 1234)).not.toEqual(events[1234]);
  });

  it('outlive their way as JSON unchanged', () => {
    expect(JSON.parse(JSON.stringify(events))).toEqual(events);
  });

  it('often share series and millisecond, so that only their place tells them apart', () => {
    const passages = events.filter((event) => event.type === 'passage');
    const keys = passages.map(({ atMs, camera, line, direction }) => [atMs, camera, line, direction].join());
    expect(new Set(keys).size).toBeLessThan(keys.length);
  });
});
