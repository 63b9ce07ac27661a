// Makes the evidence of one camera's incidents: a picture of the moment of the alarm, and later a clip. Counting never
// waits for it: what fails is told and counted, and the incident stays without.

import type { Logger } from 'pino';
import type { Incident, IncidentEvidence, TrafficEvent } from '../../contract/index.ts';
import { within } from '../abortable-wait.ts';
import type { Frame, FrameInfo } from '../source/frame.ts';
import type { AnalysedPicture } from './analysed-picture.ts';
import { captionOf, labelOf, markedOf, type SeenRoadUser } from './describe-incident.ts';
import { drawSnapshot, type Scene } from './draw-snapshot.ts';
import { EvidenceError } from './evidence-error.ts';
import type { Footage, FootageMoment, Still } from './footage.ts';
import type { JobLine } from './job-line.ts';
import type { EvidenceStore } from './store.ts';
import { ToldIncidents } from './told-incidents.ts';

export type RecorderOptions = {
  readonly camera: string;
  /** Size that boxes and regions refer to. */
  readonly picture: { readonly width: number; readonly height: number };
  /** Outlines by the name that incidents give as their region, in pixels of `picture`. */
  readonly regions: ReadonlyMap<string, readonly (readonly [number, number])[]>;
  /** Absent where the camera's own video cannot be kept. */
  readonly footage?: Footage;
  /** For pictures where there is no footage. */
  readonly analysed?: AnalysedPicture;
  readonly store: EvidenceStore;
  /** Shared by all cameras of the box. */
  readonly line: JobLine;
  /** Incidents of these kinds get evidence. */
  readonly kinds: ReadonlySet<Incident['kind']>;
  readonly snapshots: boolean;
  readonly clips: boolean;
  /** Whether faces and plates are hidden in snapshots. */
  readonly blur: boolean;
  readonly preRollMs: number;
  readonly postRollMs: number;
  /** Incidents that may wait for their evidence; more get none. Default 20. */
  readonly maxPending?: number;
  /**
   * There is a picture, and later a clip: `evidence` is all that is kept now. `message` is the incident's next version, to
   * be told to the centre; undefined if its earlier ones did not go through addTo().
   */
  readonly onEvidence?: (evidence: IncidentEvidence, message: Incident | undefined) => void;
  /** UTC, ms. */
  readonly now: () => number;
  readonly logger: Logger;
};

/** What was seen in a frame. */
export type SeenFrame = {
  readonly frame: FrameInfo;
  /** In pixels of the options' `picture`: all that might have a face or a plate, also unsure detections. */
  readonly roadUsers: readonly SeenRoadUser[];
};

export type RecorderState = {
  readonly snapshots: number;
  readonly clips: number;
  /** Incidents whose picture or clip could not be made, and those for which there were too many at once. */
  readonly failed: number;
  readonly skipped: number;
  /** Why the last one failed, until one succeeds. */
  readonly problem?: string;
};

const DEFAULT_MAX_PENDING = 20;

/** The pre-roll counts from the onset, which may be minutes before the alarm; never further back than this, ms. */
const MAX_ONSET_MS = 300_000;

/** Closing waits so long for what is being made, ms. */
const CLOSE_MS = 2000;

export class EvidenceRecorder {
  readonly #options: RecorderOptions;
  readonly #pending = new Set<Promise<void>>();
  readonly #told = new ToldIncidents();
  #made = { snapshots: 0, clips: 0, failed: 0, skipped: 0 };
  #problem: string | undefined;
  #closed = false;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  get state(): RecorderState {
    return { ...this.#made, ...(this.#problem === undefined ? {} : { problem: this.#problem }) };
  }

  /** Takes a frame's picture before the detector does, where pictures have to come from there. */
  keep(frame: Frame): void {
    this.#options.analysed?.keep(frame);
  }

