// Lost cargo that a detector takes for a vehicle: it appears where nobody drove up, never moves, and is lower than any
// vehicle at its place would be.

import { grown, sharedArea } from '../boxes.ts';
import type { Finding } from './finding.ts';
import { timingOf } from './rules.ts';
import { isFastRoad } from './severity.ts';
import type { Member, Traffic } from './traffic.ts';

/** Lower than this share of a usual car's box: no car is so much smaller (footprint.ts; 1 % of moving cars' boxes at most). */
const LOW_SHARE = 0.6;
/** In this share of the looks, of which there are at least so many: what is half hidden looks low for a while. */
const LOW_LOOKS_SHARE = 0.8;
const LEAST_LOOKS = 10;
/** Nobody whose box, grown by this share on each side, touches it: others may hide a part of it. */
const AROUND_SHARE = 0.25;
/** The box says no more of what it is. */
const CONFIDENCE = 0.49;

export class LyingThings {
  readonly #looks = new Map<number, { low: number; all: number }>();

  /** Those that are no road users at all; to be asked once a frame. */
  among({ members, everybody, carriageway }: Traffic): ReadonlySet<Member> {
    const along = carriageway.groundDirection;
    const lying = new Set<Member>();
    if (along === undefined) return lying;
    for (const member of members) {
      const { view, isVehicle, hasMoved } = member;
      if (!isVehicle || hasMoved) {
        this.#looks.delete(view.id);
        continue;
      }
      const looks = this.#looks.get(view.id) ?? { low: 0, all: 0 };
      this.#looks.set(view.id, looks);
      const isAlone = !everybody.some(
        ({ id, box }) => id !== view.id && sharedArea(grown(box, AROUND_SHARE), view.box) > 0,
      );
      const stands = view.motion.standsSince !== undefined;
      const share =
        stands && view.seen && isAlone ? carriageway.fit?.heightShare(view.box, 'car', along) : undefined;
      if (share !== undefined) {
        looks.all++;
        if (share < LOW_SHARE) looks.low++;
      }
      if (looks.all >= LEAST_LOOKS && looks.low >= LOW_LOOKS_SHARE * looks.all) lying.add(member);
    }
    return lying;
  }

  forget(ids: readonly number[]): void {
    for (const id of ids) this.#looks.delete(id);
  }

  clear(): void {
    this.#looks.clear();
  }
}

export function findingsOf(lying: ReadonlySet<Member>, { carriageway }: Traffic): Finding[] {
  const { rules, road, speedLimitKmh, name } = carriageway;
  return [...lying].map(({ view, lane }) => ({
    kind: 'debris',
    subject: `${name} track ${view.id}`,
    holds: view.seen && carriageway.holdsStanding(view) ? 'enter' : 'stay',
    onset: view.firstSeen,
    severity: isFastRoad(road, speedLimitKmh) ? 'high' : 'medium',
    confidence: Math.min(CONFIDENCE, view.confidence),
    timing: timingOf(rules.debris, 1.5),
    region: name,
    ...(lane === undefined ? {} : { lane }),
    tracks: [view.track],
    box: view.box,
    measures: { widthM: (view.box[2] - view.box[0]) * carriageway.metresAcrossPx(view.anchor) },
  }));
}
