// What a replay prints below its counts: the figures of traffic engineering, and the incidents.

import { turningTable } from '../contract/index.ts';
import type { ReplayIncident } from '../edge-agent/replay/incident-list.ts';
import type { TrafficFigures } from '../edge-agent/replay/traffic-figures.ts';

/** Lines of text; none where there is nothing to tell. */
export function describeFigures({ movements, lines, pcuEdition }: TrafficFigures): string[] {
  const counted = lines.filter(({ vehicles }) => vehicles > 0);
  const figures = counted.map(({ line, direction, pcu, pcuPerH, speed, densityPcPerKmLane, service }) => [
    line,
    direction,
    String(pcu),
    String(Math.round(pcuPerH)),
    speed?.timeMeanKmh.toFixed(1) ?? '-',
    speed?.v85Kmh.toFixed(1) ?? '-',
    densityPcPerKmLane === undefined ? '-' : densityPcPerKmLane.toFixed(1),
    service?.level ?? '-',
  ]);
  const editions = [...new Set(counted.flatMap(({ service }) => service?.edition ?? []))];
  const { exits, rows, totals, total } = turningTable(movements);
  return [
    ...(figures.length === 0
      ? []
      : [
          '',
          `passenger car units by ${pcuEdition}${editions.length > 0 ? `; level of service by ${editions.join(', ')}` : ''}`,
          ...aligned(
            [
              ['line', 'direction', 'cars', 'cars/h', 'mean km/h', '85 %', 'cars/km lane', 'level'],
              ...figures,
            ],
            2,
          ),
        ]),
    ...(total === 0
      ? []
      : [
          '',
          'turning movements, from entry line (rows) to exit line (columns)',
          ...aligned(
            [
              ['', ...exits, 'total'],
              ...rows.map(({ entry, counts, total: ofRow }) => [entry, ...counts.map(String), String(ofRow)]),
              ['total', ...totals.map(String), String(total)],
            ],
            1,
          ),
        ]),
  ];
}

/** Lines of text; none where there was no incident. Times are those of the clip. */
export function describeIncidents(incidents: readonly ReplayIncident[]): string[] {
  if (incidents.length === 0) return [];
  const rows = incidents.map((incident) => [
    incident.kind,
    incident.region ?? '-',
    incident.severity,
    clockOf(incident.startedAtS),
    clockOf(incident.detectedAtS),
    incident.clearedAtS === undefined ? '-' : clockOf(incident.clearedAtS),
  ]);
  return ['', ...aligned([['incident', 'where', 'severity', 'began', 'alarm', 'over'], ...rows], 3)];
}

/** 83.4 s is 1:23.4. */
function clockOf(seconds: number): string {
  const tenths = Math.round(seconds * 10);
  return `${Math.floor(tenths / 600)}:${((tenths % 600) / 10).toFixed(1).padStart(4, '0')}`;
}

/** Columns one below the other: the first `left` to the left, numbers to the right. */
function aligned(table: readonly (readonly string[])[], left: number): string[] {
  const widths = (table[0] ?? []).map((_, at) => Math.max(...table.map((row) => row[at]?.length ?? 0)));
  return table.map((row) =>
    row
      .map((cell, at) => (at < left ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
