// The intelligent-driver model: how hard to accelerate, given what is in front.
// Treiber, Hennecke, Helbing: "Congested traffic states in empirical observations and microscopic
// simulations", Physical Review E 62 (2000).

import type { Traits } from './traits.ts';

/** What is in front: free metres to it, and its speed along the own way (negative when it comes nearer). */
export type Lead = { readonly gapM: number; readonly speedMs: number };

const HARDEST_BRAKING_MS2 = 8;

export function accelerationMs2(
  traits: Traits,
  speedMs: number,
  desiredMs: number,
  lead: Lead | undefined,
): number {
  const free = 1 - (speedMs / Math.max(0.1, desiredMs)) ** 4;
  let interaction = 0;
  if (lead) {
    const closing = speedMs * (speedMs - lead.speedMs);
    const dynamic =
      speedMs * traits.timeGapS + closing / (2 * Math.sqrt(traits.accelerationMs2 * traits.brakingMs2));
    const wanted = traits.standGapM + Math.max(0, dynamic);
    interaction = (wanted / Math.max(0.3, lead.gapM)) ** 2;
  }
  // Above the desired speed the free term alone would brake like an emergency stop.
  const relaxed = Math.max(free, -1.5);
  return Math.max(-HARDEST_BRAKING_MS2, traits.accelerationMs2 * (relaxed - interaction));
}
