// Pan and zoom by mouse, touch and keyboard.

import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import { type Pixel, panBy, type Size, type View, zoomAt } from './projection.ts';

const KEY_PX = 80;
/** Further is no click but a movement. */
const CLICK_PX = 5;
const WHEEL_STEPS_PER_PX = 1 / 240;

type Change = (next: (view: View) => View) => void;

/** Listens on the element for as long as it is there. */
export function useMapGestures(
  element: RefObject<HTMLElement>,
  size: Size,
  change: Change,
  { fitAll, click }: { readonly fitAll: () => void; readonly click: 'nothing' | 'moves-there' },
): void {
  useEffect(() => {
    const map = element.current;
    if (map === null) return;
    const pointers = new Map<number, Pixel>();
    /** Where a finger or the mouse went down that is alone. */
    let began: Pixel | undefined;
    const middle = { x: size.width / 2, y: size.height / 2 };

    const place = ({ clientX, clientY }: MouseEvent): Pixel => {
      const { left, top } = map.getBoundingClientRect();
      return { x: clientX - left, y: clientY - top };
    };
    const down = (event: PointerEvent) => {
      if (event.target instanceof Element && event.target.closest('a, button') !== null) return;
      map.setPointerCapture(event.pointerId);
      began = pointers.size === 0 ? place(event) : undefined;
      pointers.set(event.pointerId, place(event));
    };
    const move = (event: PointerEvent) => {
      const before = pointers.get(event.pointerId);
      if (before === undefined) return;
      const now = place(event);
      if (began !== undefined && Math.hypot(now.x - began.x, now.y - began.y) > CLICK_PX) began = undefined;
      const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
      pointers.set(event.pointerId, now);
      if (other === undefined) {
        change((view) => panBy(view, { x: now.x - before.x, y: now.y - before.y }));
        return;
      }
      const spread = (a: Pixel) => Math.max(1, Math.hypot(a.x - other.x, a.y - other.y));
      const between = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
      change((view) =>
        zoomAt(
          panBy(view, { x: (now.x - before.x) / 2, y: (now.y - before.y) / 2 }),
          size,
          Math.log2(spread(now) / spread(before)),
          between,
        ),
      );
    };
    const up = (event: PointerEvent) => {
      const now = pointers.get(event.pointerId);
      pointers.delete(event.pointerId);
      if (click === 'nothing' || event.type !== 'pointerup' || now === undefined || began === undefined)
        return;
      began = undefined;
      // What was under the pointer has moved with it.
      change((view) => panBy(view, { x: middle.x - now.x, y: middle.y - now.y }));
    };
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      change((view) => zoomAt(view, size, -event.deltaY * WHEEL_STEPS_PER_PX, place(event)));
    };
    const twice = (event: MouseEvent) => change((view) => zoomAt(view, size, 1, place(event)));
    const press = (event: KeyboardEvent) => {
      if (event.target !== map || event.ctrlKey || event.metaKey || event.altKey) return;
      const pan = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      if (pan !== undefined) {
        change((view) => panBy(view, { x: (pan[0] ?? 0) * KEY_PX, y: (pan[1] ?? 0) * KEY_PX }));
      } else if (event.key === '+' || event.key === '=') change((view) => zoomAt(view, size, 0.5, middle));
      else if (event.key === '-') change((view) => zoomAt(view, size, -0.5, middle));
      else if (event.key === '0') fitAll();
      else return;
      event.preventDefault();
    };

    map.addEventListener('pointerdown', down);
    map.addEventListener('pointermove', move);
    map.addEventListener('pointerup', up);
    map.addEventListener('pointercancel', up);
    map.addEventListener('wheel', wheel, { passive: false });
    map.addEventListener('dblclick', twice);
    map.addEventListener('keydown', press);
    return () => {
      map.removeEventListener('pointerdown', down);
      map.removeEventListener('pointermove', move);
      map.removeEventListener('pointerup', up);
      map.removeEventListener('pointercancel', up);
      map.removeEventListener('wheel', wheel);
      map.removeEventListener('dblclick', twice);
      map.removeEventListener('keydown', press);
    };
  }, [element, size, change, fitAll, click]);
}
