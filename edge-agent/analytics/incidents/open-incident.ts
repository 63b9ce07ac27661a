// One incident from its alarm to its end: who holds it, how bad it is, and the messages about it.

import type { Incident } from '../../../contract/index.ts';
import type { BoxCorners } from '../counting-line.ts';
import type { Moment } from '../observation.ts';
import type { Finding, Severity } from './finding.ts';
import { severityAfter, worst } from './severity.ts';

type Verdict = 'confirmed' | 'rejected';

/** Below this an incident is a risk rather than probable. */
const PROBABLE = 0.5;
/** The longer an incident lasts the rarer its updates: after a quarter of its age, at most ten minutes. */
const UPDATE_SHARE = 0.25;
const LONGEST_UPDATE_MS = 600_000;
const MAX_TRACKS = 100;
/** Subjects that have not been found for this long are no longer looked for, ms. */
const FORGET_SUBJECT_MS = 60_000;

export class OpenIncident {
  readonly id: string;
  readonly #camera: string;
  readonly #onset: Moment;
  /** Whoever holds it, with the watched time of the last hold. */
  readonly #subjects = new Map<string, number>();
  readonly #tracks = new Set<number>();
  #findings: Finding[] = [];
  #main: Finding;
  #severity: Severity;
  #verdict: Verdict | undefined;
  #message: Incident | undefined;
  #state: 'new' | 'open' | 'reopened' | 'closed' = 'new';
  #lastHeldWatchedMs: number;
  #lastHeldAtMs = 0;
  /** First frame in which nobody held it. */
  #unheldSince: Moment | undefined;
  #sentAtWatchedMs = 0;
  #sentSeverity: Severity | undefined;
  closedWatchedMs = 0;

  constructor(id: string, camera: string, finding: Finding, onset: Moment, watchedMs: number) {
    this.id = id;
    this.#camera = camera;
    this.#onset = onset;
    this.#main = finding;
    this.#severity = finding.severity;
    this.#lastHeldWatchedMs = watchedMs;
    this.#subjects.set(finding.subject, watchedMs);
    this.#findings = [finding];
  }

  get isOpen(): boolean {
    return this.#state !== 'closed';
  }

  /** Whether somebody holds it in this frame. */
  get held(): boolean {
    return this.#findings.length > 0;
  }

  /** Where it was seen last. */
  get box(): BoxCorners | undefined {
    return this.#main.box;
  }

  /** Of the same kind and, where the place does not tell, of the same region. */
  isLike({ kind, region, box }: Finding): boolean {
    return this.#main.kind === kind && (box !== undefined || this.#main.region === region);
  }

  isAbout({ kind, subject }: Finding): boolean {
    return this.#main.kind === kind && this.#subjects.has(subject);
  }

  /** Begins a frame. */
  begin(): void {
    this.#findings = [];
  }

  /** Somebody holds it in this frame. */
  hold(finding: Finding): true {
    this.#findings.push(finding);
    this.#subjects.set(finding.subject, Number.NaN);
    return true;
  }

  reopen(finding: Finding): void {
    this.#state = 'reopened';
    this.#subjects.clear();
    this.#unheldSince = undefined;
    this.begin();
    this.hold(finding);
  }

  forgetSubjects(): void {
    this.#subjects.clear();
  }

