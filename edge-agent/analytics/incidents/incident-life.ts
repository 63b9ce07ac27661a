// The life of incidents, whatever their kind: rules say frame by frame what they find, and of that come messages with
// one id for life and growing versions. Nothing here knows what a vehicle or a camera fault is.

import type { Incident } from '../../../contract/index.ts';
import type { Moment } from '../observation.ts';
import { Candidates, type RipeCandidate } from './candidates.ts';
import { type Finding, isNear, isSameThing } from './finding.ts';
import { OpenIncident } from './open-incident.ts';

export type IncidentLifeOptions = {
  /** Slug; part of every id. */
  readonly camera: string;
  /** Updates of one incident come no more often, ms, unless it gets worse. Default 10,000. */
  readonly updateMs?: number;
  /** Incidents open at once; more are refused and counted. Default 50. */
  readonly maxOpen?: number;
  /** After so long without a picture nobody knows whether an incident lasts: it is closed. Default 900,000 ms. */
  readonly maxBlindMs?: number;
};

/** A moment that is watched; nothing is known of the time between the last one and `watchedSince`, if that is later. */
export type WatchedMoment = Moment & { readonly watchedSince?: Moment };

/** Closed incidents that are remembered, for merging and for verdicts that come late. */
const MAX_CLOSED = 100;

/**
 * ```
 *  found ─▶ candidate ──enterMs──▶ detected ─▶ updated* ──exitMs──▶ cleared
 *                                                 ▲                    │
 *                                                 └─────── mergeMs ────┘  the same again at the same place
 * ```
 *
 * An operator's verdict turns `updated` into `confirmed`, and a rejected one says nothing more but that it is over.
 * Durations count watched time only: an outage neither ends an incident nor makes one.
 */
export class IncidentLife {
  readonly #options: Required<IncidentLifeOptions>;
  readonly #candidates = new Candidates();
  readonly #open = new Set<OpenIncident>();
  #closed: OpenIncident[] = [];
  #last: Moment | undefined;
  /** The last watched moment, while nothing is watched. */
  #blindSince: Moment | undefined;
  /** Watched time so far, ms. */
  #watchedMs = 0;
  #lastIdMs = -1;
  #refused = 0;

  constructor(options: IncidentLifeOptions) {
    this.#options = { updateMs: 10_000, maxOpen: 50, maxBlindMs: 900_000, ...options };
  }

  /** Incidents that last. */
  get open(): number {
    return this.#open.size;
  }

  /** Incidents that were not opened because too many were. */
  get refused(): number {
    return this.#refused;
  }

