// The table of a run.

import type { FuzzReport } from './fuzz-target.ts';

const WIDTHS = [14, 10, 10, 10, 9, 11, 15, 8] as const;

export function head(): string {
  return cells(['target', 'inputs', 'accepted', 'refused', 'inputs/s', 'slowest ms', 'heap MiB', 'broken']);
}

export function row({
  target,
  inputs,
  accepted,
  refused,
  seconds,
  slowestMs,
  heapMiB,
  failures,
}: FuzzReport): string {
  return cells([
    target,
    grouped(inputs),
    grouped(accepted),
    grouped(refused),
    seconds === 0 ? '-' : grouped(Math.round(inputs / seconds)),
    slowestMs.toFixed(0),
    heapMiB.map((mebibytes) => mebibytes.toFixed(1)).join(' → '),
    String(failures.length),
  ]);
}

export function sumRow(reports: readonly FuzzReport[]): string {
  const sum = (of: (report: FuzzReport) => number) =>
    reports.reduce((total, report) => total + of(report), 0);
  const seconds = sum((report) => report.seconds);
  return cells([
    'all',
    grouped(sum(({ inputs }) => inputs)),
    grouped(sum(({ accepted }) => accepted)),
    grouped(sum(({ refused }) => refused)),
    seconds === 0 ? '-' : grouped(Math.round(sum(({ inputs }) => inputs) / seconds)),
    Math.max(0, ...reports.map(({ slowestMs }) => slowestMs)).toFixed(0),
    '',
    String(sum(({ failures }) => failures.length)),
  ]);
}

function cells(texts: readonly string[]): string {
  return texts
    .map((text, at) => (at === 0 ? text.padEnd(WIDTHS[at] ?? 0) : text.padStart(WIDTHS[at] ?? 0)))
    .join(' ');
}

function grouped(value: number): string {
  return value.toLocaleString('en-GB');
}
