// Colours of the signal groups at a moment, from the layout's fixed-time plan.

import type { SignalPlan } from '../layout/layout.ts';
import type { SignalColour } from './vehicle.ts';

const AMBER_S = 3;

export function signalColours(plan: SignalPlan | undefined, t: number): Record<string, SignalColour> {
  const colours: Record<string, SignalColour> = {};
  for (const { group, greenFromS, greenToS } of plan?.groups ?? []) {
    const phase = modulo(t, plan?.cycleS ?? 1);
    colours[group] =
      phase >= greenFromS && phase < greenToS
        ? 'green'
        : phase >= greenToS && phase < greenToS + AMBER_S
          ? 'amber'
          : 'red';
  }
  return colours;
}

/** Seconds until the group turns green; 0 while it is green or amber. */
export function untilGreenS(plan: SignalPlan, group: string, t: number): number {
  const found = plan.groups.find((candidate) => candidate.group === group);
  if (!found)
    throw new Error(
      `No signal group "${group}"; the plan has ${plan.groups.map((one) => one.group).join(', ')}`,
    );
  const phase = modulo(t, plan.cycleS);
  if (phase >= found.greenFromS && phase < found.greenToS + AMBER_S) return 0;
  return modulo(found.greenFromS - phase, plan.cycleS);
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
