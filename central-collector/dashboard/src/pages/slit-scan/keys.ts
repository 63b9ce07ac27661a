// What keys do on a mark: to the next one, a verdict on it, and moving one that was added.

import { ROAD_USERS } from '../../api/types.ts';
import { neighbour, type Thing } from './things.ts';
import type { AuditWork } from './use-audit.ts';

export type Choosing = {
  readonly chosen: string | null;
  /** `focus`: also puts the keyboard there. */
  choose(key: string | null, focus?: boolean): void;
};

/** Of a mark that is moved, with Shift. */
const STEP_MS = 100;
const STEP_ALONG = 0.02;

/** Whether the key was meant for the mark. */
export function keyOnMark(
  event: KeyboardEvent,
  thing: Thing,
  things: readonly Thing[],
  work: AuditWork,
  { choose }: Choosing,
): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.shiftKey) return thing.kind === 'missed' && move(event.key, thing, work, choose);
  const to = (next: Thing | undefined) => {
    if (next !== undefined) choose(next.key, true);
  };
  const actions: Record<string, () => void> = {
    ArrowRight: () => to(neighbour(things, thing.key, 1)),
    ArrowLeft: () => to(neighbour(things, thing.key, -1)),
    Home: () => to(things[0]),
    End: () => to(things.at(-1)),
    Escape: () => choose(null),
    ...(thing.kind === 'counted'
      ? {
          n: () => work.judge(thing.key, { is: 'nobody' }),
          t: () => work.judge(thing.key, { is: 'twice' }),
          r: () => work.judge(thing.key, { is: 'way' }),
          0: () => work.judge(thing.key, undefined),
        }
      : {
          Delete: () => {
            const next = neighbour(things, thing.key, 1);
            work.changeMissed(thing.key, undefined);
            choose(next === undefined || next.key === thing.key ? null : next.key, true);
          },
        }),
  };
  const roadUser = ROAD_USERS[Number(event.key) - 1];
  const action =
    actions[event.key] ?? (roadUser === undefined ? undefined : () => sayIs(thing, roadUser, work, choose));
  action?.();
  return action !== undefined;
}

/** It is such a road user: right, where it was counted as one. */
export function sayIs(
  thing: Thing,
  roadUser: (typeof ROAD_USERS)[number],
  work: AuditWork,
  choose: Choosing['choose'],
): void {
  if (thing.kind === 'missed') choose(work.changeMissed(thing.key, { roadUser }), true);
  else work.judge(thing.key, thing.passage.roadUser === roadUser ? undefined : { is: 'class', roadUser });
}

function move(
  key: string,
  { key: mark, missed }: Extract<Thing, { kind: 'missed' }>,
  work: AuditWork,
  choose: Choosing['choose'],
): boolean {
  const change = {
    ArrowLeft: { atMs: missed.atMs - STEP_MS },
    ArrowRight: { atMs: missed.atMs + STEP_MS },
    ArrowUp: { along: missed.along - STEP_ALONG },
    ArrowDown: { along: missed.along + STEP_ALONG },
  }[key];
  if (change === undefined) return false;
  choose(work.changeMissed(mark, change), true);
  return true;
}
