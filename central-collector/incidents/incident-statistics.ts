// What the alarms of a camera are worth: how many were real, and how soon somebody looked.

import type { IncidentStatisticsAnswer } from '../api/schemas/incidents.ts';
import type { IncidentRecord } from './incident-record.ts';
import type { ToldAlarm } from './incident-walk.ts';
import { firstAcknowledged, verdictOf } from './operators-view.ts';
import { mergedVerdicts, type Verdict } from './verdict.ts';

type Statistics = IncidentStatisticsAnswer['all'];
type StatisticsRow = Omit<IncidentStatisticsAnswer['rows'][number], 'cameraName'>;

/** As much of a record as is needed, so that a hundred thousand are little. */
export type Alarm = {
  /** Of detection. */
  readonly atMs: number;
  /** `site/agent/camera` */
  readonly camera: string;
  readonly kind: StatisticsRow['kind'];
  readonly verdict: IncidentRecord['view']['verdict'];
  readonly acknowledgeS: number | null;
};

export function alarmOf({ camera, event, view, verdicts }: IncidentRecord): Alarm {
  const { detectedAtMs, kind } = event;
  const acknowledgeS = waitOf(verdicts, detectedAtMs);
  return { atMs: detectedAtMs, camera, kind, verdict: view.verdict, acknowledgeS };
}

/** Of the camera's newest version; `camera`: `site/agent/camera`. Verdicts in any order. */
export function alarmOfTold(
  { detectedAtMs, kind, state }: ToldAlarm,
  verdicts: readonly Verdict[],
  camera: string,
): Alarm {
  const said = mergedVerdicts(verdicts);
  const acknowledgeS = waitOf(said, detectedAtMs);
  return { atMs: detectedAtMs, camera, kind, verdict: verdictOf(said, state), acknowledgeS };
}

function waitOf(verdicts: readonly Verdict[], detectedAtMs: number): number | null {
  const said = firstAcknowledged(verdicts);
  // The clock of a box may be ahead of the centre's: nobody acknowledges what is not there yet.
  return said === null ? null : Math.max(0, said.atMs - detectedAtMs) / 1000;
}

/** By camera and kind, most alarms first. */
export function statisticsOf(alarms: readonly Alarm[]): { all: Statistics; rows: StatisticsRow[] } {
  const cameras = new Map<string, Map<Alarm['kind'], Alarm[]>>();
  for (const alarm of alarms) {
    const kinds = cameras.get(alarm.camera) ?? new Map<Alarm['kind'], Alarm[]>();
    if (kinds.size === 0) cameras.set(alarm.camera, kinds);
    const group = kinds.get(alarm.kind);
    if (group === undefined) kinds.set(alarm.kind, [alarm]);
    else group.push(alarm);
  }
  const rows = [...cameras].flatMap(([camera, kinds]) =>
    [...kinds].map(([kind, group]) => ({ camera, kind, ...summed(group) })),
  );
  rows.sort((a, b) => b.alarms - a.alarms || (`${a.camera} ${a.kind}` < `${b.camera} ${b.kind}` ? -1 : 1));
  return { all: summed(alarms), rows };
}

function summed(alarms: readonly Alarm[]): Statistics {
  let confirmed = 0;
  let falseAlarms = 0;
  const waits: number[] = [];
  for (const { verdict, acknowledgeS } of alarms) {
    if (verdict === 'confirmed') confirmed += 1;
    if (verdict === 'false-alarm') falseAlarms += 1;
    if (acknowledgeS !== null) waits.push(acknowledgeS);
  }
  return {
    alarms: alarms.length,
    confirmed,
    falseAlarms,
    falseAlarmShare: confirmed + falseAlarms === 0 ? null : falseAlarms / (confirmed + falseAlarms),
    acknowledged: waits.length,
    medianAcknowledgeS: medianOf(waits),
  };
}

function medianOf(numbers: number[]): number | null {
  const sorted = numbers.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
