// The lens bends the picture: radial distortion, taken out before and put in after the plane geometry.
//
// Undistorted radius = r (1 + k1 r²), from the middle of the picture, with r = 1 in its corners; k1 > 0 is a barrel.

export type PictureSize = { readonly width: number; readonly height: number };

/** Three or four rounds are usual. The last step is a small share of a pixel squared. */
const MOST_ROUNDS = 20;
const SETTLED = 1e-7;

type Point = readonly [number, number];

/** Where a pinhole would show what the lens shows at a point. */
export function undistort(size: PictureSize, distortion: number, [x, y]: Point): Point {
  const dx = x - size.width / 2;
  const dy = y - size.height / 2;
  const scale = 1 + (distortion * (dx * dx + dy * dy) * 4) / (size.width ** 2 + size.height ** 2);
  return [size.width / 2 + dx * scale, size.height / 2 + dy * scale];
}

/** Newton's method; the distortion is monotone as far as pictures reach and the range that checkPoints allows. */
export function distort(size: PictureSize, distortion: number, [x, y]: Point): Point {
  const corner = Math.hypot(size.width, size.height) / 2;
  const dx = x - size.width / 2;
  const dy = y - size.height / 2;
  const wanted = Math.hypot(dx, dy) / corner;
  if (distortion === 0 || wanted === 0) return [x, y];
  let r = Math.min(wanted, 1.2);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const square = distortion * r * r;
    const step = (r + r * square - wanted) / (1 + 3 * square);
    r -= step;
    if (Math.abs(step) < SETTLED) break;
  }
  return [size.width / 2 + (dx * r) / wanted, size.height / 2 + (dy * r) / wanted];
}
