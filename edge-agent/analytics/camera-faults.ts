// Turns what is wrong with a camera, by its connection or by its pictures, into incidents with a life.

import type { CameraFault, Incident } from '../../contract/index.ts';
import type { PictureFault, PictureState, SourceState } from '../source/frame.ts';
import type { Finding, Severity } from './incidents/finding.ts';
import { IncidentLife } from './incidents/incident-life.ts';

/** `offline`: no pictures come, or none that can be read. */
export type WatchedFault = PictureFault | 'offline';

export type FaultRule = {
  /** Looked for at all. Default true. */
  readonly enabled?: boolean | undefined;
  /** It has to last so long before it is an incident, s. See DEFAULT_AFTER_S. */
  readonly afterS?: number | undefined;
};

export type CameraFaultsOptions = {
  /** Slug of the camera. */
  readonly camera: string;
  readonly rules?: { readonly [Fault in WatchedFault]?: FaultRule | undefined };
};

/**
 * Counted from when it began, so that operators know of it within ten seconds: the source itself says after 8 s that
 * nothing comes. Long enough for a lorry that stops before the lens to be seen as one, and for a hand that cleans it.
 */
export const DEFAULT_AFTER_S: Readonly<Record<WatchedFault, number>> = {
  offline: 5,
  frozen: 6,
  black: 5,
  blurred: 7,
  obscured: 7,
  moved: 7,
};

/** Good pictures for so long end it; the same again within the second time goes on with it, ms. */
const EXIT_MS = 10_000;
const MERGE_MS = 60_000;

/** Where a camera that sees nothing stands above one that sees badly; wrong lines and speeds are worse than few. */
const SEVERITIES: Readonly<Record<WatchedFault, Severity>> = {
  offline: 'high',
  frozen: 'high',
  black: 'high',
  obscured: 'high',
  moved: 'high',
  blurred: 'medium',
};

/** What is known of a picture holds for so long without a new one, ms. */
const FRESH_MS = 2000;

/** The source has already waited so long before it says so, ms (frozenAfterMs of SourceTiming). */
const FROZEN_BEFORE_MS = 8000;

/**
 * One instance a camera. Runs on UTC, as there are no frames to go by while a camera is offline; a replay has no source
 * faults and gives the same incidents as the live run did. Durations do not grow while a clock is set back.
 */
export class CameraFaults {
  readonly #rules: NonNullable<CameraFaultsOptions['rules']>;
  readonly #life: IncidentLife;
  #source: { readonly state: SourceState; readonly sinceMs: number } | undefined;
  #picture: PictureState | undefined;
  #lastMs: number | undefined;

  constructor({ camera, rules = {} }: CameraFaultsOptions) {
    this.#rules = rules;
    this.#life = new IncidentLife({ camera });
  }

  /**
   * Whether the camera still looks where it did when it was learned. If not, lines and zones lie beside the road and the
   * calibration is wrong: speeds are to be withheld, counts go on under the incident.
   */
  get viewFits(): boolean {
    return !this.#picture?.findings.some(({ fault }) => fault === 'moved');
  }

  /** The source is in this state since `nowMs` (UTC). */
  source(state: SourceState, nowMs: number): Incident[] {
    this.#source = { state, sinceMs: nowMs };
    return this.advanceTo(nowMs);
  }

  /** The next picture has been looked at. */
  picture(state: PictureState): Incident[] {
    this.#picture = state;
    return this.#observe(state.capturedAtMs);
  }

  /** Time went on to `nowMs` (UTC), with pictures or without: call it about once a second. */
  advanceTo(nowMs: number): Incident[] {
    return this.#observe(nowMs);
  }

  /** The end of watching: closes what is open. */
  flush(): Incident[] {
    return this.#life.flush();
  }

  /** An operator's verdict; undefined for an incident that is not remembered. */
  judge(id: string, verdict: 'confirmed' | 'rejected', atMs: number): Incident | undefined {
    return verdict === 'confirmed' ? this.#life.confirm(id, atMs) : this.#life.reject(id, atMs);
  }

  #observe(nowMs: number): Incident[] {
    // Frames are a little behind the clock: time does not go back and forth between the two.
    const atMs = Math.max(this.#lastMs ?? nowMs, nowMs);
    const isSetBack = atMs - nowMs > FRESH_MS;
    this.#lastMs = isSetBack ? nowMs : atMs;
    const moment = { cameraTimeMs: this.#lastMs, capturedAtMs: this.#lastMs };
    return this.#life.observe(moment, this.#findings(moment.capturedAtMs));
  }

  #findings(nowMs: number): Finding[] {
    const findings: Finding[] = [];
    const { state, sinceMs } = this.#source ?? { state: { state: 'live' }, sinceMs: nowMs };
    if (state.state === 'fault') {
      const fault = faultOf(state.fault);
      const earlierMs = fault === 'frozen' ? FROZEN_BEFORE_MS : 0;
      if (fault !== undefined) this.#add(findings, fault, 'enter', sinceMs - earlierMs, 1, {});
    }
    const picture = this.#picture;
    if (picture === undefined) return findings;
    // Without pictures nobody knows whether a cover or a turn is still there: it is not over before it is seen to be.
    const isFresh = state.state !== 'fault' && nowMs - picture.capturedAtMs <= FRESH_MS;
    for (const { fault, sinceMs: since, confidence, measures } of picture.findings) {
      if (findings.some(({ kind }) => kind === `camera-${fault}`)) continue;
      this.#add(findings, fault, isFresh ? 'enter' : 'stay', since, confidence, measures);
    }
    return findings;
  }

  #add(
    findings: Finding[],
    fault: WatchedFault,
    holds: Finding['holds'],
    sinceMs: number,
    confidence: number,
    measures: Finding['measures'],
  ): void {
    const { enabled = true, afterS = DEFAULT_AFTER_S[fault] } = this.#rules[fault] ?? {};
    if (!enabled) return;
    findings.push({
      kind: `camera-${fault}`,
      subject: 'camera',
      holds,
      onset: { cameraTimeMs: sinceMs, capturedAtMs: sinceMs },
      severity: SEVERITIES[fault],
      confidence,
      timing: { enterMs: afterS * 1000, exitMs: EXIT_MS, mergeMs: MERGE_MS, mergeSizes: 0, joins: true },
      measures,
    });
  }
}

/** What a fault of the source is as an incident; undefined where the picture comes, only in another size. */
function faultOf(fault: CameraFault): WatchedFault | undefined {
  switch (fault) {
    case 'frozen':
      return 'frozen';
    case 'resolution-changed':
      return undefined;
    case 'unreachable':
    case 'refused':
    case 'unauthorised':
    case 'not-found':
    case 'silent':
    case 'undecodable':
    case 'ended':
    case 'unsupported':
    case 'failed':
      return 'offline';
  }
}
