// Wheel and fingers on a plot: the wheel and two fingers zoom, one finger moves along.

import { movedBy, zoomedBy } from './plot-types.ts';

type Range = readonly [number, number];

export type Gestures = {
  readonly range: () => Range;
  /** At once, while fingers move. */
  readonly show: (range: Range) => void;
  /** When they rest. */
  readonly settle: (range: Range) => void;
};

const WHEEL_STEP = 1.2;
const SETTLE_MS = 350;
/** A finger moves along once it has gone sideways so far, px; up and down it scrolls the page. */
const LEAST_MOVE = 8;

/** Gives the function that ends it. */
export function listenForGestures(area: HTMLElement, { range, show, settle }: Gestures): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let begin: { range: Range; touches: readonly number[]; moving: boolean } | null = null;
  const places = ({ touches }: TouchEvent) => {
    const { left, width } = area.getBoundingClientRect();
    return Array.from(touches, ({ clientX }) => (clientX - left) / width);
  };
  const wheel = (event: WheelEvent) => {
    if (event.deltaY === 0) return;
    event.preventDefault();
    const { left, width } = area.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - left) / width));
    const next = zoomedBy(range(), event.deltaY > 0 ? WHEEL_STEP : 1 / WHEEL_STEP, share);
    show(next);
    clearTimeout(timer);
    timer = setTimeout(() => settle(next), SETTLE_MS);
  };
  const down = (event: TouchEvent) => {
    begin = { range: range(), touches: places(event), moving: false };
  };
  const move = (event: TouchEvent) => {
    if (begin === null) return;
    const now = places(event);
    const [a, b] = begin.touches;
    const [c, d] = now;
    if (a === undefined || c === undefined) return;
    if (b !== undefined && d !== undefined) {
      event.preventDefault();
      const factor = Math.abs(a - b) / Math.max(0.02, Math.abs(c - d));
      const middle = (a + b) / 2;
      begin.moving = true;
      show(movedBy(zoomedBy(begin.range, factor, middle), middle - (c + d) / 2));
      return;
    }
    if (now.length > 1) return;
    if (!begin.moving && Math.abs(c - a) * area.clientWidth < LEAST_MOVE) return;
    if (event.cancelable) event.preventDefault();
    begin.moving = true;
    show(movedBy(begin.range, a - c));
  };
  const up = (event: TouchEvent) => {
    if (begin?.moving && event.touches.length === 0) settle(range());
    begin = event.touches.length === 0 ? null : { range: range(), touches: places(event), moving: true };
  };
  area.addEventListener('wheel', wheel, { passive: false });
  area.addEventListener('touchstart', down, { passive: true });
  area.addEventListener('touchmove', move, { passive: false });
  area.addEventListener('touchend', up);
  area.addEventListener('touchcancel', up);
  return () => {
    clearTimeout(timer);
    area.removeEventListener('wheel', wheel);
    area.removeEventListener('touchstart', down);
    area.removeEventListener('touchmove', move);
    area.removeEventListener('touchend', up);
    area.removeEventListener('touchcancel', up);
  };
}
