import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Incident, incidentSchema } from '../../../../contract/index.ts';
import type { Finding } from '../../../../edge-agent/analytics/incidents/finding.ts';
import { IncidentLife } from '../../../../edge-agent/analytics/incidents/incident-life.ts';

const T0 = 1_767_225_600_000;
const TIMING = { enterMs: 2000, exitMs: 3000, mergeMs: 5000, mergeSizes: 1, joins: false };

function finding(changes: Partial<Finding> = {}): Finding {
  return {
    kind: 'debris',
    subject: 'a',
    holds: 'enter',
    severity: 'medium',
    confidence: 0.8,
    timing: TIMING,
    region: 'road',
    box: [100, 100, 140, 140],
    measures: {},
    ...changes,
  };
}

const at = (timeS: number) => ({ cameraTimeMs: 5000 + timeS * 1000, capturedAtMs: T0 + timeS * 1000 });

/** Tells a life what is found each half second. */
function live(
  untilS: number,
  found: (timeS: number) => readonly Finding[],
  life = new IncidentLife({ camera: 'c' }),
) {
  const messages: Incident[] = [];
  for (let timeS = 0; timeS <= untilS; timeS += 0.5) messages.push(...life.observe(at(timeS), found(timeS)));
  return { life, messages };
}

const short = (messages: readonly Incident[]) =>
  messages.map(({ state, version, updatedAtMs }) => `${state} v${version} ${(updatedAtMs - T0) / 1000}`);

const during =
  (fromS: number, toS: number, changes: Partial<Finding> = {}) =>
  (timeS: number) =>
    timeS >= fromS && timeS < toS ? [finding(changes)] : [];

