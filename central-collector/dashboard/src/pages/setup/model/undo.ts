// What was done to a text, to be undone and done again. Steps of one gesture (a drag, typing) are one step.

export type Step = { readonly text: string; readonly gesture: string | undefined };

export type Undo = {
  readonly past: readonly Step[];
  readonly now: Step;
  readonly future: readonly Step[];
};

/** More steps than anybody goes back; the oldest are forgotten. */
const MOST_STEPS = 500;

export function startUndo(text: string): Undo {
  return { past: [], now: { text, gesture: undefined }, future: [] };
}

/** @param gesture steps with the same one, directly after each other, become one; undefined: a step of its own */
export function changed(undo: Undo, text: string, gesture?: string): Undo {
  if (text === undo.now.text) return undo;
  const now = { text, gesture };
  if (gesture !== undefined && gesture === undo.now.gesture) return { ...undo, now, future: [] };
  return { past: [...undo.past, undo.now].slice(-MOST_STEPS), now, future: [] };
}

/** The gesture is over: the next one of the same name is a step of its own. */
export function settled(undo: Undo): Undo {
  return undo.now.gesture === undefined ? undo : { ...undo, now: { ...undo.now, gesture: undefined } };
}

export function undone({ past, now, future }: Undo): Undo {
  const before = past.at(-1);
  return before === undefined
    ? { past, now, future }
    : { past: past.slice(0, -1), now: { ...before, gesture: undefined }, future: [now, ...future] };
}

export function redone({ past, now, future }: Undo): Undo {
  const [next, ...rest] = future;
  return next === undefined
    ? { past, now, future }
    : { past: [...past, now], now: { ...next, gesture: undefined }, future: rest };
}
