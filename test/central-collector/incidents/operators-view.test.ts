import { describe, expect, it } from 'vitest';
import { withEvent, withVerdicts } from '../../../central-collector/incidents/incident-record.ts';
import type { Verdict } from '../../../central-collector/incidents/verdict.ts';
import type { Incident } from '../../../contract/index.ts';
import { BOX, incident, T0 } from './samples.ts';

let number = 0;

/** Given when the camera's newest known version was `version`, of this severity. */
function said(verdict: Verdict['verdict'], version: number, more: Partial<Verdict> = {}): Verdict {
  number += 1;
  return {
    ...{ number, ...BOX, camera: 'nga-tu-1', kind: 'stopped-vehicle', incident: 'i-1', verdict, by: 'an' },
    ...{ atMs: T0 + version * 10_000 + 1000, version, severity: 'low', ...more },
  };
}

/** Versions and verdicts in all orders give one view. */
function viewOf(events: readonly Incident[], verdicts: readonly Verdict[]) {
  const orders = [events, events.toReversed(), [...events, ...events]];
  const views = orders.flatMap((order) => {
    const record = order.reduce(
      (before: ReturnType<typeof withEvent> | undefined, event) => withEvent(before, BOX, event),
      undefined,
    );
    if (record === undefined) throw new Error('expected an event');
    return [
      withVerdicts(record, verdicts).view,
      verdicts.toReversed().reduce((before, verdict) => withVerdicts(before, [verdict]), record).view,
    ];
  });
  for (const view of views) expect(view).toEqual(views[0]);
  return views[0];
}

describe('an incident', () => {
  it('is active until the camera clears it', () => {
    expect(viewOf([incident(1), incident(2)], [])).toMatchObject({ state: 'active', clearedAtMs: null });
    const cleared = viewOf([incident(1), incident(2), incident(3, { state: 'cleared' })], []);
    expect(cleared).toMatchObject({ state: 'cleared', clearedAtMs: T0 + 20_000, clearedBy: null });
  });

  it('is active again when the camera sees the same thing again soon after its end', () => {
    const again = viewOf([incident(1), incident(2, { state: 'cleared' }), incident(3)], []);
    expect(again).toMatchObject({ state: 'active', clearedAtMs: null });
  });

  it('is what the highest version says, whatever came last', () => {
    const late = [incident(3, { state: 'cleared' }), incident(1), incident(2)];
    expect(viewOf(late, [])).toMatchObject({ state: 'cleared' });
  });

  it('is over when a box was told that there is nothing, though it gives no end', () => {
    const view = viewOf([incident(1), incident(2, { state: 'rejected' })], []);
    expect(view).toMatchObject({ state: 'cleared', verdict: 'false-alarm', clearedAtMs: T0 + 10_000 });
  });
});

