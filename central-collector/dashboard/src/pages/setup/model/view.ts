// The part of the picture that is seen, in pixels of the picture: zoomed about a point, pushed, never lost.

import { clamp, type Point } from './geometry.ts';
import type { Size } from './ground.ts';

export type View = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

const MOST_ZOOM = 16;
/** So much of the frame may be beyond the picture: points on its edge are easier to take hold of. */
const MARGIN_SHARE = 0.04;

export function wholeOf({ width, height }: Size): View {
  const margin = MARGIN_SHARE * Math.max(width, height);
  return { x: -margin, y: -margin, width: width + 2 * margin, height: height + 2 * margin };
}

/** @param factor above 1 nearer; the point stays where it is */
export function zoomed(view: View, size: Size, factor: number, about: Point): View {
  const whole = wholeOf(size);
  const width = clamp(view.width / factor, whole.width / MOST_ZOOM, whole.width);
  const scale = width / view.width;
  return inFrame(
    {
      x: about[0] - (about[0] - view.x) * scale,
      y: about[1] - (about[1] - view.y) * scale,
      width,
      height: view.height * scale,
    },
    whole,
  );
}

export function pushed(view: View, size: Size, dx: number, dy: number): View {
  return inFrame({ ...view, x: view.x + dx, y: view.y + dy }, wholeOf(size));
}

/** Moved as little as needed for the point to be seen. */
export function showing(view: View, size: Size, [x, y]: Point): View {
  const margin = view.width / 10;
  const dx = Math.min(0, x - margin - view.x) + Math.max(0, x + margin - view.x - view.width);
  const dy = Math.min(0, y - margin - view.y) + Math.max(0, y + margin - view.y - view.height);
  return pushed(view, size, dx, dy);
}

function inFrame(view: View, whole: View): View {
  return {
    ...view,
    x: clamp(view.x, whole.x, whole.x + whole.width - view.width),
    y: clamp(view.y, whole.y, whole.y + whole.height - view.height),
  };
}
