// A straight and even motion through places and times, by least squares: how fast, and how far it is off.

export type EvenMotion = {
  /** Units of the places a second. */
  readonly x: number;
  readonly y: number;
  /** Mean of the places. */
  readonly middle: readonly [number, number];
  /** Root mean square distance between the places and the motion, in their unit. */
  readonly error: number;
  /** Standard error of the speed, units a second. */
  readonly speedError: number;
};

/** Undefined for fewer than three places, or for places that are not known. */
export function evenMotionOf(
  places: readonly { readonly timeS: number; readonly x: number; readonly y: number }[],
): EvenMotion | undefined {
  const count = places.length;
  if (count < 3) return undefined;
  let [timeS, x, y] = [0, 0, 0];
  for (const place of places) {
    timeS += place.timeS / count;
    x += place.x / count;
    y += place.y / count;
  }
  let [times, alongX, alongY] = [0, 0, 0];
  for (const place of places) {
    const after = place.timeS - timeS;
    times += after * after;
    alongX += after * (place.x - x);
    alongY += after * (place.y - y);
  }
  const [speedX, speedY] = [alongX / times, alongY / times];
  let squares = 0;
  for (const place of places) {
    const after = place.timeS - timeS;
    squares += (place.x - x - speedX * after) ** 2 + (place.y - y - speedY * after) ** 2;
  }
  if (!Number.isFinite(squares)) return undefined;
  return {
    x: speedX,
    y: speedY,
    middle: [x, y],
    error: Math.sqrt(squares / count),
    speedError: Math.sqrt(squares / (count - 2) / times),
  };
}
