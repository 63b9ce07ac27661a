// Whatever cameras and operators say, in whatever order it comes and however often: one view.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEVERITIES, VERDICTS } from '../../../central-collector/api/schemas/incidents.ts';
import {
  type IncidentRecord,
  withEvent,
  withVerdicts,
} from '../../../central-collector/incidents/incident-record.ts';
import type { Verdict } from '../../../central-collector/incidents/verdict.ts';
import type { Incident } from '../../../contract/index.ts';
import { BOX, incident, T0 } from './samples.ts';

const events = fc
  .array(fc.record({ over: fc.boolean(), severity: fc.constantFrom(...SEVERITIES) }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((versions) =>
    versions.map(({ over, severity }, at) =>
      incident(at + 1, { severity, state: over ? 'cleared' : at === 0 ? 'detected' : 'updated' }),
    ),
  );

const story = events.chain((told) =>
  fc.record({
    told: fc.constant(told),
    verdicts: fc
      .array(
        fc.record({
          verdict: fc.constantFrom(...VERDICTS),
          version: fc.integer({ min: 1, max: told.length }),
          lateMs: fc.nat(30_000),
        }),
        { maxLength: 6 },
      )
      .map((list) => list.map((one, at) => verdictOf(one, told, at + 1))),
  }),
);

function verdictOf(
  { verdict, version, lateMs }: { verdict: Verdict['verdict']; version: number; lateMs: number },
  told: readonly Incident[],
  number: number,
): Verdict {
  const known = told[version - 1];
  return {
    ...{ number, ...BOX, camera: 'nga-tu-1', kind: 'stopped-vehicle', incident: 'i-1', verdict, version },
    ...{ by: `user-${number}`, severity: known?.severity ?? 'low', atMs: T0 + number * 40_000 + lateMs },
  };
}

function recordOf(steps: readonly (Incident | Verdict)[]): IncidentRecord {
  const first = steps.find((step) => 'type' in step);
  if (first === undefined || !('type' in first)) throw new Error('expected an event');
  return steps.reduce<IncidentRecord>(
    (record, step) => ('type' in step ? withEvent(record, BOX, step) : withVerdicts(record, [step])),
    withEvent(undefined, BOX, first),
  );
}

describe('the view of an incident', () => {
  it('does not depend on the order in which things come, nor on what comes twice', () => {
    const inAnyOrder = story.chain(({ told, verdicts }) =>
      fc.record({
        inOrder: fc.constant([...told, ...verdicts]),
        anyOrder: fc.shuffledSubarray([...told, ...verdicts, ...told, ...verdicts], {
          minLength: 2 * (told.length + verdicts.length),
        }),
      }),
    );
    fc.assert(
      fc.property(inAnyOrder, ({ inOrder, anyOrder }) => {
        const [one, other] = [recordOf(inOrder), recordOf(anyOrder)];
        expect(other.view).toEqual(one.view);
        expect(other.versions).toEqual(one.versions);
        expect(other.verdicts).toEqual(one.verdicts);
        expect(other.event.version).toBe(one.event.version);
      }),
      { numRuns: 300 },
    );
  });

  it('is what it must be, whatever happened', () => {
    fc.assert(
      fc.property(story, ({ told, verdicts }) => {
        const { view } = recordOf([...told, ...verdicts]);
        const last = told.at(-1);
        const words = verdicts.filter(({ verdict }) => verdict === 'confirm' || verdict === 'false-alarm');
        const word = words.at(-1)?.verdict;
        // What the camera has ended is over; what an operator called false is closed; without operators it is the camera's.
        if (last?.clearedAtMs !== undefined || word === 'false-alarm') expect(view.state).toBe('cleared');
        if (verdicts.every(({ verdict }) => verdict === 'acknowledge' || verdict === 'note')) {
          expect(view.state).toBe(last?.clearedAtMs === undefined ? 'active' : 'cleared');
        }
        // Never closed without a time, never open with one; nobody is named who said nothing.
        expect(view.clearedAtMs === null).toBe(view.state === 'active');
        if (view.clearedBy !== null) {
          const closers = verdicts.filter(({ verdict }) => verdict === 'clear' || verdict === 'false-alarm');
          expect(closers.map(({ by }) => by)).toContain(view.clearedBy);
        }
        if (view.state === 'active' && view.acknowledged !== null) {
          expect(verdicts.some(({ by, verdict }) => by === view.acknowledged?.by && verdict !== 'note')).toBe(
            true,
          );
        }
        expect(view.verdict).toBe(
          word === undefined ? null : word === 'confirm' ? 'confirmed' : 'false-alarm',
        );
      }),
      { numRuns: 500 },
    );
  });
});