  /** Takes in what all rules found in one frame; gives the messages that follow, oldest incident first. */
  observe(moment: WatchedMoment, findings: readonly Finding[]): Incident[] {
    const messages = this.advanceTo(moment.capturedAtMs);
    const last = this.#last;
    if (last !== undefined && (moment.watchedSince?.cameraTimeMs ?? 0) > last.cameraTimeMs) {
      this.#blindSince ??= last;
    } else {
      this.#blindSince = undefined;
      this.#watchedMs += Math.max(0, moment.cameraTimeMs - (last ?? moment).cameraTimeMs);
    }
    this.#last = { cameraTimeMs: moment.cameraTimeMs, capturedAtMs: moment.capturedAtMs };
    const watchedMs = this.#watchedMs;

    for (const incident of this.#open) incident.begin();
    const unclaimed = findings.filter((finding) => !this.#holder(finding)?.hold(finding));
    for (const finding of unclaimed) {
      if (finding.holds !== 'enter') continue;
      const lost = this.#find(this.#open, finding, (incident) => !incident.held);
      if (lost !== undefined) lost.hold(finding);
      else this.#candidates.see(finding, moment, watchedMs);
    }
    for (const candidate of this.#candidates.ripe(moment, watchedMs)) {
      this.#ripen(candidate, moment);
    }
    for (const incident of this.#open) {
      messages.push(...incident.end(moment, watchedMs, this.#options.updateMs));
      if (!incident.isOpen) this.#close(incident);
    }
    return messages;
  }

  /** UTC went on without a picture: closes what has not been seen for `maxBlindMs`. */
  advanceTo(nowMs: number): Incident[] {
    const last = this.#blindSince ?? this.#last;
    if (last === undefined || nowMs - last.capturedAtMs <= this.#options.maxBlindMs) return [];
    this.#candidates.clear();
    return this.#closeAll(last.capturedAtMs + this.#options.maxBlindMs, {
      unseenS: this.#options.maxBlindMs / 1000,
    });
  }

  /** Nobody can be recognised any more; what is open is looked for by its place. */
  reset(): void {
    this.#candidates.clear();
    for (const incident of this.#open) incident.forgetSubjects();
  }

  /** The end of watching: closes all, with the measure `watchEnded`, for nobody will ever do it later. */
  flush(): Incident[] {
    const last = this.#last;
    return last === undefined ? [] : this.#closeAll(last.capturedAtMs, { watchEnded: 1 });
  }

  /** An operator saw it too. Undefined for an id that is not remembered. */
  confirm(id: string, atMs: number): Incident | undefined {
    return this.#byId(id)?.judge('confirmed', atMs);
  }

  /** An operator saw that there is nothing: no update follows, only its end. Undefined for an id that is not remembered. */
  reject(id: string, atMs: number): Incident | undefined {
    return this.#byId(id)?.judge('rejected', atMs);
  }

  #byId(id: string): OpenIncident | undefined {
    return [...this.#open, ...this.#closed].find((incident) => incident.id === id);
  }

  #holder(finding: Finding): OpenIncident | undefined {
    for (const incident of this.#open) if (incident.isAbout(finding)) return incident;
    return undefined;
  }

  #find(
    among: Iterable<OpenIncident>,
    finding: Finding,
    accepts: (incident: OpenIncident) => boolean,
  ): OpenIncident | undefined {
    for (const incident of among) {
      if (
        incident.isLike(finding) &&
        isNear(incident.box, finding.box, finding.timing.mergeSizes) &&
        accepts(incident)
      ) {
        return incident;
      }
    }
    return undefined;
  }

  /** A candidate has lasted: it joins or continues an incident, or is a new one. */
  #ripen({ finding, first, onset }: RipeCandidate, moment: Moment): void {
    const joined = this.#find(
      this.#open,
      finding,
      (incident) => finding.timing.joins || !incident.held || isSameThing(incident.box, finding.box),
    );
    if (joined !== undefined) {
      joined.hold(finding);
      return;
    }
    if (this.#open.size >= this.#options.maxOpen) {
      this.#refused++;
      return;
    }
    const again = this.#find(
      this.#closed,
      first,
      (incident) => this.#watchedMs - incident.closedWatchedMs <= finding.timing.mergeMs,
    );
    if (again !== undefined) {
      this.#closed = this.#closed.filter((incident) => incident !== again);
      again.reopen(finding);
      this.#open.add(again);
      return;
    }
    // Two in one frame, or a clock that was set back, must not share an id.
    this.#lastIdMs = Math.max(this.#lastIdMs + 1, Math.round(moment.capturedAtMs));
    const id = `${this.#options.camera}-${finding.kind}-${this.#lastIdMs}`;
    this.#open.add(new OpenIncident(id, this.#options.camera, finding, onset, this.#watchedMs));
  }

  #close(incident: OpenIncident): void {
    this.#open.delete(incident);
    this.#closed.push(incident);
    if (this.#closed.length > MAX_CLOSED) this.#closed.shift();
  }

  #closeAll(atMs: number, measures: Readonly<Record<string, number>>): Incident[] {
    const messages: Incident[] = [];
    for (const incident of this.#open) {
      messages.push(...incident.close(atMs, this.#watchedMs, measures));
      this.#close(incident);
    }
    return messages;
  }
}
