// The small grey picture in which faults of the camera and things left on the road are looked for. Made before the
// planes go to the detector, whose thread may take their memory.

import type { Frame, FrameGeometry, FrameShape, Region, Thumbnail } from './frame.ts';
import { placement, type Size } from './frame-geometry.ts';
import { measureEdges } from './picture-edges.ts';

export type ThumbnailOptions = {
  /** The model's input, whose planes the frames have. */
  readonly shape: FrameShape;
  /** As in SourceOptions: what part of the picture is analysed, and the size of picture that it refers to. */
  readonly region?: Region;
  readonly picture?: Size;
};

/** Longer side of a thumbnail in pixels: a car at the end of the road is still a few of them. */
const LONGER_SIDE = 160;

/** Never more often than this, ms: four a second are enough for anything that has to last for seconds. */
const LEAST_STEP_MS = 240;

/** Every second row is added up: half the work, and a mean of six pixels instead of ten, say, is as good a mean. */
const ROW_STEP = 2;

/** Luma of BT.601 in 1/256. */
const RED = 77;
const GREEN = 150;
const BLUE = 29;

/**
 * Gives a thumbnail of a frame at most four times a second of camera time. One instance a camera; call `make` for every
 * frame before the frame is handed to the detector.
 */
export class ThumbnailMaker {
  readonly #options: ThumbnailOptions;
  #lastMs: number | undefined;
  #plan: Plan | undefined;

  constructor(options: ThumbnailOptions) {
    this.#options = options;
  }

  /** Undefined while the previous one is younger than a quarter of a second. Reads `frame.planes`, keeps nothing of them. */
  make(frame: Frame): Thumbnail | undefined {
    const last = this.#lastMs;
    if (last !== undefined && frame.cameraTimeMs >= last && frame.cameraTimeMs - last < LEAST_STEP_MS) {
      return undefined;
    }
    this.#lastMs = frame.cameraTimeMs;
    let plan = this.#plan;
    if (plan?.geometry !== frame.geometry) {
      plan = planOf(frame.geometry, this.#options);
      this.#plan = plan;
    }
    return shrink(frame.planes, plan);
  }
}

/** Where the pixels of a thumbnail lie in the planes: the same for all frames of one geometry. */
type Plan = {
  readonly geometry: FrameGeometry;
  readonly colourOrder: FrameShape['colourOrder'];
  readonly inputWidth: number;
  readonly planeSize: number;
  /** `[width + 1]` columns and `[height + 1]` rows of the input at which the pixels begin. */
  readonly columns: Int32Array;
  readonly rows: Int32Array;
  /** Sums of one row of the thumbnail over its rows of the input, a number a column of the input. */
  readonly sums: Int32Array;
};

function planOf(geometry: FrameGeometry, { shape, region, picture }: ThumbnailOptions): Plan {
  const source = { width: geometry.sourceWidth, height: geometry.sourceHeight };
  const { scaled, offsetX, offsetY } = placement(source, shape, region, picture);
  const ratio = Math.min(1, LONGER_SIDE / Math.max(scaled.width, scaled.height));
  return {
    geometry,
    colourOrder: shape.colourOrder,
    inputWidth: shape.width,
    planeSize: shape.width * shape.height,
    columns: starts(offsetX, scaled.width, ratio),
    rows: starts(offsetY, scaled.height, ratio),
    sums: new Int32Array(scaled.width),
  };
}

/** Where each of `length * ratio` pixels of a thumbnail begins, and where the last one ends. */
function starts(offset: number, length: number, ratio: number): Int32Array {
  const count = Math.max(1, Math.round(length * ratio));
  return Int32Array.from({ length: count + 1 }, (_, at) => offset + Math.round((at * length) / count));
}

/** The mean luma of the input's pixels under each pixel of the thumbnail. */
function shrink(planes: Uint8Array, plan: Plan): Thumbnail {
  const { geometry, columns, rows, sums, inputWidth, planeSize } = plan;
  const [first, third] = plan.colourOrder === 'rgb' ? [RED, BLUE] : [BLUE, RED];
  const width = columns.length - 1;
  const height = rows.length - 1;
  const left = columns[0] ?? 0;
  const pictureWidth = sums.length;
  const luma = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const top = rows[y] ?? 0;
    const bottom = rows[y + 1] ?? 0;
    sums.fill(0);
    for (let row = top; row < bottom; row += ROW_STEP) {
      let a = row * inputWidth + left;
      let b = a + planeSize;
      let c = b + planeSize;
      for (let x = 0; x < pictureWidth; x++) {
        sums[x] =
          (sums[x] as number) +
          first * (planes[a++] as number) +
          GREEN * (planes[b++] as number) +
          third * (planes[c++] as number);
      }
    }
    for (let x = 0; x < width; x++) {
      const from = (columns[x] ?? 0) - left;
      const to = (columns[x + 1] ?? 0) - left;
      let sum = 0;
      for (let column = from; column < to; column++) sum += sums[column] as number;
      luma[y * width + x] = sum / (256 * (to - from) * Math.ceil((bottom - top) / ROW_STEP));
    }
  }
  return {
    width,
    height,
    luma,
    scaleX: (geometry.scaleX * width) / pictureWidth,
    scaleY: (geometry.scaleY * height) / ((rows[height] ?? 0) - (rows[0] ?? 0)),
    originX: geometry.originX,
    originY: geometry.originY,
    edges: measureEdges(planes.subarray(planeSize, 2 * planeSize), inputWidth, {
      x: left,
      y: rows[0] ?? 0,
      width: pictureWidth,
      height: (rows[height] ?? 0) - (rows[0] ?? 0),
    }),
  };
}
