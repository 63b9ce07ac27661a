// Where the pixels of a band across a counting line lie in an analysed frame: worked out once, read for every frame.

import type { CountingLine, Point } from '../analytics/counting-line.ts';
import type { FrameGeometry, FrameShape } from '../source/frame.ts';

/** Pixels along a line: fewer show nothing, more only cost. */
const LEAST_HEIGHT = 32;
const MOST_HEIGHT = 256;

export type LineBand = {
  /** Pixels along the line, 32..256: as many as the line is long in the frame. */
  readonly height: number;
  /** Pixels across it. */
  readonly columns: number;
  /** `[columns, height]`: index of each pixel in one of the frame's planes. Columns in the order of time, pixels from `from` to `to`. */
  readonly offsets: Int32Array;
};

export type LineBandOptions = {
  readonly line: Pick<CountingLine, 'from' | 'to'>;
  /** Which way a place of the line is driven, 0 at its `from`, 1 at its `to`. */
  readonly wayAt: (along: number) => 'left' | 'right';
  /** Size that the line's coordinates refer to. */
  readonly picture: { readonly width: number; readonly height: number };
  readonly shape: Pick<FrameShape, 'width' | 'height'>;
  readonly geometry: FrameGeometry;
  readonly columns: number;
};

/**
 * What drives over a line comes with its front first, and time runs to the right: so columns lie side by side against the way
 * it is driven, and a vehicle's parts in a block are in the order of the blocks.
 *
 * ```
 *     ▲ driven        columns of one frame,      side by side
 *   ══╪══════ line    0 is the farthest on its   ┌─┬─┬─┬─┐
 *     │               way                        │0│1│2│3│ → time
 * ```
 * Who comes the other way is put together of mirrored stripes. A line that leaves the frame shows the frame's edge there.
 */
export function lineBand({ line, wayAt, picture, shape, geometry, columns }: LineBandOptions): LineBand {
  const from = inFrame(line.from, picture, geometry);
  const to = inFrame(line.to, picture, geometry);
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy);
  const height = Math.max(LEAST_HEIGHT, Math.min(MOST_HEIGHT, Math.round(length)));
  // As far apart across the line as along it.
  const step = length > 0 ? length / height : 0;
  const toRight = length > 0 ? { x: -dy / length, y: dx / length } : { x: 0, y: 0 };
  const offsets = new Int32Array(columns * height);
  for (let row = 0; row < height; row++) {
    const along = (row + 0.5) / height;
    const way = wayAt(along) === 'left' ? -1 : 1;
    for (let column = 0; column < columns; column++) {
      const ahead = ((columns - 1) / 2 - column) * step * way;
      const x = clamped(from.x + along * dx + ahead * toRight.x, shape.width);
      const y = clamped(from.y + along * dy + ahead * toRight.y, shape.height);
      offsets[column * height + row] = y * shape.width + x;
    }
  }
  return { height, columns, offsets };
}

/** From the coordinates of the camera's file to pixels of the frame. */
function inFrame(
  [x, y]: readonly [number, number],
  picture: { readonly width: number; readonly height: number },
  geometry: FrameGeometry,
): Point {
  const { sourceWidth, sourceHeight, scaleX, scaleY, offsetX, offsetY, originX, originY } = geometry;
  return {
    x: ((x * sourceWidth) / picture.width - originX) * scaleX + offsetX,
    y: ((y * sourceHeight) / picture.height - originY) * scaleY + offsetY,
  };
}

function clamped(value: number, size: number): number {
  return Math.max(0, Math.min(size - 1, Math.floor(value)));
}
