// Pixels that belong together.

/** A connected set of pixels; coordinates are those of its box, `x2` and `y2` beyond its last pixel. */
export type Blob = {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly pixels: number;
};

/**
 * Sets of set pixels that touch by sides or corners, in the order of their first pixels.
 *
 * @param set `[height, width]` 1 where set
 * @param inside indices that may be set, rising
 */
export function blobsOf(set: Uint8Array, inside: Int32Array, width: number): Blob[] {
  const left = Uint8Array.from(set);
  const height = set.length / width;
  const blobs: Blob[] = [];
  for (const start of inside) {
    if (left[start] === 0) continue;
    left[start] = 0;
    const queue = [start];
    let [x1, y1, x2, y2] = [width, height, 0, 0];
    for (const at of queue) {
      const x = at % width;
      const y = (at - x) / width;
      x1 = Math.min(x1, x);
      y1 = Math.min(y1, y);
      x2 = Math.max(x2, x + 1);
      y2 = Math.max(y2, y + 1);
      for (let nextY = Math.max(0, y - 1); nextY <= Math.min(height - 1, y + 1); nextY++) {
        for (let nextX = Math.max(0, x - 1); nextX <= Math.min(width - 1, x + 1); nextX++) {
          const next = nextY * width + nextX;
          if (left[next] === 1) {
            left[next] = 0;
            queue.push(next);
          }
        }
      }
    }
    blobs.push({ x1, y1, x2, y2, pixels: queue.length });
  }
  return blobs;
}
