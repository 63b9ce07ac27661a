// What the still part of a camera's picture usually looks like: learned from its backgrounds, slowly, so that it follows
// the seasons of a day but not a knock against the mast.

import type { GradientField } from './picture-gradient.ts';
import { bestShift, type EdgePoints, thinned } from './picture-registration.ts';

/** A cell of the grid in which edges are looked for, thumbnail pixels. */
export const CELL = 10;

/** Backgrounds, one a second, after which the oldest have faded: half an hour for edges, two minutes for how well they show. */
const EDGE_MEMORY = 1800;
const CELL_MEMORY = 120;

/** Cells with a smaller sum of squared edges have nothing to lose: bare road, sky. */
const LEAST_STRUCTURE = 4;

/** Points of a cell and of the whole reference, strongest first. */
const POINTS_IN_CELL = 10;
const LEAST_POINT = 0.3;
/** Fewer points than this tell nothing of where the camera looks: fog, darkness, an empty wall. */
export const LEAST_POINTS = 60;

/** So many of them tell how well a picture fits. */
const FIT_POINTS = 700;

/** How the edges of a cell compare with those that it used to have. */
export type CellLook = {
  /** Has edges that could be lost. */
  readonly structured: boolean;
  /** Share of the learned edges that is there, about 0..1. */
  readonly kept: number;
  /** What `kept` has been lately. */
  readonly usuallyKept: number;
  /** Strength of all its edges, and what that has been lately. */
  readonly energy: number;
  readonly usualEnergy: number;
  /** Mean luma, and what that has been lately. */
  readonly luma: number;
  readonly usualLuma: number;
};

export class PictureReference {
  readonly width: number;
  readonly height: number;
  readonly #x: Float32Array;
  readonly #y: Float32Array;
  readonly #times: Uint16Array;
  readonly #columns: number;
  readonly #rows: number;
  readonly #usual: { kept: number; energy: number; luma: number; times: number }[];
  #learned = 0;
  #points: EdgePoints | undefined;
  #pointsAt = 0;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.#x = new Float32Array(width * height);
    this.#y = new Float32Array(width * height);
    this.#times = new Uint16Array(width * height);
    this.#columns = Math.floor(width / CELL);
    this.#rows = Math.floor(height / CELL);
    this.#usual = Array.from({ length: this.#columns * this.#rows }, () => ({
      kept: 0,
      energy: 0,
      luma: 0,
      times: 0,
    }));
  }

  /** Backgrounds learned so far. */
  get learned(): number {
    return this.#learned;
  }

  learn(field: GradientField, looks: readonly CellLook[]): void {
    const { x, y, known } = field;
    for (let at = 0; at < x.length; at++) {
      if ((known[at] as number) === 0) continue;
      const times = Math.min(EDGE_MEMORY, (this.#times[at] as number) + 1);
      this.#times[at] = times;
      const share = 1 / times;
      const oldX = this.#x[at] as number;
      const oldY = this.#y[at] as number;
      this.#x[at] = oldX + ((x[at] as number) - oldX) * share;
      this.#y[at] = oldY + ((y[at] as number) - oldY) * share;
    }
    for (const [cell, usual] of this.#usual.entries()) {
      const look = looks[cell];
      if (look === undefined) continue;
      usual.times = Math.min(CELL_MEMORY, usual.times + 1);
      const share = 1 / usual.times;
      usual.energy += (look.energy - usual.energy) * share;
      usual.luma += (look.luma - usual.luma) * share;
      usual.kept += (look.kept - usual.kept) * share;
    }
    this.#learned++;
  }

  /** Its lasting edges, spread over the picture. Chosen anew when enough has been learned since. */
  points(): EdgePoints {
    if (this.#points === undefined || this.#learned >= this.#pointsAt * 1.25) {
      this.#points = this.#choosePoints();
      this.#pointsAt = Math.max(4, this.#learned);
    }
    return this.#points;
  }

  /** `shift`: where the learned edges lie now, a sway that is none of a fault's. */
  looks(
    field: GradientField,
    luma: Uint8Array,
    shift: { readonly dx: number; readonly dy: number },
  ): CellLook[] {
    return this.#usual.map((usual, cell) => {
      const left = (cell % this.#columns) * CELL;
      const top = Math.floor(cell / this.#columns) * CELL;
      let known = 0;
      let structure = 0;
      let dot = 0;
      let energy = 0;
      let sum = 0;
      for (let y = top; y < top + CELL; y++) {
        for (let x = left; x < left + CELL; x++) {
          const at = y * this.width + x;
          const there = (y + shift.dy) * this.width + x + shift.dx;
          sum += luma[at] as number;
          if (field.known[there] !== 1) continue;
          known++;
          const rx = this.#x[at] as number;
          const ry = this.#y[at] as number;
          const fx = field.x[there] as number;
          const fy = field.y[there] as number;
          structure += rx * rx + ry * ry;
          dot += rx * fx + ry * fy;
          energy += fx * fx + fy * fy;
        }
      }
      const whole = CELL * CELL;
      // Half of it hidden behind traffic: nothing is known of it.
      const structured = known >= whole / 2 && structure >= (LEAST_STRUCTURE * known) / whole;
      return {
        structured,
        kept: structure === 0 ? 1 : Math.min(1, dot / structure),
        usuallyKept: usual.kept,
        energy: known === 0 ? usual.energy : (energy * whole) / known,
        usualEnergy: usual.energy,
        luma: sum / whole,
        usualLuma: usual.luma,
      };
    });
  }

  /** Correlation with the learned edges, at the best of the shifts of a pixel that wind and heat bring about. */
  fit(field: GradientField): { dx: number; dy: number; score: number } {
    return bestShift(field, thinned(this.points(), FIT_POINTS), {
      dx: 0,
      dy: 0,
      reachX: 1,
      reachY: 1,
      step: 1,
    });
  }

  #choosePoints(): EdgePoints {
    const chosen: number[] = [];
    for (let cell = 0; cell < this.#usual.length; cell++) {
      const left = (cell % this.#columns) * CELL;
      const top = Math.floor(cell / this.#columns) * CELL;
      const strong: { at: number; length: number }[] = [];
      for (let y = top; y < top + CELL; y++) {
        for (let x = left; x < left + CELL; x++) {
          const at = y * this.width + x;
          const length = Math.hypot(this.#x[at] as number, this.#y[at] as number);
          if (length >= LEAST_POINT) strong.push({ at, length });
        }
      }
      strong.sort((a, b) => b.length - a.length);
      for (const { at } of strong.slice(0, POINTS_IN_CELL)) chosen.push(at);
    }
    return {
      count: chosen.length,
      x: Int16Array.from(chosen, (at) => at % this.width),
      y: Int16Array.from(chosen, (at) => Math.floor(at / this.width)),
      gradientX: Float32Array.from(chosen, (at) => this.#x[at] as number),
      gradientY: Float32Array.from(chosen, (at) => this.#y[at] as number),
    };
  }
}
