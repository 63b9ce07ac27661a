// What the alarms of a camera are worth: how many were real, and how soon somebody looked.

import type { IncidentStatisticsAnswer } from '../api/schemas/incidents.ts';
import type { IncidentRecord } from './incident-record.ts';
import { firstAcknowledged } from './operators-view.ts';

type Statistics = IncidentStatisticsAnswer['all'];
type StatisticsRow = Omit<IncidentStatisticsAnswer['rows'][number], 'cameraName'>;

/** As much of a record as is needed, so that a hundred thousand are little. */
export type Alarm = {
  readonly camera: string;
  readonly kind: StatisticsRow['kind'];
  readonly verdict: IncidentRecord['view']['verdict'];
  readonly acknowledgeS: number | null;
};

export function alarmOf({ camera, event, view, verdicts }: IncidentRecord): Alarm {
  const said = firstAcknowledged(verdicts);
  // The clock of a box may be ahead of the centre's: nobody acknowledges what is not there yet.
  const acknowledgeS = said === null ? null : Math.max(0, said.atMs - event.detectedAtMs) / 1000;
  return { camera, kind: event.kind, verdict: view.verdict, acknowledgeS };
}

/** By camera and kind, most alarms first. */
export function statisticsOf(alarms: readonly Alarm[]): { all: Statistics; rows: StatisticsRow[] } {
  const groups = new Map<string, Alarm[]>();
  for (const alarm of alarms) {
    const key = `${alarm.camera} ${alarm.kind}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [alarm]);
    else group.push(alarm);
  }
  const rows = [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ camera: first.camera, kind: first.kind, ...summed(group) }];
  });
  rows.sort((a, b) => b.alarms - a.alarms || (`${a.camera} ${a.kind}` < `${b.camera} ${b.kind}` ? -1 : 1));
  return { all: summed(alarms), rows };
}

function summed(alarms: readonly Alarm[]): Statistics {
  const confirmed = alarms.filter(({ verdict }) => verdict === 'confirmed').length;
  const falseAlarms = alarms.filter(({ verdict }) => verdict === 'false-alarm').length;
  const waits = alarms.map(({ acknowledgeS }) => acknowledgeS).filter((wait) => wait !== null);
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
