// Tells accuracy to people: tables in Markdown, aligned so that they also read well in a terminal.

import type { Accuracy, GroupAccuracy } from './accuracy-groups.ts';
import { CLASS_TARGETS, type Target } from './accuracy-targets.ts';
import type { FrameTimes } from './times-in-turns.ts';

export type ReportedModel = {
  readonly name: string;
  readonly inputWidth: number;
  readonly inputHeight: number;
  readonly minScore: number;
  readonly times: FrameTimes | undefined;
};

export type AccuracyReport = {
  /** Processor, threads, versions. */
  readonly machine: string;
  /** Pixels of a picture fitted into 512x288: truths lower than this are not asked for. */
  readonly minHeight: number;
  readonly models: readonly ReportedModel[];
  readonly groups: readonly GroupAccuracy[];
};

type Row = readonly string[];

/** All tables. Scenes are told with `byScene` only; the report itself holds them always. */
export function reportLines(report: AccuracyReport, byScene = false): string[] {
  const { models, machine, minHeight } = report;
  const names = models.map(({ name }) => name);
  const groups = report.groups.filter(({ group }) => byScene || !group.includes(', scene '));
  const whole = groups.filter(({ group }) => !group.includes(','));
  const perGroup = (target: Target, cell: (accuracy: Accuracy | undefined) => string) =>
    groups.map(
      (one): Row => [
        one.group,
        String(one.pictures),
        String(one.truths[target] ?? 0),
        ...names.map((name) => cell(one.models[name]?.[target])),
      ],
    );
  const lines = [
    `All vehicles as one class: average precision at IoU 0.5 (truths of at least ${minHeight} px at 512x288)`,
    '',
    ...table([['pictures', 'number', 'truths', ...names], ...perGroup('vehicles', apCell)]),
    '',
    'All vehicles as one class: recall / precision at the least score of the card',
    '',
    ...table([
      ['pictures', 'number', 'truths', ...models.map(({ name, minScore }) => `${name} (${minScore})`)],
      ...perGroup('vehicles', pointCell),
    ]),
    '',
    'Each class: average precision at IoU 0.5',
    '',
    ...table([
      ['class', 'pictures', 'truths', ...names],
      ...whole.flatMap((one) =>
        CLASS_TARGETS.map(
          (target): Row => [
            target,
            one.group,
            String(one.truths[target] ?? '-'),
            ...names.map((name) => apCell(one.models[name]?.[target])),
          ],
        ),
      ),
    ]),
  ];
  if (models.some(({ times }) => times)) lines.push('', ...timeLines(models, machine));
  return lines;
}

function timeLines(models: readonly ReportedModel[], machine: string): string[] {
  const ms = (value: number | undefined) => value?.toFixed(1) ?? '-';
  return [
    `Milliseconds a frame, ${models[0]?.times?.frames ?? 0} pictures in turns on ${machine}`,
    '',
    ...table([
      ['model', 'input', 'median', 'p95', 'median with input conversion', 'p95 with input conversion'],
      ...models.map(
        ({ name, inputWidth, inputHeight, times }): Row => [
          name,
          `${inputWidth}x${inputHeight}`,
          ms(times?.medianMs),
          ms(times?.p95Ms),
          ms(times?.medianWithConversionMs),
          ms(times?.p95WithConversionMs),
        ],
      ),
    ]),
  ];
}

/** `-` for a class that the model does not know, or of which there is none. */
function apCell(accuracy: Accuracy | undefined): string {
  return shareCell(accuracy?.ap);
}

function pointCell(accuracy: Accuracy | undefined): string {
  return `${shareCell(accuracy?.recall, 2)} / ${shareCell(accuracy?.precision, 2)}`;
}

function shareCell(share: number | undefined, digits = 3): string {
  return share === undefined ? '-' : share.toFixed(digits);
}

function table(rows: readonly Row[]): string[] {
  const [head = []] = rows;
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: Row) =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [
    line(head),
    `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`,
    ...rows.slice(1).map(line),
  ];
}
