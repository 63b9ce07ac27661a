import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeEventLines } from '../../../central-collector/store/event-lines.ts';
import { lineOf } from '../../../central-collector/store/line-protocol.ts';
import { pointsOf } from '../../../central-collector/store/points.ts';
import { type TrafficEvent, trafficEventSchema } from '../../../contract/index.ts';
import { anyEvent } from '../any-event.ts';

const slug = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,8}[a-z0-9])?$/);
const origin = fc.record({
  site: slug,
  agent: slug,
  epoch: fc.integer({ min: 0, max: 7_258_118_400_000 }),
  seq: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
});

describe('lines of events', () => {
  it('are those of their points, byte for byte', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 5 }), origin, fc.nat({ max: 900 }), (raws, from, first) => {
        const events = raws.map((raw, at) => ({
          position: first + at * 3,
          event: trafficEventSchema.parse(raw) as TrafficEvent,
        }));
        const written: { lines: string[]; position: number }[] = [];
        writeEventLines(events, from, (text, count, position) => {
          const lines = text.split('\n');
          expect(lines).toHaveLength(count);
          written.push({ lines, position });
        });
        const expected = events
          .map(({ position, event }) => ({
            lines: pointsOf(event, { ...from, position }).map(lineOf),
            position,
          }))
          .filter(({ lines }) => lines.length > 0);
        expect(written).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});
