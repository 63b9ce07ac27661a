import { describe, expect, it } from 'vitest';
import { type Journey, journeySchema, type Passage, type TrafficEvent } from '../../../contract/index.ts';
import { Journeys } from '../../../edge-agent/analytics/journeys.ts';
import { observationsOf, START_MS } from '../../support/observations.ts';

function passage(line: string, direction: string, atS: number, changes: Partial<Passage> = {}): Passage {
  return {
    type: 'passage',
    camera: 'test',
    line,
    direction,
    roadUser: 'car',
    roadUserShare: 0.9,
    confidence: 0.8,
    atMs: START_MS + atS * 1000,
    track: 1,
    ...changes,
  };
}

/** An empty frame at a time, s, with who is gone. */
function frame(timeS: number, gone: readonly number[] = []) {
  const [observation] = observationsOf({ roadUsers: [], durationS: 0 });
  if (observation === undefined) throw new Error('no frame');
  return {
    ...observation,
    cameraTimeMs: timeS * 1000,
    capturedAtMs: START_MS + timeS * 1000,
    gone,
  };
}

function shown(events: readonly TrafficEvent[]): string[] {
  return events
    .map((event): Journey => journeySchema.parse(event))
    .map(({ track, entryLine, exitLine, enteredAtMs, exitedAtMs }) => {
      const seconds = (ms: number) => (ms - START_MS) / 1000;
      return `${track}: ${entryLine} ${seconds(enteredAtMs)} to ${exitLine} ${seconds(exitedAtMs)}`;
    });
}

/** What one road user with these passages gives when it is gone. */
function journeyOf(...passages: Passage[]): string[] {
  const journeys = new Journeys({ camera: 'test' });
  for (const each of passages) journeys.passed({ id: 7, passage: each });
  return shown(journeys.observe(frame(60, [7])));
}

describe('a journey', () => {
  it('leads from the first line to the last, whatever lies between', () => {
    const way = [passage('south', 'in', 1), passage('middle', 'east', 4), passage('east', 'out', 8)];
    expect(journeyOf(...way)).toEqual(['7: south 1 to east 8']);
  });

  it('is in the order of the crossings, though they become certain in another', () => {
    expect(journeyOf(passage('east', 'out', 8), passage('south', 'in', 1))).toEqual(['7: south 1 to east 8']);
  });

  it('over one line there and back is a U-turn', () => {
    expect(journeyOf(passage('south', 'in', 1), passage('south', 'out', 9))).toEqual([
      '7: south 1 to south 9',
    ]);
  });

  it('is none over one line only, or over one line twice in the same direction', () => {
    expect(journeyOf(passage('south', 'in', 1))).toEqual([]);
    expect(journeyOf(passage('south', 'in', 1), passage('south', 'in', 9))).toEqual([]);
  });

  it('ends with what differs from its beginning', () => {
    const way = [passage('south', 'in', 1), passage('east', 'out', 4), passage('south', 'in', 9)];
    expect(journeyOf(...way)).toEqual(['7: south 1 to east 4']);
  });

  it('is of the class and under the identity that were known at its end', () => {
    const journeys = new Journeys({ camera: 'test' });
    journeys.passed({ id: 3, passage: passage('south', 'in', 1, { track: 3, roadUser: 'car' }) });
    journeys.passed({
      id: 3,
      passage: passage('east', 'out', 8, { track: 12, roadUser: 'truck', roadUserShare: 0.7 }),
    });
    expect(journeys.observe(frame(12, [3]))[0]).toEqual({
      type: 'journey',
      camera: 'test',
      track: 3,
      roadUser: 'truck',
      roadUserShare: 0.7,
      entryLine: 'south',
      entryDirection: 'in',
      exitLine: 'east',
      exitDirection: 'out',
      enteredAtMs: START_MS + 1000,
      exitedAtMs: START_MS + 8000,
    });
  });
});

describe('journeys', () => {
  it('are reported when their road user is gone, not before', () => {
    const journeys = new Journeys({ camera: 'test' });
    journeys.observe(frame(0));
    journeys.passed({ id: 1, passage: passage('south', 'in', 1) });
    journeys.passed({ id: 2, passage: passage('south', 'in', 2) });
    journeys.passed({ id: 1, passage: passage('east', 'out', 8) });
    journeys.passed({ id: 2, passage: passage('west', 'out', 7) });
    expect(journeys.observe(frame(9))).toEqual([]);
    expect(shown(journeys.observe(frame(12, [1, 2, 3])))).toEqual([
      '2: south 2 to west 7',
      '1: south 1 to east 8',
    ]);
    expect(journeys.flush()).toEqual([]);
  });

  it('of who parks are reported after a while, and going on begins another', () => {
    const journeys = new Journeys({ camera: 'test', longestPauseMs: 60_000 });
    journeys.observe(frame(0));
    journeys.passed({ id: 1, passage: passage('south', 'in', 0) });
    journeys.passed({ id: 1, passage: passage('east', 'out', 5) });
    expect(journeys.observe(frame(60))).toEqual([]);
    expect(shown(journeys.observe(frame(61)))).toEqual(['1: south 0 to east 5']);
    journeys.passed({ id: 1, passage: passage('east', 'in', 100) });
    journeys.passed({ id: 1, passage: passage('west', 'out', 110) });
    expect(shown(journeys.flush())).toEqual(['1: east 100 to west 110']);
  });

  it('are remembered for so many and no more, and for so many lines each', () => {
    const journeys = new Journeys({ camera: 'test', most: 100 });
    let reported = 0;
    for (let id = 1; id <= 1000; id++) {
      for (let i = 0; i < 50; i++) {
        journeys.passed({ id, passage: passage(`line-${i}`, 'in', id + i / 100) });
      }
      reported += journeys.observe(frame(id)).length;
      expect(journeys.size).toBeLessThanOrEqual(100);
    }
    expect(reported).toBe(900);
    const [last] = journeys.observe(frame(1001, [1000]));
    expect(shown(last ? [last] : [])).toEqual(['1000: line-0 1000 to line-49 1000.49']);
  });

  it('are forgotten after a failure: nobody knows how they went on', () => {
    const journeys = new Journeys({ camera: 'test' });
    journeys.passed({ id: 1, passage: passage('south', 'in', 1) });
    journeys.reset();
    journeys.passed({ id: 1, passage: passage('east', 'out', 8) });
    expect(journeys.flush()).toEqual([]);
  });
});
