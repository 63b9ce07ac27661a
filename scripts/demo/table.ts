// The picture on the terminal: a snapshot of the line as text. Pure, and safe for wide and combining letters.

import { styleText } from 'node:util';
import { ROAD_USERS } from '../../contract/index.ts';
import { type Column, columns, type Paint } from './columns.ts';
import type { CameraSpeed } from './meter.ts';
import type { StoredCounts } from './stored.ts';
import type { CameraView, Traffic } from './tap.ts';
import type { TruthComparison } from './truth-ledger.ts';
import { truthInShort, truthTable } from './truth-table.ts';

export type Snapshot = {
  readonly elapsedMs: number;
  readonly traffic: Traffic;
  /** Names of the line's two ways, also before anybody went there. */
  readonly directions: readonly string[];
  /** Where the scene's truth is known. */
  readonly truth: TruthComparison | undefined;
  readonly speeds: ReadonlyMap<string, CameraSpeed>;
  readonly stored: StoredCounts;
  readonly influxUrl: string;
  readonly centre: { readonly url: string; readonly user: string; readonly password: string };
  readonly logFolder: string;
  /** What is going on or how to end it. */
  readonly note: string;
};

/** Beside the truth fewer passages fit into the 24 rows of a classic terminal. */
const PASSAGES_BESIDE_TRUTH = 2;

export function renderTable(snapshot: Snapshot, { colour }: { readonly colour: boolean }): string {
  const paint: Paint = (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text);
  const { traffic, stored, centre } = snapshot;
  const lines = [
    `${paint('bold', 'ngatu')}  ${clock(snapshot.elapsedMs)}  ${paint('dim', snapshot.note)}`,
    '',
    ...cameraTable(snapshot, paint),
    '',
    ...(snapshot.truth ? truthTable(snapshot.truth, paint) : countTable(snapshot, paint)),
    '',
    paint('dim', 'last passages'),
    ...lastPassages(traffic, snapshot.truth && PASSAGES_BESIDE_TRUTH),
    '',
    `${paint('dim', 'in InfluxDB')}    ${stored.passages} passages, ${stored.flowPoints} points of interval counts`,
    '',
    `${paint('bold', 'control centre')}  ${centre.url}   user ${centre.user}   password ${centre.password}`,
    paint('dim', `InfluxDB ${snapshot.influxUrl}   files ${snapshot.logFolder}`),
  ];
  return lines.map((line) => line.trimEnd()).join('\n');
}

/** The same in one line, for logs and pipes. */
export function renderLine({ elapsedMs, traffic, truth, speeds, stored }: Snapshot): string {
  const cameras = [...traffic.cameras].map(([camera, view]) =>
    [camera, stateOf(view, traffic), ...fpsOf(speeds.get(camera)).map((fps) => `${fps} fps`)].join(' '),
  );
  const directions = [...traffic.counts].map(([direction, counts]) => `${direction} ${sum(counts)}`);
  const passages = `passages ${traffic.passages}${directions.length > 0 ? ` (${directions.join(', ')})` : ''}`;
  const checked = truth === undefined ? [] : [truthInShort(truth)];
  const points = `in InfluxDB ${stored.passages} passages, ${stored.flowPoints} flow points`;
  return [clock(elapsedMs), cameras.join(', ') || 'starting', passages, ...checked, points].join('  ');
}

function cameraTable({ traffic, speeds }: Snapshot, paint: Paint): string[] {
  const titles: Column[] = [
    { title: 'camera' },
    { title: 'state' },
    { title: 'fps', align: 'right' },
    { title: 'frames', align: 'right' },
    { title: 'dropped', align: 'right' },
    { title: 'latency', align: 'right' },
  ];
  const rows = [...traffic.cameras].map(([camera, view]) => [
    view.status?.name ?? camera,
    paint(stateOf(view, traffic) === 'live' ? 'green' : 'yellow', stateOf(view, traffic)),
    fpsOf(speeds.get(camera))[0] ?? '–',
    String(speeds.get(camera)?.framesAnalysed ?? '–'),
    String(speeds.get(camera)?.framesDropped ?? '–'),
    view.health?.latencyMs === undefined ? '–' : `${Math.round(view.health.latencyMs.p50)} ms`,
  ]);
  if (rows.length === 0) rows.push(['…', paint('yellow', 'starting'), '–', '–', '–', '–']);
  const fault = traffic.fault === undefined ? [] : [paint('yellow', traffic.fault)];
  return [...columns(titles, rows, paint), ...fault];
}

function countTable({ traffic, directions }: Snapshot, paint: Paint): string[] {
  const present = ROAD_USERS.filter((user) =>
    [...traffic.counts.values()].some((counts) => counts.has(user)),
  );
  const users = present.length > 0 ? present : ROAD_USERS.slice(0, 4);
  const titles: Column[] = [
    { title: 'direction' },
    ...[...users, 'all'].map((title): Column => ({ title, align: 'right' })),
  ];
  const rows = [...new Set([...directions, ...traffic.counts.keys()])].map((direction) => {
    const counts = traffic.counts.get(direction) ?? new Map<string, number>();
    const cells = users.map((user) => String(counts.get(user) ?? 0));
    return [direction, ...cells, paint('bold', String(sum(counts)))];
  });
  return columns(titles, rows, paint);
}

function lastPassages({ lastPassages: passages }: Traffic, most?: number): string[] {
  if (passages.length === 0) return ['  none yet'];
  return passages
    .toReversed()
    .slice(0, most)
    .map(({ atMs, roadUser, direction, line }) =>
      ['', timeOfDay(atMs), roadUser.padEnd(10), direction.padEnd(8), line].join('  '),
    );
}

/** An agent that has stopped has closed its cameras: that is no fault of theirs. */
function stateOf({ status }: CameraView, { agentOnline }: Traffic): string {
  if (status === undefined) return 'starting';
  if (!agentOnline) return 'stopped';
  return status.state === 'fault' ? (status.fault ?? 'fault') : status.state;
}

/** None or one. */
function fpsOf(speed: CameraSpeed | undefined): string[] {
  return speed?.fps === undefined ? [] : [speed.fps.toFixed(1)];
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, n) => total + n, 0);
}

function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}

function timeOfDay(atMs: number): string {
  return new Date(atMs).toTimeString().slice(0, 8);
}
