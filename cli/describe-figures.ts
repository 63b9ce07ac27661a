// The figures of traffic engineering that a replay prints below its counts.

import { turningTable } from '../contract/index.ts';
import type { TrafficFigures } from '../edge-agent/replay/traffic-figures.ts';

/** Lines of text; none where there is nothing to tell. */
export function describeFigures({ movements, lines, pcuEdition }: TrafficFigures): string[] {
  const counted = lines.filter(({ vehicles }) => vehicles > 0);
  const figures = counted.map(({ line, direction, pcu, pcuPerH, densityPcPerKmLane, service }) => [
    line,
    direction,
    String(pcu),
    String(Math.round(pcuPerH)),
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
          ...aligned([['line', 'direction', 'cars', 'cars/h', 'cars/km lane', 'level'], ...figures], 2),
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