  /** Takes in what analytics made of a frame. Returns at once, never throws. */
  observe(seen: SeenFrame, events: readonly TrafficEvent[]): void {
    for (const event of events) {
      if (event.type !== 'incident' || event.state !== 'detected' || event.version !== 1) continue;
      if (this.#closed || !this.#options.kinds.has(event.kind)) continue;
      if (this.#pending.size >= (this.#options.maxPending ?? DEFAULT_MAX_PENDING)) {
        this.#made.skipped += 1;
        continue;
      }
      const fromAnalysed = this.#options.analysed?.take(seen.frame.index);
      this.#told.expect(event.id);
      const job = this.#record(event, seen, fromAnalysed).finally(() => this.#pending.delete(job));
      this.#pending.add(job);
    }
  }

  /** All events go through here before they are told: those of incidents with evidence tell of it, too. */
  addTo(events: readonly TrafficEvent[]): readonly TrafficEvent[] {
    return this.#told.addTo(events);
  }

  /** Resolves when all that was asked for so far is made or has failed. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending);
  }

  /** Takes no more; waits a moment for what is being made. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#pending.size > 0) await within(CLOSE_MS, this.settled());
  }

  async #record(incident: Incident, seen: SeenFrame, fromAnalysed?: () => Promise<Still>): Promise<void> {
    const { snapshots, clips, footage } = this.#options;
    const { cameraTimeMs, capturedAtMs } = seen.frame;
    const at = { cameraTimeMs, capturedAtMs };
    if (snapshots)
      await this.#attempt(incident, 'snapshot', () => this.#snapshot(incident, seen, at, fromAnalysed));
    if (clips && footage !== undefined)
      await this.#attempt(incident, 'clip', () => this.#clip(incident, at, footage));
  }

  async #attempt(
    incident: Incident,
    what: 'snapshot' | 'clip',
    make: () => Promise<IncidentEvidence>,
  ): Promise<void> {
    const { logger, onEvidence, now } = this.#options;
    const facts = { incident: incident.id, kind: incident.kind };
    try {
      const evidence = await make();
      this.#made[`${what}s`] += 1;
      if (this.#problem !== undefined) logger.info(facts, 'evidence is kept again');
      this.#problem = undefined;
      onEvidence?.(evidence, this.#told.add(incident.id, evidence, now()));
    } catch (error) {
      this.#made.failed += 1;
      const problem = error instanceof EvidenceError ? error.message : `internal error: ${String(error)}`;
      // One line when the trouble begins, not one for every incident.
      const level = this.#problem === undefined ? 'warn' : 'debug';
      logger[level]({ ...facts, problem }, `no ${what} is kept of an incident; counting goes on`);
      this.#problem = problem;
    }
  }

  async #snapshot(
    incident: Incident,
    seen: SeenFrame,
    at: FootageMoment,
    fromAnalysed?: () => Promise<Still>,
  ): Promise<IncidentEvidence> {
    const { line, store, blur } = this.#options;
    await store.checkRoom();
    const still = await this.#still(at, fromAnalysed);
    const { width, height, from, atMs } = still;
    const jpeg = await line.run(() => drawSnapshot(still.image, this.#scene(incident, seen, still)));
    return store.putSnapshot(incident, jpeg, { width, height, from, atMs, blurred: blur });
  }

  async #still(at: FootageMoment, fromAnalysed?: () => Promise<Still>): Promise<Still> {
    const { footage, line } = this.#options;
    if (footage !== undefined) {
      try {
        return await footage.still(at, line);
      } catch (error) {
        if (fromAnalysed === undefined) throw error;
      }
    }
    if (fromAnalysed === undefined) throw new EvidenceError('There is no picture of that moment.');
    return line.run(fromAnalysed);
  }

  #scene(incident: Incident, { roadUsers }: SeenFrame, still: Still): Scene {
    const { picture, regions, blur, camera } = this.#options;
    const region = incident.region === undefined ? undefined : regions.get(incident.region);
    return {
      picture,
      everybody: roadUsers,
      marked: markedOf(incident, roadUsers).map(({ box, roadUser, id }) => ({
        box,
        label: labelOf(roadUser, id),
      })),
      ...(region === undefined ? {} : { region }),
      caption: captionOf(camera, incident, still),
      blur,
    };
  }

  async #clip(incident: Incident, at: FootageMoment, footage: Footage): Promise<IncidentEvidence> {
    const { preRollMs, postRollMs, store, line } = this.#options;
    const sinceOnsetMs = Math.max(0, Math.min(MAX_ONSET_MS, at.capturedAtMs - incident.startedAtMs));
    await store.checkRoom();
    const draft = store.draft();
    const facts = await footage.clip(at, preRollMs + sinceOnsetMs, postRollMs, draft, line);
    return store.putClip(incident, draft, facts);
  }
}
