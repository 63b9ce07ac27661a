// How sharp a picture is: measured on its edges, so that fog and darkness, which take contrast, do not count as blur.

import type { EdgeMeasure, Region } from './frame.ts';

/** Every so many rows one is measured: a camera's blur is the same in all of them. */
const ROW_STEP = 4;

/** Pixels over which a difference is an edge. */
const REACH = 4;

/** Difference over REACH pixels, grey levels: far above the noise of a sensor, which would look sharp. */
const EDGE_LEVELS = 24;

/**
 * Looks along rows of one plane for differences over 4 pixels, and how they are made up:
 *
 * ```
 *   sharp:  ▁▁▁███  d = 0 0 1 0   Σd² / (Σd)² = 1
 *   soft:   ▁▂▄▆▇█  d = ¼ ¼ ¼ ¼   Σd² / (Σd)² = 0.25
 * ```
 * `plane` is `[height, width]` uint8; only `area` of it is looked at.
 */
export function measureEdges(plane: Uint8Array, width: number, area: Region): EdgeMeasure {
  let places = 0;
  let edges = 0;
  let steepness = 0;
  for (let y = area.y; y < area.y + area.height; y += ROW_STEP) {
    const end = y * width + area.x + area.width - REACH;
    for (let at = y * width + area.x; at < end; at += 2) {
      places++;
      const a = plane[at] as number;
      const e = plane[at + REACH] as number;
      const rise = e - a;
      if (rise < EDGE_LEVELS && rise > -EDGE_LEVELS) continue;
      const b = plane[at + 1] as number;
      const c = plane[at + 2] as number;
      const d = plane[at + 3] as number;
      const sum = (b - a) * (b - a) + (c - b) * (c - b) + (d - c) * (d - c) + (e - d) * (e - d);
      edges++;
      steepness += Math.min(1, sum / (rise * rise));
    }
  }
  return { share: places === 0 ? 0 : edges / places, sharpness: edges === 0 ? undefined : steepness / edges };
}
