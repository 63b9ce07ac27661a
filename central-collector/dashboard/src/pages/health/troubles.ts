// What is wrong with a box, judged from what it reports. Each trouble has words that say what to do. Pure.

import type { BoxAnswer } from '../../../../api/schemas/places.ts';

export type Trouble = {
  readonly is: TroubleKind;
  /** `note`: when somebody has time. */
  readonly grade: 'bad' | 'warn' | 'note';
  /** Of a camera, its name on the box. */
  readonly camera?: string;
  /** What the words need; ms, shares and counts are formatted by who shows them. */
  readonly value?: number;
};

export type TroubleKind =
  | 'lost'
  | 'stopped'
  | 'unknown'
  | 'silent'
  | 'problem'
  | 'dropped'
  | 'waiting'
  | 'missing'
  | 'cpu'
  | 'hot'
  | 'clock'
  | 'version'
  | 'noPicture'
  | 'framesDropped'
  | 'slow';

/** One broken thing outweighs warnings, however many a box can have. */
const WEIGHTS = { bad: 100, warn: 1, note: 0 } as const;
/** Reports come every 10 s. */
const SILENT_MS = 60_000;
/** Batches go at most a second after their events; after five minutes the link does not keep up. */
const WAITING_MS = 5 * 60_000;
const FULL_CPU = 0.95;
/** Small boards slow themselves down from about 80 °C. */
const HOT_C = 80;
const TOO_HOT_C = 90;
/** Counts of a quarter hour shift by a share that can be seen. */
const CLOCK_MS = 1000;
/** Of what the camera sent in the last report: beyond it, counting suffers. */
const DROPPED_SHARE = 0.1;
/** Events come to the screen in half a second when all is well. */
const SLOW_MS = 1000;

/** The worst first. @param newest the newest version among the boxes. */
export function troublesOf(box: BoxAnswer, nowMs: number, newest: string | null): Trouble[] {
  const found: Trouble[] = [];
  const { health } = box;
  const online = box.state === 'online';
  if (box.state === 'offline') {
    found.push(box.reason === 'stopped' ? { is: 'stopped', grade: 'warn' } : { is: 'lost', grade: 'bad' });
  }
  if (box.state === 'unknown') found.push({ is: 'unknown', grade: 'warn' });
  if (box.problem !== null) found.push({ is: 'problem', grade: 'bad' });
  if (health !== null) {
    const silentMs = nowMs - Date.parse(health.at);
    if (online && silentMs > SILENT_MS) found.push({ is: 'silent', grade: 'warn', value: silentMs });
    found.push(...delivery(health.outbox, nowMs));
    // What a box that is away said last is no news.
    if (online) found.push(...machine(health), ...pictures(health.cameras));
  }
  if (box.batchesMissing > 0) found.push({ is: 'missing', grade: 'warn', value: box.batchesMissing });
  if (newest !== null && box.version !== null && compareVersions(box.version, newest) < 0) {
    found.push({ is: 'version', grade: 'note' });
  }
  return found.sort((a, b) => WEIGHTS[b.grade] - WEIGHTS[a.grade]);
}

/** Higher is worse; 0: nothing to be done now. */
export function weightOf(troubles: readonly Trouble[]): number {
  return troubles.reduce((sum, { grade }) => sum + WEIGHTS[grade], 0);
}

export function newestVersion(boxes: readonly BoxAnswer[]): string | null {
  const versions = boxes.flatMap(({ version }) =>
    version !== null && NUMBERED.test(version) ? [version] : [],
  );
  return versions.sort(compareVersions).at(-1) ?? null;
}

const NUMBERED = /^\d+(\.\d+)*/;

/** Of numbers between dots: 0.10.0 is newer than 0.9.1. What is no such version is neither newer nor older. */
export function compareVersions(a: string, b: string): number {
  if (!NUMBERED.test(a) || !NUMBERED.test(b)) return 0;
  const [x, y] = [a, b].map((version) => version.split(/[.\-+]/).map(Number));
  for (let i = 0; i < Math.max(x?.length ?? 0, y?.length ?? 0); i++) {
    const difference = (x?.[i] ?? 0) - (y?.[i] ?? 0);
    if (difference !== 0 && !Number.isNaN(difference)) return difference;
  }
  return 0;
}

type Health = NonNullable<BoxAnswer['health']>;

function delivery({ batches, oldestAt, dropped }: Health['outbox'], nowMs: number): Trouble[] {
  const waitingMs = oldestAt === null || batches === 0 ? 0 : nowMs - Date.parse(oldestAt);
  return [
    ...(dropped > 0 ? [{ is: 'dropped', grade: 'bad', value: dropped } as const] : []),
    ...(waitingMs > WAITING_MS ? [{ is: 'waiting', grade: 'warn', value: waitingMs } as const] : []),
  ];
}

function machine({ cpu, temperatureC, clockOffsetMs }: Health): Trouble[] {
  const found: Trouble[] = [];
  if (cpu !== null && cpu >= FULL_CPU) found.push({ is: 'cpu', grade: 'warn', value: cpu });
  if (temperatureC !== null && temperatureC >= HOT_C) {
    found.push({ is: 'hot', grade: temperatureC >= TOO_HOT_C ? 'bad' : 'warn', value: temperatureC });
  }
  if (clockOffsetMs !== null && Math.abs(clockOffsetMs) >= CLOCK_MS) {
    found.push({ is: 'clock', grade: 'bad', value: clockOffsetMs });
  }
  return found;
}

function pictures(cameras: Health['cameras']): Trouble[] {
  return cameras.flatMap(({ camera, fps, framesAnalysed, framesDropped, latencyP95Ms }): Trouble[] => {
    if (fps === 0) return [{ is: 'noPicture', grade: 'bad', camera }];
    const share = framesDropped / Math.max(1, framesAnalysed + framesDropped);
    return [
      ...(share > DROPPED_SHARE
        ? [{ is: 'framesDropped', grade: 'warn', camera, value: share } as const]
        : []),
      ...(latencyP95Ms !== null && latencyP95Ms > SLOW_MS
        ? [{ is: 'slow', grade: 'warn', camera, value: latencyP95Ms } as const]
        : []),
    ];
  });
}
