// How two boxes overlap, for whatever judges detections against truth.

/** x1, y1, x2, y2 in pixels, x1 <= x2 and y1 <= y2. */
export type Box = readonly [number, number, number, number];

/** Area of the overlap over that of the union, 0..1; 0 when the boxes only touch or have no area. */
export function iou(a: Box, b: Box): number {
  const shared = sharedArea(a, b);
  return shared === 0 ? 0 : shared / (areaOf(a) + areaOf(b) - shared);
}

/** Share of `box` that lies in `region`, 0..1; 0 when it only touches or has no area. */
export function insideShare(box: Box, region: Box): number {
  const shared = sharedArea(box, region);
  return shared === 0 ? 0 : shared / areaOf(box);
}

export function areaOf([x1, y1, x2, y2]: Box): number {
  return (x2 - x1) * (y2 - y1);
}

function sharedArea(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  return width > 0 && height > 0 ? width * height : 0;
}
