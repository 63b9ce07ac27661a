// What was said of the counts of a line, kept in this browser, and which intervals were looked through to their end.

import type { RoadUser } from '../../api/types.ts';
import { ROAD_USERS } from '../../api/types.ts';
import type { Audit, Missed, Summary, Tally, Verdict } from './audit.ts';

/** An interval that somebody has looked through. */
export type Checked = {
  readonly fromMs: number;
  readonly toMs: number;
  /** How much of it the scan shows. */
  readonly recordedMs: number;
  readonly summary: Summary;
};

export type KeptAudit = Audit & { readonly checked: readonly Checked[] };

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Of one line, some 60 B each; the oldest are forgotten. */
const MAX_KEPT = 5000;
const MAX_CHECKED = 500;

export function readAudit(storage: Store, line: string): KeptAudit {
  const kept = parsed(storage, line);
  const verdicts = Object.entries(objectOf(kept.verdicts)).flatMap(([key, value]) => {
    const verdict = verdictOf(value);
    return verdict === undefined ? [] : [[key, verdict] as const];
  });
  return {
    verdicts: new Map(verdicts),
    missed: listOf(kept.missed).filter(isMissed),
    checked: listOf(kept.checked).filter(isChecked),
  };
}

/** Where the browser keeps nothing it holds until the page is left. */
export function keepAudit(storage: Store, line: string, { verdicts, missed, checked }: KeptAudit): void {
  try {
    if (verdicts.size === 0 && missed.length === 0 && checked.length === 0) {
      storage.removeItem(keyFor(line));
      return;
    }
    const kept = {
      verdicts: Object.fromEntries([...verdicts].slice(-MAX_KEPT)),
      missed: missed.slice(-MAX_KEPT),
      checked: checked.slice(-MAX_CHECKED),
    };
    storage.setItem(keyFor(line), JSON.stringify(kept));
  } catch {
    // Full or forbidden: it is still on the screen.
  }
}

/** With one more; it takes the place of those that it overlaps. */
export function withChecked(checked: readonly Checked[], one: Checked): Checked[] {
  const others = checked.filter(({ fromMs, toMs }) => toMs <= one.fromMs || fromMs >= one.toMs);
  return [...others, one].sort((a, b) => a.fromMs - b.fromMs);
}

function keyFor(line: string): string {
  return `ngatu.slit-scan.${line}`;
}

function parsed(storage: Store, line: string): Readonly<Record<string, unknown>> {
  try {
    return objectOf(JSON.parse(storage.getItem(keyFor(line)) ?? '{}'));
  } catch {
    return {};
  }
}

function verdictOf(value: unknown): Verdict | undefined {
  const { is, roadUser } = objectOf(value);
  if (is === 'nobody' || is === 'twice' || is === 'way') return { is };
  return is === 'class' && isRoadUser(roadUser) ? { is, roadUser } : undefined;
}

function isMissed(value: unknown): value is Missed {
  const { atMs, along, roadUser } = objectOf(value);
  return isNumber(atMs) && isNumber(along) && isRoadUser(roadUser);
}

function isChecked(value: unknown): value is Checked {
  const { fromMs, toMs, recordedMs, summary } = objectOf(value);
  const { all, byClass } = objectOf(summary);
  const isClass = (one: unknown) => isRoadUser(objectOf(one).roadUser) && isTally(objectOf(one).tally);
  return [fromMs, toMs, recordedMs].every(isNumber) && isTally(all) && listOf(byClass).every(isClass);
}

function isTally(value: unknown): value is Tally {
  const { counted, found, wrong, missed, of } = objectOf(value);
  return [counted, found, wrong, missed, of].every(isNumber);
}

function isRoadUser(value: unknown): value is RoadUser {
  return ROAD_USERS.some((roadUser) => roadUser === value);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
