// Tells a camera that was moved from one that is partly covered, and both from a change of light: by which of the
// learned edges are still there, what is there instead, and whether they are all there in another place.

import { type GradientField, widened } from './picture-gradient.ts';
import type { PictureLook } from './picture-look.ts';
import type { CellLook, PictureReference } from './picture-reference.ts';
import { type Alignment, bestShift, correlation, thinned, turned } from './picture-registration.ts';

export type ViewLook = {
  readonly finding?: PictureLook;
  /** Something is not as usual: nothing is learned from it. */
  readonly doubtful: boolean;
  /** Correlation of the coarse picture with the learned one, 0..1. */
  readonly layout: number;
  readonly looks: readonly CellLook[];
};

/** A cell has lost its edges when less than this share of what it usually keeps is left, and when it usually keeps some. */
const LOST_SHARE = 0.4;
const USUALLY_KEPT = 0.4;

/** Share of the structured cells that must be lost before anything is said at all. */
const LOST_CELLS = 0.25;
/** Share that is lost when the camera looks elsewhere. */
const ALL_CELLS = 0.75;

/** Edges left in the lost cells, of what they used to have: less is a cover, more another view. */
const FLAT_SHARE = 0.5;

/** Coarse layouts that correlate so well show the same view, however soft. */
const SAME_LAYOUT = 0.7;

/** Of its luma so much is left where edges were kept: less is another light. */
const DIMMED_SHARE = 0.65;
const LEAST_KEPT = 3;

/** Structured cells needed to say anything. */
const LEAST_CELLS = 6;

/** Doubt without a finding ends after so long, ms: it is a change that stays, such as snow or new road works, and is learned. */
const LONGEST_DOUBT_MS = 120_000;

/** The edges fit there so much better than here. */
const BETTER_BY = 1.5;
const LEAST_FIT = 0.35;
/** A shift that wind does not bring about, pixels of the thumbnail; 1 % of the picture's width. */
const LEAST_SHIFT = 1.6;

/** Looks after which the camera is believed to have moved, and to be back. */
const BELIEVED_LOOKS = 2;

/** Share of the usual correlation at which the view fits again. */
const FITS_SHARE = 0.7;

export class ViewWatch {
  readonly #reference: PictureReference;
  /** Usual correlation with the reference. */
  #usualFit = 0;
  #doubtSinceMs: number | undefined;
  #search: AlignmentSearch | undefined;
  #movedLooks = 0;
  #isMoved = false;
  #fittingLooks = 0;

  constructor(reference: PictureReference) {
    this.#reference = reference;
  }

  update(field: GradientField, luma: Uint8Array, atMs: number, enough: boolean): ViewLook {
    const fit = this.#reference.fit(field);
    const looks = this.#reference.looks(field, luma, fit);
    const layout = layoutOf(looks);
    const cells = looks.filter((look) => look.structured && look.usuallyKept >= USUALLY_KEPT);
    const lost = cells.filter((look) => look.kept < LOST_SHARE * look.usuallyKept);
    const lostShare = cells.length < LEAST_CELLS ? 0 : lost.length / cells.length;
    if (!enough || cells.length < LEAST_CELLS) return { doubtful: false, layout, looks };
    const usual = this.#usualFit;
    const fits = usual === 0 || fit.score >= FITS_SHARE * usual;

    const alignment = this.#findAlignment(field, fit, fits);
    const energy =
      sum(lost, (look) => look.energy) /
      Math.max(
        1e-6,
        sum(lost, (look) => look.usualEnergy),
      );
    const movedAway = alignment !== undefined || (lostShare >= ALL_CELLS && energy >= FLAT_SHARE);
    this.#decideMoved(movedAway, fits && lostShare < LOST_CELLS);
    if (this.#isMoved) {
      return {
        finding: movedFinding(alignment, fit.score / Math.max(usual, 0.01), field.width),
        doubtful: true,
        layout,
        looks,
      };
    }
    if (lostShare < LOST_CELLS && fits) {
      this.#doubtSinceMs = undefined;
      this.#usualFit = usual === 0 ? fit.score : usual + (fit.score - usual) * 0.05;
      return { doubtful: this.#movedLooks > 0, layout, looks };
    }
    this.#doubtSinceMs ??= atMs;
    const covered =
      lostShare >= LOST_CELLS &&
      layoutOf(lost) < SAME_LAYOUT &&
      energy < FLAT_SHARE &&
      !movedAway &&
      !hasDimmed(cells.filter((look) => !lost.includes(look)));
    if (covered) {
      const finding: PictureLook = {
        fault: 'obscured',
        confidence: Math.min(1, 0.5 + lostShare / 2),
        measures: { lostShare, edgesLeftShare: energy },
      };
      return { finding, doubtful: true, layout, looks };
    }
    const doubtful = atMs - this.#doubtSinceMs < LONGEST_DOUBT_MS;
    if (!doubtful) this.#usualFit = usual + (fit.score - usual) * 0.05;
    return { doubtful, layout, looks };
  }

  #decideMoved(movedAway: boolean, back: boolean): void {
    this.#movedLooks = movedAway ? this.#movedLooks + 1 : 0;
    this.#fittingLooks = back ? this.#fittingLooks + 1 : 0;
    if (this.#movedLooks >= BELIEVED_LOOKS) this.#isMoved = true;
    else if (this.#fittingLooks >= BELIEVED_LOOKS) this.#isMoved = false;
  }

  /** Where the edges are instead, when they are clearly not where they were. */
  #findAlignment(
    field: GradientField,
    fit: { readonly dx: number; readonly dy: number; readonly score: number },
    fits: boolean,
  ): Alignment | undefined {
    const points = this.#reference.points();
    if (fits && !this.#isMoved && fit.dx === 0 && fit.dy === 0) {
      this.#search = undefined;
      return undefined;
    }
    // A small shift, cheap to see.
    const near = bestShift(field, thinned(points, 400), { dx: 0, dy: 0, reachX: 3, reachY: 3, step: 1 });
    if (Math.hypot(near.dx, near.dy) >= LEAST_SHIFT) {
      const score = correlation(field, points, near.dx, near.dy);
      const stays = correlation(field, points, 0, 0);
      if (score >= LEAST_FIT && score >= BETTER_BY * stays && Math.hypot(near.dx, near.dy) < 4) {
        this.#search = undefined;
        return { dx: near.dx, dy: near.dy, rotationDeg: 0, zoom: 1, score };
      }
    }
    if (fits && !this.#isMoved) {
      this.#search = undefined;
      return undefined;
    }
    this.#search ??= new AlignmentSearch();
    const found = this.#search.step(field, this.#reference);
    return found !== undefined && found.score >= LEAST_FIT && found.score >= BETTER_BY * fit.score
      ? found
      : undefined;
  }
}

/** Turns that are tried one after another, a look each, so that no frame waits long. */
const TURNS: readonly (readonly [number, number])[] = [
  [0, 1],
  [3, 1],
  [-3, 1],
  [6, 1],
  [-6, 1],
  [0, 1.12],
  [0, 0.9],
  [9, 1],
  [-9, 1],
];

/** Once all turns have been tried, one is tried again every so many looks: what was not found is not likely to be. */
const SLOW_LOOKS = 15;

const A_PIXEL = { reachX: 1, reachY: 1, step: 1 };

/** Looks for the place of the learned edges over the whole picture, a turn a step, then round again. */
class AlignmentSearch {
  #looks = 0;
  #at = 0;
  #best: Alignment | undefined;

