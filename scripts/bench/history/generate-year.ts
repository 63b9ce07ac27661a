// A year of a city's sums by hour, written into InfluxDB as the roll-ups would have made them: a day has two peaks,
// Sundays are quieter, and every camera was away now and then.

import { lineOf } from '../../../central-collector/store/line-protocol.ts';
import { statePoint } from '../../../central-collector/store/rollup-state.ts';
import { createWrite } from '../../../central-collector/store/write-request.ts';
import { ROAD_USERS } from '../../../contract/index.ts';

export type YearOptions = {
  readonly url: string;
  readonly database: string;
  readonly cameras: number;
  readonly lines: number;
  readonly directions: number;
  readonly classes: number;
  /** Whole hours. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly nowMs: number;
  /** Cameras that an earlier run has written. */
  readonly done: number;
  /** After each camera, with how many are written. */
  readonly onCamera: (done: number) => Promise<void>;
};

const HOUR_MS = 3_600_000;
const QUARTER_MS = 900_000;
/** Vehicles an hour of a line and direction at the peak, by class. */
const PEAK = [180, 600, 12, 30, 40, 60, 5];
const CAMERAS_OF_A_BOX = 4;
const LINES_AT_ONCE = 20_000;

/** Tells how many points were written. Quarter hours are written for the first camera alone. */
export async function generateYear(options: YearOptions): Promise<number> {
  const { cameras, done, nowMs, onCamera } = options;
  const h1 = createWrite({ ...options, retentionPolicy: 'h1', timeoutMs: 300_000, gzip: false });
  const m15 = createWrite({ ...options, retentionPolicy: 'm15', timeoutMs: 300_000, gzip: false });
  const signal = new AbortController().signal;
  let points = 0;
  try {
    for (let camera = done; camera < cameras; camera += 1) {
      const levels = [
        { http: h1, stepMs: HOUR_MS },
        ...(camera === 0 ? [{ http: m15, stepMs: QUARTER_MS }] : []),
      ];
      for (const { http, stepMs } of levels) {
        for (const lines of linesOf(camera, stepMs, options)) {
          await http.write(Buffer.from(lines.join('\n')), signal);
          points += lines.length;
        }
      }
      await onCamera(camera + 1);
    }
    const state = { holder: undefined, atMs: nowMs, settledMs: nowMs - 600_000, freshMs: nowMs };
    const point = statePoint({ ...state, backfillMs: 0, rawFromMs: 0, quartersFromMs: 0 });
    await h1.write(Buffer.from(lineOf(point)), signal);
  } finally {
    h1.close();
    m15.close();
  }
  return points;
}

function* linesOf(camera: number, stepMs: number, options: YearOptions): Generator<string[]> {
  let lines: string[] = [];
  for (let line = 0; line < options.lines; line += 1) {
    for (let direction = 0; direction < options.directions; direction += 1) {
      for (const [at, roadUser] of ROAD_USERS.slice(0, options.classes).entries()) {
        const tags = `flow,agent=box-${Math.floor(camera / CAMERAS_OF_A_BOX)},camera=nga-tu-${camera},direction=way-${direction},line=line-${line},road_user=${roadUser},site=hai-phong`;
        for (let atMs = options.fromMs; atMs < options.toMs; atMs += stepMs) {
          const hour = Math.floor(atMs / HOUR_MS);
          const luck = random(hour * 31 + camera);
          // Away for an hour now and then: no point at all.
          if (luck < 0.003) continue;
          const observedMs = luck < 0.02 ? Math.round(stepMs * 0.7) : stepMs;
          const mean = ((PEAK[at] ?? 5) * shapeOf(atMs) * observedMs) / HOUR_MS;
          const n = Math.round(
            mean * (0.8 + 0.4 * random(hour * 7 + camera * 131 + line * 17 + direction * 3 + at)),
          );
          lines.push(
            `${tags} n=${n}i,observed_ms=${observedMs}i,intervals=${stepMs / 60_000}i ${atMs}000000`,
          );
          if (lines.length >= LINES_AT_ONCE) {
            yield lines;
            lines = [];
          }
        }
      }
    }
  }
  if (lines.length > 0) yield lines;
}

/** Share of the peak, by the clock of Hải Phòng. */
function shapeOf(atMs: number): number {
  const local = new Date(atMs + 7 * HOUR_MS);
  const hour = local.getUTCHours();
  const peaks = Math.exp(-(((hour - 7) / 2) ** 2)) + Math.exp(-(((hour - 17) / 2.5) ** 2));
  return (0.05 + 0.95 * Math.min(1, peaks)) * (local.getUTCDay() === 0 ? 0.7 : 1);
}

function random(of: number): number {
  const x = Math.sin(of * 12.9898) * 43_758.5453;
  return x - Math.floor(x);
}