describe('an operator', () => {
  it('who acknowledges leaves it active; the first one counts', () => {
    const view = viewOf(
      [incident(1), incident(2)],
      [said('acknowledge', 1), said('acknowledge', 2, { by: 'binh' })],
    );
    expect(view).toMatchObject({ state: 'active', acknowledged: { by: 'an', atMs: T0 + 11_000 } });
  });

  it.each(['confirm', 'false-alarm', 'clear'] as const)('who gives the verdict %s has seen it', (verdict) => {
    expect(viewOf([incident(1)], [said(verdict, 1)])?.acknowledged).toMatchObject({ by: 'an' });
  });

  it('who notes something says nothing about having seen the alarm', () => {
    const view = viewOf([incident(1)], [said('note', 1, { note: 'police informed' })]);
    expect(view).toMatchObject({ acknowledged: null, notes: 1, state: 'active' });
  });

  it('clears by hand what the camera still reports, and it stays closed while the camera says the same', () => {
    const view = viewOf([incident(1), incident(2), incident(3)], [said('clear', 2)]);
    expect(view).toMatchObject({ state: 'cleared', clearedBy: 'an', clearedAtMs: T0 + 21_000 });
  });

  it('stays who cleared it when the camera says so later', () => {
    const view = viewOf([incident(1), incident(2), incident(4, { state: 'cleared' })], [said('clear', 2)]);
    expect(view).toMatchObject({ state: 'cleared', clearedBy: 'an' });
  });

  it('who clears what the camera cleared before did not clear it', () => {
    const view = viewOf([incident(1), incident(2, { state: 'cleared' })], [said('clear', 2)]);
    expect(view).toMatchObject({ state: 'cleared', clearedBy: null, clearedAtMs: T0 + 10_000 });
  });

  it('is asked again when what was cleared by hand gets worse: active, and not acknowledged', () => {
    const worse = incident(3, { severity: 'high' });
    const view = viewOf([incident(1), incident(2), worse], [said('clear', 2)]);
    expect(view).toMatchObject({ state: 'active', acknowledged: null, clearedBy: null });
  });

  it('who saw that it got worse and cleared it then is not asked again', () => {
    const events = [
      incident(1),
      incident(2),
      incident(3, { severity: 'high' }),
      incident(4, { severity: 'high' }),
    ];
    const view = viewOf(events, [
      said('clear', 2),
      said('acknowledge', 3),
      said('clear', 3, { severity: 'high' }),
    ]);
    // The first "clear" opened again with version 3; the second one knew of it.
    expect(view?.state).toBe('cleared');
  });

  it('is asked again when what was cleared by hand ended and began anew', () => {
    const events = [incident(1), incident(2), incident(3, { state: 'cleared' }), incident(4)];
    expect(viewOf(events, [said('clear', 2)])).toMatchObject({ state: 'active', acknowledged: null });
  });

  it('who cleared what was over already is asked again when it begins anew', () => {
    const events = [incident(1), incident(2, { state: 'cleared' }), incident(3)];
    expect(viewOf(events, [said('clear', 2)])?.state).toBe('active');
  });

  it('who clears a false alarm leaves it a false alarm', () => {
    const events = [incident(1), incident(2), incident(3, { severity: 'high' })];
    const view = viewOf(events, [said('false-alarm', 1), said('clear', 2, { by: 'binh' })]);
    expect(view).toMatchObject({ state: 'cleared', verdict: 'false-alarm', clearedBy: 'an' });
  });

  it('is asked again for what came late and was told before the verdict, but was not known then', () => {
    const late = incident(3, { severity: 'high', updatedAtMs: T0 + 15_000 });
    const view = viewOf([incident(1), incident(2), late], [said('clear', 2, { atMs: T0 + 30_000 })]);
    expect(view).toMatchObject({ state: 'active', acknowledged: null });
  });

  it('who calls it a false alarm closes it for good, whatever the camera says later', () => {
    const events = [incident(1), incident(2), incident(3, { severity: 'critical' })];
    const view = viewOf(events, [said('false-alarm', 1)]);
    expect(view).toMatchObject({ state: 'cleared', verdict: 'false-alarm', clearedBy: 'an' });
    const anew = [...events, incident(4, { state: 'cleared' }), incident(5)];
    expect(viewOf(anew, [said('false-alarm', 1)])?.state).toBe('cleared');
  });

  it('takes a false alarm back by confirming it', () => {
    const view = viewOf([incident(1), incident(2)], [said('false-alarm', 1), said('confirm', 2)]);
    expect(view).toMatchObject({ state: 'active', verdict: 'confirmed', clearedBy: null });
  });

  it('takes a clear back by confirming what the camera still reports', () => {
    const view = viewOf([incident(1), incident(2)], [said('clear', 1), said('confirm', 2)]);
    expect(view).toMatchObject({ state: 'active', verdict: 'confirmed' });
  });

  it('may judge what is over, which opens nothing', () => {
    const view = viewOf([incident(1), incident(2, { state: 'cleared' })], [said('confirm', 2)]);
    expect(view).toMatchObject({ state: 'cleared', verdict: 'confirmed', clearedBy: null });
  });

  it('has the last word of two', () => {
    const one = said('confirm', 1, { atMs: T0 + 11_000 });
    const other = said('false-alarm', 1, { atMs: T0 + 11_000, by: 'binh' });
    expect(viewOf([incident(1)], [one, other])).toMatchObject({ verdict: 'false-alarm', clearedBy: 'binh' });
  });
});
