// Numbers that may not look live when they are not: greyed, struck through and with their age as soon as the page is
// cut off or they themselves are old.

import type { ComponentChildren } from 'preact';
import { connection, nowMs } from '../live/stream.ts';
import { common } from '../words/common.ts';
import { formatDuration, NONE } from '../words/formats.ts';

export type StaleProps = {
  /** Up to when the numbers are known to hold. */
  readonly at: string | number | null;
  /** Older than this they are stale, however live the connection is. */
  readonly limitMs: number;
  readonly children: ComponentChildren;
};

/** Whether the page gets the present. Components that show live numbers grey them when this is false. */
export function isLive(): boolean {
  return connection.value.state === 'live';
}

/** Age by the centre's clock, ms; null without a moment. */
export function ageMs(at: string | number | null): number | null {
  if (at === null) return null;
  return Math.max(0, nowMs.value - (typeof at === 'number' ? at : Date.parse(at)));
}

export function isStale(at: string | number | null, limitMs: number): boolean {
  const age = ageMs(at);
  return !isLive() || age === null || age > limitMs;
}

export function Stale({ at, limitMs, children }: StaleProps) {
  if (!isStale(at, limitMs)) return <>{children}</>;
  return (
    <span class="stale">
      <s>{children}</s> <Age at={at} />
    </span>
  );
}

/** `3 min ago`, moving on with the clock. */
export function Age({ at }: { readonly at: string | number | null }) {
  const age = ageMs(at);
  return <span class="age">{age === null ? NONE : common('ago', { age: formatDuration(age) })}</span>;
}