  /** Ends a frame; gives the message that is due, if one is. */
  end(moment: Moment, watchedMs: number, updateMs: number): Incident[] {
    const [first] = this.#findings;
    if (first === undefined) return this.#missed(moment, watchedMs);
    if (this.#findings.every(({ holds }) => holds === 'over')) {
      return this.#end(moment.capturedAtMs, moment.capturedAtMs, watchedMs, {});
    }
    this.#unheldSince = undefined;
    this.#lastHeldWatchedMs = watchedMs;
    this.#lastHeldAtMs = moment.capturedAtMs;
    for (const { subject } of this.#findings) this.#subjects.set(subject, watchedMs);
    for (const [subject, heldMs] of this.#subjects) {
      if (watchedMs - heldMs > FORGET_SUBJECT_MS) this.#subjects.delete(subject);
    }
    this.#main = this.#findings.find(({ holds }) => holds === 'enter') ?? first;
    for (const track of this.#findings.flatMap(({ tracks = [] }) => tracks)) {
      if (this.#tracks.size < MAX_TRACKS) this.#tracks.add(track);
    }
    const ageMs = moment.cameraTimeMs - this.#onset.cameraTimeMs;
    for (const finding of this.#findings) {
      this.#severity = worst(this.#severity, severityAfter(finding.kind, finding.severity, ageMs));
    }
    const state = this.#state;
    this.#state = 'open';
    if (this.#verdict === 'rejected') return [];
    if (state === 'new') return [this.#send('detected', moment.capturedAtMs, watchedMs)];
    const dueMs = Math.max(updateMs, Math.min(LONGEST_UPDATE_MS, UPDATE_SHARE * ageMs));
    const isDue =
      state === 'reopened' ||
      this.#severity !== this.#sentSeverity ||
      watchedMs - this.#sentAtWatchedMs >= dueMs;
    return isDue ? [this.#send(this.#verdict ?? 'updated', moment.capturedAtMs, watchedMs)] : [];
  }

  /** Ends it from outside. */
  close(atMs: number, watchedMs: number, measures: Readonly<Record<string, number>>): Incident[] {
    const endedMs = this.#unheldSince?.capturedAtMs ?? this.#lastHeldAtMs;
    return this.#end(endedMs, atMs, watchedMs, measures);
  }

  judge(verdict: Verdict, atMs: number): Incident {
    this.#verdict = verdict;
    const { clearedAtMs } = this.#message ?? {};
    return this.#make(verdict, atMs, clearedAtMs);
  }

  #missed(moment: Moment, watchedMs: number): Incident[] {
    this.#unheldSince ??= { cameraTimeMs: moment.cameraTimeMs, capturedAtMs: moment.capturedAtMs };
    if (watchedMs - this.#lastHeldWatchedMs < this.#main.timing.exitMs) return [];
    return this.#end(this.#unheldSince.capturedAtMs, moment.capturedAtMs, watchedMs, {});
  }

  #end(
    endedMs: number,
    atMs: number,
    watchedMs: number,
    measures: Readonly<Record<string, number>>,
  ): Incident[] {
    this.#state = 'closed';
    this.closedWatchedMs = watchedMs;
    const state = this.#verdict === 'rejected' ? 'rejected' : 'cleared';
    return [this.#make(state, atMs, endedMs, measures)];
  }

  #send(state: Incident['state'], atMs: number, watchedMs: number): Incident {
    this.#sentAtWatchedMs = watchedMs;
    this.#sentSeverity = this.#severity;
    return this.#make(state, atMs, undefined);
  }

  /** The next version: a full snapshot. Times never go back, whatever the clock does. */
  #make(
    state: Incident['state'],
    atMs: number,
    endedMs: number | undefined,
    more: Readonly<Record<string, number>> = {},
  ): Incident {
    const { kind, confidence, region, lane, roadUser, box, measures } = this.#main;
    const before = this.#message;
    const updatedAtMs = Math.max(before?.updatedAtMs ?? 0, Math.round(atMs));
    const detectedAtMs = before?.detectedAtMs ?? updatedAtMs;
    const startedAtMs = Math.min(detectedAtMs, Math.round(this.#onset.capturedAtMs));
    const lastedMs = (endedMs ?? atMs) - startedAtMs;
    const message: Incident = {
      type: 'incident',
      id: this.id,
      version: (before?.version ?? 0) + 1,
      camera: this.#camera,
      kind,
      state,
      severity: this.#severity,
      probability: this.#verdict === 'confirmed' ? 'certain' : confidence >= PROBABLE ? 'probable' : 'riskOf',
      confidence: rounded(Math.min(1, Math.max(0, confidence))),
      startedAtMs,
      detectedAtMs,
      updatedAtMs,
      ...(endedMs === undefined ? {} : { clearedAtMs: Math.max(startedAtMs, Math.round(endedMs)) }),
      ...(region === undefined ? {} : { region }),
      ...(lane === undefined ? {} : { lane }),
      ...(roadUser === undefined ? {} : { roadUser }),
      tracks: [...this.#tracks],
      ...(box === undefined ? {} : { box: [...box].map(rounded) as unknown as Incident['box'] }),
      measures: roundedAll({ ...measures, ...more, durationS: Math.max(0, lastedMs) / 1000 }),
    };
    this.#message = message;
    return message;
  }
}

function roundedAll(measures: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(measures).map(([name, value]) => [name, rounded(value)]));
}

/** Hundredths: finer would be noise. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
