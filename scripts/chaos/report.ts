// The result of a run in words: the verdict first, then what happened.

import type { FaultKind } from './faults.ts';
import type { RunResult } from './run.ts';

/** Most indices, and most problems, that are listed. */
const LISTED = 10;
const MIB = 1024 * 1024;

/** Whether InfluxDB holds exactly what was published, and nothing else went wrong. */
export function isRight(result: RunResult): boolean {
  return problemsOf(result).length === 0;
}

export function reportOf(result: RunResult, machine: string): string {
  const { options, comparisons, ledger, done, disks } = result;
  const sum = (of: (comparison: RunResult['comparisons'][number]) => number) =>
    comparisons.reduce((total, comparison) => total + of(comparison), 0);
  const batches = sum((comparison) => comparison.batches);
  const receipts = sum((comparison) => comparison.receipts);
  const faults = [...done.values()].reduce((total, n) => total + n, 0);
  const rows: [string, string][] = [
    ['lost', String(sum(({ lost }) => lost.length))],
    ['duplicated', String(sum(({ duplicated }) => duplicated.length))],
    ['altered', String(sum(({ altered }) => altered.length))],
    ['published', `${sum(({ published }) => published)} events of ${options.agents} agents`],
    ['points compared', `${sum(({ points }) => points)}, every tag, field and timestamp`],
    ['ledgers', `${ledger.missing} missing, ${ledger.gaps} gaps, ${ledger.dropped} given up by agents`],
    ['batches', `${batches}; ${receipts - batches} stored again after they came twice`],
    ['messages', `${result.sent} batches sent, ${result.resent} of them again for want of an answer`],
    ['writes cut short', `${sum(({ settled }) => settled)} were on disk though the agent never heard of it`],
    ['faults', `${faults}, at most ${options.concurrency} at once`],
    ['stored meanwhile', `${(result.storedMeanwhile * 100).toFixed(1)} % when the last fault was over`],
    [
      'time',
      `${seconds(result.faultsMs)} with faults, ${seconds(result.deliveryMs)} until all was delivered`,
    ],
    ['connections', `${result.connections}, ${result.resets} of them reset`],
    ['collectors', `${result.peakCollectorBytes.map((b) => Math.round(b / MIB)).join(', ')} MiB at most`],
    ['quarantined', `${result.quarantined} files`],
    ['seed', `${options.seed}, schedule ${result.scheduleHash}${disks ? '' : ' (without full disks)'}`],
    ['machine', machine],
  ];
  const problems = problemsOf(result);
  return [
    ...rows.map(([name, value]) => `${name.padEnd(17)} ${value}`),
    '',
    ...faultTable(done),
    '',
    problems.length === 0 ? 'InfluxDB holds exactly what was published.' : 'WRONG:',
    ...problems.map((problem) => `- ${problem}`),
  ].join('\n');
}

function problemsOf({ comparisons, ledger, troubles, quarantined }: RunResult): string[] {
  const problems = comparisons.flatMap(({ agent, lost, duplicated, altered, wrong }) => [
    ...listed(`${agent}: lost`, lost),
    ...listed(`${agent}: there more than once`, duplicated),
    ...listed(`${agent}: altered`, altered),
    ...wrong.map((problem) => `${agent}: ${problem}`),
  ]);
  if (ledger.missing > 0 || ledger.gaps > 0) problems.push('the ledgers miss batches');
  if (ledger.dropped > 0) problems.push('agents gave batches up');
  if (quarantined > 0) problems.push('there is something in quarantine');
  return [...problems, ...ledger.wrong.slice(0, LISTED), ...troubles.slice(0, LISTED)];
}

function listed(what: string, indices: readonly number[]): string[] {
  if (indices.length === 0) return [];
  const more = indices.length > LISTED ? ` and ${indices.length - LISTED} more` : '';
  return [`${what}: events ${indices.slice(0, LISTED).join(', ')}${more}`];
}

/** Two columns, by kind. */
function faultTable(done: ReadonlyMap<FaultKind, number>): string[] {
  const cells = [...done]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([kind, n]) => `${String(n).padStart(4)} ${kind}`);
  const half = Math.ceil(cells.length / 2);
  return cells.slice(0, half).map((cell, at) => `${cell.padEnd(36)}${cells[half + at] ?? ''}`.trimEnd());
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