  step(field: GradientField, reference: PictureReference): Alignment | undefined {
    const all = reference.points();
    const best = this.#best;
    // Measured anew, for the picture may have changed since.
    const again =
      best === undefined
        ? undefined
        : {
            ...best,
            ...bestShift(field, turned(all, field, best.rotationDeg, best.zoom), { ...best, ...A_PIXEL }),
          };
    this.#best = again;
    const looks = this.#looks++;
    if (looks >= TURNS.length && looks % SLOW_LOOKS > 0) return again;
    const [rotationDeg, zoom] = TURNS[this.#at++ % TURNS.length] ?? [0, 1];
    const { width, height } = field;
    const few = turned(thinned(all, 200), field, rotationDeg, zoom);
    const wide = { dx: 0, dy: 0, reachX: Math.round(0.4 * width), reachY: Math.round(0.4 * height), step: 2 };
    const coarse = bestShift(widened(field), few, wide);
    const fine = bestShift(field, turned(all, field, rotationDeg, zoom), {
      ...coarse,
      reachX: 2,
      reachY: 2,
      step: 1,
    });
    const now = { ...fine, rotationDeg, zoom };
    this.#best = again !== undefined && again.score >= now.score ? again : now;
    return this.#best;
  }
}

/** What is still there is darker too: then it is the light that went, not a cover that came. */
function hasDimmed(kept: readonly CellLook[]): boolean {
  if (kept.length < LEAST_KEPT) return false;
  return sum(kept, (look) => look.luma) < DIMMED_SHARE * sum(kept, (look) => look.usualLuma);
}

function movedFinding(alignment: Alignment | undefined, fitShare: number, width: number): PictureLook {
  return {
    fault: 'moved',
    confidence: alignment === undefined ? 0.7 : Math.min(1, 0.5 + alignment.score / 2),
    measures: {
      fitShare,
      ...(alignment === undefined
        ? {}
        : {
            shiftXShare: alignment.dx / width,
            shiftYShare: alignment.dy / width,
            rotationDeg: alignment.rotationDeg,
            zoom: alignment.zoom,
          }),
    },
  };
}

/** Correlation of the cells' mean luma with the usual one. */
function layoutOf(looks: readonly CellLook[]): number {
  const mean = sum(looks, (look) => look.luma) / looks.length;
  const usualMean = sum(looks, (look) => look.usualLuma) / looks.length;
  const both = sum(looks, (look) => (look.luma - mean) * (look.usualLuma - usualMean));
  const now = sum(looks, (look) => (look.luma - mean) ** 2);
  const usual = sum(looks, (look) => (look.usualLuma - usualMean) ** 2);
  return now * usual === 0 ? 0 : Math.max(0, both / Math.sqrt(now * usual));
}

function sum<T>(list: readonly T[], value: (item: T) => number): number {
  let total = 0;
  for (const item of list) total += value(item);
  return total;
}