describe('the life of an incident', () => {
  it('begins after the time of entering and ends after that of leaving, each moment kept apart', () => {
    const { messages } = live(20, during(1, 8));
    expect(short(messages)).toEqual(['detected v1 3', 'cleared v2 10.5']);
    expect(messages[1]).toMatchObject({
      startedAtMs: T0 + 1000,
      detectedAtMs: T0 + 3000,
      clearedAtMs: T0 + 8000,
    });
    expect(new Set(messages.map(({ id }) => id))).toEqual(new Set([`c-debris-${T0 + 3000}`]));
  });

  it('does not begin for less, and not for a condition that holds now and then', () => {
    expect(live(20, during(1, 2.5)).messages).toEqual([]);
    expect(live(20, (timeS) => (timeS % 1.5 === 0 ? [finding()] : [])).messages).toEqual([]);
  });

  it('counts the time that the rule knows of', () => {
    const { messages } = live(10, during(6, 9, { onset: at(4.5) }));
    expect(short(messages)[0]).toBe('detected v1 6.5');
    expect(messages[0]?.startedAtMs).toBe(T0 + 4500);
  });

  it('is kept open, but not opened, by what only has not left', () => {
    const stays = during(4, 12, { holds: 'stay' });
    expect(live(20, stays).messages).toEqual([]);
    const { messages } = live(20, (timeS) => (timeS < 4 ? [finding()] : stays(timeS)));
    expect(short(messages)).toEqual(['detected v1 2', 'cleared v2 14.5']);
  });

  it('ends at once when it is over for certain', () => {
    const { messages } = live(20, (timeS) => [finding({ holds: timeS < 5 ? 'enter' : 'over' })]);
    expect(short(messages)).toEqual(['detected v1 2', 'cleared v2 5']);
  });

  it('goes on when the same comes back soon, and is another one later or elsewhere', () => {
    const soon = live(40, (timeS) => [
      ...during(0, 5)(timeS),
      ...during(9, 15, { subject: 'b' })(timeS),
    ]).messages;
    expect(short(soon)).toEqual(['detected v1 2', 'cleared v2 7.5', 'updated v3 11', 'cleared v4 17.5']);
    expect(soon[2]?.clearedAtMs).toBeUndefined();
    const late = live(40, (timeS) => [...during(0, 5)(timeS), ...during(20, 26)(timeS)]).messages;
    expect(new Set(late.map(({ id }) => id)).size).toBe(2);
    const box = [300, 100, 340, 140] as const;
    const elsewhere = live(40, (timeS) => [
      ...during(0, 5)(timeS),
      ...during(9, 15, { subject: 'b', box })(timeS),
    ]);
    expect(new Set(elsewhere.messages.map(({ id }) => id)).size).toBe(2);
  });

  it('is handed on to another identity at its place without waiting', () => {
    const { messages } = live(20, (timeS) => [
      ...during(0, 5)(timeS),
      ...during(6, 12, { subject: 'b' })(timeS),
    ]);
    expect(short(messages)).toEqual(['detected v1 2', 'cleared v2 14.5']);
  });

  it('is updated every ten seconds, rarer with age, and at once when it gets worse', () => {
    const { messages } = live(30, () => [finding()]);
    expect(short(messages)).toEqual(['detected v1 2', 'updated v2 12', 'updated v3 22']);
    const worse = live(5, (timeS) => [finding({ severity: timeS < 3.5 ? 'low' : 'high' })]).messages;
    expect(short(worse)).toEqual(['detected v1 2', 'updated v2 3.5']);
    const day = live(86_400 / 4, () => [finding()]).messages;
    expect(day.length).toBeLessThan(80);
  });

  it('lasts through an outage, and is closed when that is too long', () => {
    const life = new IncidentLife({ camera: 'c', maxBlindMs: 60_000 });
    live(5, () => [finding()], life);
    expect(life.advanceTo(T0 + 40_000)).toEqual([]);
    // Watched again after 45 s: the thing has three seconds to show itself.
    expect(life.observe({ ...at(45), watchedSince: at(45) }, [])).toEqual([]);
    expect(life.observe({ ...at(47), watchedSince: at(45) }, [finding()])).toHaveLength(0);
    expect(life.open).toBe(1);
    const [closed] = life.advanceTo(T0 + 200_000);
    expect(closed).toMatchObject({ state: 'cleared', clearedAtMs: T0 + 47_000, updatedAtMs: T0 + 107_000 });
    expect(closed?.measures.unseenS).toBe(60);
    expect(life.open).toBe(0);
  });

  it('takes an operator’s verdict, also a late one', () => {
    const { life, messages } = live(5, () => [finding()]);
    const id = messages[0]?.id ?? '';
    expect(life.confirm(id, T0 + 6000)).toMatchObject({
      state: 'confirmed',
      probability: 'certain',
      version: 2,
    });
    expect(life.observe(at(30), [finding()])[0]).toMatchObject({ state: 'confirmed', version: 3 });
    const [cleared] = life.flush();
    expect(cleared).toMatchObject({ state: 'cleared', probability: 'certain' });
    const rejected = life.reject(id, T0 + 90_000);
    expect(rejected).toMatchObject({ state: 'rejected', version: 5, clearedAtMs: cleared?.clearedAtMs });
    expect(life.reject('another', 0)).toBeUndefined();
  });

  it('says nothing more of a rejected one but its end', () => {
    const { life, messages } = live(5, () => [finding()]);
    life.reject(messages[0]?.id ?? '', T0 + 6000);
    expect(life.observe(at(40), [finding({ severity: 'critical' })])).toEqual([]);
    expect(life.observe(at(44), [])).toMatchObject([{ state: 'rejected', clearedAtMs: T0 + 44_000 }]);
  });

  it('opens no more than so many at once, and counts the rest', () => {
    const things = Array.from({ length: 5 }, (_, i) =>
      finding({ subject: `${i}`, box: [i * 100, 0, i * 100 + 20, 20] }),
    );
    const life = new IncidentLife({ camera: 'c', maxOpen: 3 });
    const { messages } = live(2, () => things, life);
    expect(messages).toHaveLength(3);
    expect(new Set(messages.map(({ id }) => id)).size).toBe(3);
    expect(life.refused).toBe(2);
  });

  it('keeps its messages legal whatever happens', () => {
    const step = fc.record({
      stepMs: fc.integer({ min: 0, max: 4000 }),
      clockMs: fc.integer({ min: -2000, max: 6000 }),
      blind: fc.boolean(),
      act: fc.constantFrom('none', 'none', 'none', 'reset', 'confirm', 'reject', 'advance'),
      found: fc.array(
        fc.record({
          subject: fc.constantFrom('a', 'b', 'c'),
          holds: fc.constantFrom('enter', 'enter', 'enter', 'stay', 'over'),
          x: fc.constantFrom(0, 30, 400),
          severity: fc.constantFrom('low', 'high'),
        }),
        { maxLength: 3 },
      ),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const run = () => {
          const life = new IncidentLife({ camera: 'c', maxBlindMs: 20_000, maxOpen: 2 });
          const messages: Incident[] = [];
          let [cameraTimeMs, capturedAtMs] = [0, T0];
          for (const { stepMs, clockMs, blind, act, found } of steps) {
            cameraTimeMs += stepMs;
            capturedAtMs += clockMs;
            const moment = { cameraTimeMs, capturedAtMs };
            const bySubject = new Map(found.map((one) => [one.subject, one]));
            messages.push(
              ...life.observe(
                { ...moment, ...(blind ? { watchedSince: moment } : {}) },
                [...bySubject.values()].map(({ subject, holds, x, severity }) =>
                  finding({
                    subject,
                    holds: holds as Finding['holds'],
                    severity: severity as Finding['severity'],
                    box: [x, 0, x + 40, 40],
                  }),
                ),
              ),
            );
            const id = messages.at(-1)?.id ?? '';
            if (act === 'reset') life.reset();
            else if (act === 'confirm') messages.push(...[life.confirm(id, capturedAtMs) ?? []].flat());
            else if (act === 'reject') messages.push(...[life.reject(id, capturedAtMs) ?? []].flat());
            else if (act === 'advance') messages.push(...life.advanceTo(capturedAtMs + 15_000));
          }
          return [...messages, ...life.flush()];
        };
        const messages = run();
        expect(run()).toEqual(messages);
        for (const message of messages) expect(incidentSchema.parse(message)).toEqual(message);
        for (const one of grouped(messages)) checkLife(one);
      }),
      { numRuns: 300 },
    );
  });
});

function grouped(messages: readonly Incident[]): Incident[][] {
  const byId = new Map<string, Incident[]>();
  for (const message of messages) byId.set(message.id, [...(byId.get(message.id) ?? []), message]);
  return [...byId.values()];
}

function checkLife(messages: readonly Incident[]): void {
  expect(messages.map(({ version }) => version)).toEqual(messages.map((_, i) => i + 1));
  expect(messages[0]?.state).toBe('detected');
  for (const [i, message] of messages.entries()) {
    const before = messages[i - 1];
    if (before === undefined) continue;
    expect(message.state).not.toBe('detected');
    expect(message.updatedAtMs).toBeGreaterThanOrEqual(before.updatedAtMs);
    expect([message.startedAtMs, message.detectedAtMs]).toEqual([before.startedAtMs, before.detectedAtMs]);
    // Cleared once: between two ends it went on.
    if (before.state === 'cleared') expect(message.state).not.toBe('cleared');
  }
  // Whatever began has ended.
  expect(messages.at(-1)?.clearedAtMs).toBeDefined();
}
