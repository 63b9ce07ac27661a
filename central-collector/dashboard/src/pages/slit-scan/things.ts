// Everything that has a mark on the strips: passages that were counted, and road users that somebody saw without a mark.

import type { RoadUser } from '../../api/types.ts';
import { type Audit, keyOf, type Missed, type Verdict } from './audit.ts';
import type { Scan, ShownPassage } from './scan.ts';

export type Thing =
  | {
      readonly kind: 'counted';
      readonly key: string;
      readonly atMs: number;
      readonly along: number | null;
      readonly passage: ShownPassage;
      readonly verdict: Verdict | undefined;
    }
  | {
      readonly kind: 'missed';
      readonly key: string;
      readonly atMs: number;
      readonly along: number;
      readonly missed: Missed;
    };

/** In the order of time. */
export function thingsOf({ passages, fromMs, toMs }: Scan, { verdicts, missed }: Audit): Thing[] {
  const counted = passages.map((passage): Thing => {
    const key = keyOf(passage);
    const { atMs, along } = passage;
    return { kind: 'counted', key, atMs, along, passage, verdict: verdicts.get(key) };
  });
  const unseen = missed
    .filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
    .map(
      (one): Thing => ({
        kind: 'missed',
        key: missedKey(one),
        ...{ atMs: one.atMs, along: one.along },
        missed: one,
      }),
    );
  return [...counted, ...unseen].sort((a, b) => a.atMs - b.atMs || (a.key < b.key ? -1 : 1));
}

export function missedKey({ atMs, along }: Missed): string {
  return `missed-${atMs}-${along}`;
}

/** What it really is, as far as is said; null for nobody. */
export function reallyIs(thing: Thing): RoadUser | null {
  if (thing.kind === 'missed') return thing.missed.roadUser;
  const { verdict, passage } = thing;
  if (verdict === undefined || verdict.is === 'way') return passage.roadUser;
  return verdict.is === 'class' ? verdict.roadUser : null;
}

/** The next one, or the one before; the ends stay where they are. */
export function neighbour(things: readonly Thing[], key: string, step: 1 | -1): Thing | undefined {
  const at = things.findIndex((thing) => thing.key === key);
  return things[Math.min(things.length - 1, Math.max(0, at + step))];
}
