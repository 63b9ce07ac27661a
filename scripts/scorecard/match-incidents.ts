// Reported incidents against those that a scene's script made happen, and against what the road really did.

import type { Incident, TrafficEvent } from '../../contract/index.ts';
import type { CarriagewayGround } from '../scenes/layout/carriageways.ts';
import {
  AFTER_S,
  definitionMetAt,
  type FlowKind,
  flowMet,
  type IncidentKind,
  isSpeeding,
} from '../scenes/truth/definitions.ts';
import type { Truth, TruthFrame, TruthIncident } from '../scenes/truth-file.ts';

/** The first message of an incident; times in s from the start of the clip. */
export type ReportedIncident = Pick<Incident, 'id' | 'kind' | 'box' | 'region'> & {
  readonly detectedS: number;
};

export type JudgedIncident = {
  readonly kind: IncidentKind;
  /** When the definition is met; undefined when the clip never shows that, so that nobody can be asked for it. */
  readonly metS: number | undefined;
  /** `delayS` from the moment at which the definition of the reported kind is met. */
  readonly found?: { readonly kind: IncidentKind; readonly detectedS: number; readonly delayS: number };
};

export type IncidentMatch = {
  readonly scripted: readonly JudgedIncident[];
  /** Nothing in the truth explains them. */
  readonly wrong: readonly ReportedIncident[];
  /** More reports of an incident that was found. */
  readonly repeated: readonly ReportedIncident[];
  /** Not scripted, but true: traffic that crawls behind a crash. */
  readonly explained: readonly ReportedIncident[];
};

const FLOW_KINDS: readonly FlowKind[] = ['queue', 'congestion', 'slow-traffic'];
/** A report may come this long after the end, and this long before the truth's first moment, s. */
const LATE_S = 10;
const EARLY_S = 2;
/** Slower than this somebody stands, m/s. */
const STANDING_MS = 0.5;

export function matchIncidents(
  truth: Truth,
  carriageways: readonly CarriagewayGround[],
  events: readonly TrafficEvent[],
): IncidentMatch {
  const left = reportedIncidents(events);
  const take = (wanted: (report: ReportedIncident) => boolean): ReportedIncident | undefined => {
    const index = left.findIndex(wanted);
    return index < 0 ? undefined : left.splice(index, 1)[0];
  };
  const scripted = truth.incidents.map((incident): JudgedIncident => {
    const { kind } = incident;
    const met = metMoments(incident, truth, carriageways);
    const metS = met.get(kind) ?? [...met.values()][0];
    const report = take((each) => met.has(each.kind) && isDuring(each, incident, truth));
    if (report === undefined) return { kind, metS };
    const delayS = report.detectedS - (met.get(report.kind) ?? report.detectedS);
    return { kind, metS, found: { kind: report.kind, detectedS: report.detectedS, delayS } };
  });
  const repeated: ReportedIncident[] = [];
  const explained: ReportedIncident[] = [];
  const wrong: ReportedIncident[] = [];
  for (const report of left) {
    const again = truth.incidents.some(
      (incident) =>
        metMoments(incident, truth, carriageways).has(report.kind) && isDuring(report, incident, truth),
    );
    if (again) repeated.push(report);
    else if (isExplained(report, truth, carriageways)) explained.push(report);
    else wrong.push(report);
  }
  return { scripted, wrong, repeated, explained };
}

/** One for each id, by the moment of the alarm. */
export function reportedIncidents(events: readonly TrafficEvent[]): ReportedIncident[] {
  const first = new Map<string, Incident>();
  for (const event of events) {
    if (event.type !== 'incident') continue;
    const known = first.get(event.id);
    if (known === undefined || event.version < known.version) first.set(event.id, event);
  }
  return [...first.values()]
    .map(({ id, kind, box, region, detectedAtMs }) => ({
      id,
      kind,
      box,
      region,
      detectedS: detectedAtMs / 1000,
    }))
    .sort((a, b) => a.detectedS - b.detectedS);
}

/** The kinds that are right for an incident, each with the moment at which its definition is met. */
function metMoments(
  incident: TruthIncident,
  truth: Truth,
  carriageways: readonly CarriagewayGround[],
): Map<IncidentKind, number> {
  // Traffic that is held up is one state of three degrees, and passes through them.
  const kinds = FLOW_KINDS.some((kind) => kind === incident.kind) ? FLOW_KINDS : [incident.kind];
  const met = new Map<IncidentKind, number>();
  for (const kind of kinds) {
    const metS = definitionMetAt({ ...incident, kind }, truth, carriageways);
    if (metS !== undefined) met.set(kind, metS);
  }
  return met;
}

function isDuring(report: ReportedIncident, incident: TruthIncident, truth: Truth): boolean {
  const { detectedS, box } = report;
  const end = incident.end ?? Number.POSITIVE_INFINITY;
  if (detectedS < incident.onset - EARLY_S || detectedS > end + LATE_S) return false;
  if (box === undefined || incident.ids.length === 0) return true;
  const places = frameAt(truth, detectedS).objects.filter(({ id }) => incident.ids.includes(id));
  // Out of sight by now: the place cannot be compared.
  return places.length === 0 || places.some((object) => overlap(object.box, box));
}

function isExplained(
  report: ReportedIncident,
  truth: Truth,
  carriageways: readonly CarriagewayGround[],
): boolean {
  const { kind, detectedS } = report;
  const flow = FLOW_KINDS.find((each) => each === kind);
  if (flow !== undefined) {
    const spans = carriageways.flatMap((each) => flowMet(flow, truth, each));
    return spans.some(({ fromS, toS }) => detectedS >= fromS - LATE_S && detectedS <= toS + LATE_S);
  }
  if (kind === 'stopped-vehicle') {
    const isCrashed = (incident: TruthIncident) =>
      incident.kind === 'crash' && isDuring(report, incident, truth);
    return truth.incidents.some(isCrashed) || isTrulyStanding(report, truth);
  }
  if (kind === 'speeding') {
    return frameAt(truth, detectedS).objects.some((object) => isSpeeding(object, carriageways));
  }
  return false;
}

/** Somebody who stands there has stood for so long, s, as the rule asks for: before lost cargo, say. */
function isTrulyStanding({ box, detectedS }: ReportedIncident, truth: Truth): boolean {
  if (box === undefined) return false;
  const there = frameAt(truth, detectedS).objects.filter((object) => overlap(object.box, box));
  const before = Array.from({ length: AFTER_S['stopped-vehicle'] }, (_, s) => frameAt(truth, detectedS - s));
  return there.some(({ id }) =>
    before.every(({ objects }) => objects.some((object) => object.id === id && object.speedMs < STANDING_MS)),
  );
}

function frameAt({ frames, header }: Truth, atS: number): TruthFrame {
  const index = Math.min(frames.length - 1, Math.max(0, Math.round(atS * header.picture.fps)));
  return frames[index] ?? { record: 'frame', frame: 0, t: 0, objects: [] };
}

function overlap(a: readonly number[], b: readonly number[]): boolean {
  const [ax1 = 0, ay1 = 0, ax2 = 0, ay2 = 0] = a;
  const [bx1 = 0, by1 = 0, bx2 = 0, by2 = 0] = b;
  return ax1 < bx2 && bx1 < ax2 && ay1 < by2 && by1 < ay2;
}
