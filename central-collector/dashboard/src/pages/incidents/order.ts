// In which order the active incidents stand. While somebody points at the list or works in it, rows keep their places:
// what an operator is about to press must not become another incident.

import type { IncidentAnswer } from '../../../../api/schemas/incidents.ts';
import { SEVERITIES } from '../../api/types.ts';

/** Nobody has answered for it yet first; then the worst, then the newest. */
export function byUrgency(a: IncidentAnswer, b: IncidentAnswer): number {
  return (
    Number(a.acknowledged !== null) - Number(b.acknowledged !== null) ||
    SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
    Date.parse(b.detectedAt) - Date.parse(a.detectedAt) ||
    (a.id < b.id ? -1 : 1)
  );
}

/**
 * Ids in the order of display. `held`: those of `before` keep their places and new ones come after them; otherwise all
 * are put in order. Ids that are no longer in `incidents` are left out.
 */
export function orderOf(
  before: readonly string[],
  incidents: ReadonlyMap<string, IncidentAnswer>,
  held: boolean,
): string[] {
  const sorted = [...incidents.values()].sort(byUrgency).map(({ id }) => id);
  if (!held) return sorted;
  const kept = before.filter((id) => incidents.has(id));
  const places = new Set(kept);
  return [...kept, ...sorted.filter((id) => !places.has(id))];
}

/** The row that is chosen when the keys j and k go on from another; the next in place of one that went. */
export function neighbour(order: readonly string[], chosen: string | null, step: 1 | -1): string | null {
  const place = chosen === null ? -1 : order.indexOf(chosen);
  if (place < 0) return (step === 1 ? order[0] : order.at(-1)) ?? null;
  return order[Math.min(order.length - 1, Math.max(0, place + step))] ?? null;
}

/** What is chosen after a change of the list: the same, or what stands at its place now. */
export function keepChosen(
  before: readonly string[],
  order: readonly string[],
  chosen: string | null,
): string | null {
  if (chosen === null || order.includes(chosen)) return chosen;
  const place = before.indexOf(chosen);
  return order[Math.min(Math.max(0, place), order.length - 1)] ?? null;
}
