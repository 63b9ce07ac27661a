// The audit of a line while the page shows it: read from the browser's storage, changed, and kept.

import { useMemo, useRef, useState } from 'preact/hooks';
import type { RoadUser } from '../../api/types.ts';
import { keyOf, type Missed, type Summary, summaryOf, type Verdict } from './audit.ts';
import { type KeptAudit, keepAudit, readAudit, withChecked } from './audit-store.ts';
import type { Scan } from './scan.ts';
import { recordedMs, type Span } from './strips.ts';
import { missedKey } from './things.ts';

export type AuditWork = {
  readonly audit: KeptAudit;
  /** Of the interval that is shown. */
  readonly summary: Summary;
  /** Whether just this interval was looked through. */
  readonly isChecked: boolean;
  /** Whether anything was said of it. */
  readonly isJudged: boolean;
  /** Undefined: it is right. */
  judge(key: string, verdict: Verdict | undefined): void;
  /** Tells the key of its mark. */
  addMissed(one: Missed): string;
  /** Undefined removes it. Tells the key of its mark. */
  changeMissed(key: string, change: Partial<Missed> | undefined): string;
  check(isChecked: boolean): void;
  /** Forgets what was said of the interval that is shown. */
  forget(): void;
};

/** One place is told from another by this much. */
const ALONG_STEP = 1000;

export function useAudit(scan: Scan): AuditWork {
  const line = `${scan.camera}/${scan.line}`;
  const [kept, setKept] = useState(() => readAudit(localStorage, line));
  const seen = useMemo(() => scan.passages.filter(({ isSeen }) => isSeen), [scan]);
  const summary = useMemo(() => summaryOf(seen, kept, scan), [seen, kept, scan]);
  const isThis = ({ fromMs, toMs }: Span) => fromMs === scan.fromMs && toMs === scan.toMs;
  const isChecked = kept.checked.some(isThis);
  const isJudged =
    scan.passages.some((passage) => kept.verdicts.has(keyOf(passage))) ||
    kept.missed.some(({ atMs }) => atMs >= scan.fromMs && atMs < scan.toMs);

  // Of several keys before the page is drawn again each goes on from the one before.
  const newest = useRef(kept);
  const put = (change: Partial<KeptAudit>) => {
    const next = { ...newest.current, ...change };
    // What was looked through and is judged otherwise now counts as it is judged now.
    const checked = next.checked.map((one) =>
      isThis(one) ? { ...one, summary: summaryOf(seen, next, scan) } : one,
    );
    newest.current = { ...next, checked };
    keepAudit(localStorage, line, newest.current);
    setKept(newest.current);
  };

  return {
    audit: kept,
    summary,
    isChecked,
    isJudged,
    judge: (key, verdict) => {
      const verdicts = new Map(newest.current.verdicts);
      verdicts.delete(key);
      if (verdict !== undefined) verdicts.set(key, verdict);
      put({ verdicts });
    },
    addMissed: (one) => {
      const placed = { ...one, along: rounded(one.along), atMs: Math.round(one.atMs) };
      const others = newest.current.missed.filter((other) => missedKey(other) !== missedKey(placed));
      put({ missed: [...others, placed] });
      return missedKey(placed);
    },
    changeMissed: (key, change) => {
      const found = newest.current.missed.find((one) => missedKey(one) === key);
      const others = newest.current.missed.filter((one) => missedKey(one) !== key);
      if (found === undefined || change === undefined) {
        put({ missed: others });
        return key;
      }
      const next = { ...found, ...change };
      const placed: Missed & { readonly roadUser: RoadUser } = {
        roadUser: next.roadUser,
        along: rounded(next.along),
        atMs: Math.round(Math.min(scan.toMs - 1, Math.max(scan.fromMs, next.atMs))),
      };
      put({ missed: [...others, placed] });
      return missedKey(placed);
    },
    check: (isDone) => {
      const { fromMs, toMs } = scan;
      const one = { fromMs, toMs, recordedMs: recordedMs(scan.pieces, scan), summary };
      const checked = isDone
        ? withChecked(newest.current.checked, one)
        : newest.current.checked.filter((other) => !isThis(other));
      put({ checked });
    },
    forget: () => {
      const keys = new Set(scan.passages.map(keyOf));
      put({
        verdicts: new Map([...newest.current.verdicts].filter(([key]) => !keys.has(key))),
        missed: newest.current.missed.filter(({ atMs }) => atMs < scan.fromMs || atMs >= scan.toMs),
        checked: newest.current.checked.filter((one) => !isThis(one)),
      });
    },
  };
}

function rounded(along: number): number {
  return Math.round(Math.min(1, Math.max(0, along)) * ALONG_STEP) / ALONG_STEP;
}
