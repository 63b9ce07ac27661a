// All alarms of a time, for statistics: the last weeks out of memory, what is older from days that were read before.

import type { Logger } from 'pino';
import { AlarmDays } from './alarm-days.ts';
import type { Board } from './board.ts';
import { idOf } from './incident-id.ts';
import { type Alarm, alarmOf, alarmOfTold } from './incident-statistics.ts';
import { type IncidentHistory, type ToldAlarm, USUAL_LIFE_MS } from './incident-walk.ts';
import type { StoredVerdicts } from './stored-verdicts.ts';

export type AlarmHistoryOptions = {
  readonly board: Board;
  readonly history: Pick<IncidentHistory, 'alarms'>;
  readonly verdicts: Pick<StoredVerdicts, 'onDetectedSince'>;
  readonly log: Logger;
  readonly now: () => number;
};

export type AlarmFilter = {
  /** Of detection, inclusive. */
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
  /** `site/agent/camera` */
  readonly camera?: readonly string[] | undefined;
  readonly site?: string | undefined;
  readonly kind?: readonly string[] | undefined;
};

const YEAR_MS = 365 * 86_400_000;
/** Somebody who asks meanwhile waits for one of these at most. */
const WARMED_AT_ONCE_MS = 14 * 86_400_000;

export class AlarmHistory {
  readonly #options: AlarmHistoryOptions;
  readonly #days: AlarmDays;
  /** One text for each camera, however many alarms it has. */
  readonly #cameras = new Map<string, string>();

  constructor(options: AlarmHistoryOptions) {
    this.#options = options;
    this.#days = new AlarmDays({ read: (fromMs, toMs) => this.#read(fromMs, toMs), now: options.now });
  }

  /** Where the database is away, what is known without it, and why. Ends early beyond `most`. */
  async of(
    asked: AlarmFilter,
    most: number,
  ): Promise<{ readonly alarms: readonly Alarm[]; readonly failure: unknown }> {
    const { board } = this.#options;
    const { fromMs, toMs } = asked;
    const fits = filterOf(asked);
    const wholeFromMs = Math.max(fromMs, Math.min(board.completeSinceMs, toMs));
    const alarms = this.#held(wholeFromMs, toMs).filter(fits);
    let missingFromMs = fromMs;
    try {
      for await (const day of this.#days.between(fromMs, wholeFromMs)) {
        for (const alarm of day.alarms) if (fits(alarm)) alarms.push(alarm);
        missingFromMs = day.upToMs;
        if (alarms.length > most) break;
      }
    } catch (failure) {
      alarms.push(...this.#held(missingFromMs, wholeFromMs).filter(fits));
      return { alarms, failure };
    }
    return { alarms, failure: undefined };
  }

  /** Something was said of an incident that was detected then. */
  forget(detectedAtMs: number): void {
    this.#days.forget(detectedAtMs);
  }

  /** Reads the last year, so that nobody waits for it. Never rejects: what fails is read when it is asked for. */
  async warm(signal: AbortSignal): Promise<void> {
    const { board, log, now } = this.#options;
    const newestMs = Math.min(board.completeSinceMs, now());
    try {
      for (let toMs = newestMs; toMs > newestMs - YEAR_MS && !signal.aborted; toMs -= WARMED_AT_ONCE_MS) {
        for await (const _day of this.#days.between(toMs - WARMED_AT_ONCE_MS, toMs))
          if (signal.aborted) return;
      }
    } catch (error) {
      log.debug({ err: error }, 'alarms of the last year are read when they are asked for');
    }
  }

  #held(fromMs: number, toMs: number): Alarm[] {
    return this.#options.board.newestFirst
      .filter(({ event }) => event.detectedAtMs >= fromMs && event.detectedAtMs < toMs)
      .map(alarmOf);
  }

  async *#read(fromMs: number, toMs: number): AsyncGenerator<readonly Alarm[]> {
    const { history, verdicts } = this.#options;
    const verdictsOn = await verdicts.onDetectedSince(fromMs);
    const newest = new Map<string, ToldAlarm>();
    for await (const versions of history.alarms(fromMs, toMs + USUAL_LIFE_MS)) {
      for (const told of versions) {
        if (told.detectedAtMs < fromMs || told.detectedAtMs >= toMs) continue;
        const id = idOf(told);
        if (told.version > (newest.get(id)?.version ?? 0)) newest.set(id, told);
      }
    }
    yield [...newest.values()].map((told) => alarmOfTold(told, verdictsOn(told), this.#cameraOf(told)));
  }

  #cameraOf({ site, agent, camera }: ToldAlarm): string {
    const name = `${site}/${agent}/${camera}`;
    const known = this.#cameras.get(name);
    if (known === undefined) this.#cameras.set(name, name);
    return known ?? name;
  }
}

function filterOf({ camera, site, kind }: AlarmFilter): (alarm: Alarm) => boolean {
  const cameras = camera && new Set(camera);
  return (alarm) =>
    (cameras === undefined || cameras.has(alarm.camera)) &&
    (site === undefined || alarm.camera.startsWith(`${site}/`)) &&
    (kind === undefined || kind.includes(alarm.kind));
}
