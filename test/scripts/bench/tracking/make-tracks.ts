// Builds sequences for the tests of tracking scores: boxes of 10x10 at places that do not touch.

import type { FramePair, IdentifiedBox } from '../../../../scripts/bench/tracking/scored-sequence.ts';
import type { Box } from '../../../../scripts/models/box-overlap.ts';

/** Box number `place` of a row of boxes; `height` of 10 px or less is its overlap with the whole one, in tenths. */
export function boxAt(place: number, height = 10): Box {
  return [place * 100, 0, place * 100 + 10, height];
}

/** Who is where in a frame: `{ 1: 0 }` is identity 1 at place 0. */
type Places = Readonly<Record<number, number>>;

/** The same frame a number of times. */
export function frames(count: number, truths: Places, tracks: Places): FramePair[] {
  return Array.from({ length: count }, () => ({ truths: identified(truths), tracks: identified(tracks) }));
}

function identified(places: Places): IdentifiedBox[] {
  return Object.entries(places).map(([id, place]) => ({ id: Number(id), box: boxAt(place) }));
}
