// `npm run bench -- speed`: errors of speeds on scenes whose truth is known, a row a scene.

import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { passageSchema } from '../../contract/index.ts';
import { readTruth, type Truth } from '../scenes/truth-file.ts';
import { casesOfBoxes, casesOfPassages, type SpeedCase, speedErrors } from './speed-errors.ts';

export type SpeedBenchOptions = {
  /** Folders with NAME.truth.jsonl.gz. */
  readonly truths: readonly string[];
  /** Folder with NAME/events.ndjson of `ngatu replay`, made with the truth's calibration. */
  readonly replays?: string;
};

const TRUTH = '.truth.jsonl.gz';
const WAYS: readonly (readonly [string, (truth: Truth) => SpeedCase[]])[] = [
  ['exact boxes', (truth) => casesOfBoxes(truth, { blurShare: 0 })],
  ['boxes blurred by 3 %', (truth) => casesOfBoxes(truth, { blurShare: 0.03 })],
];

/** One table for each kind of boxes; the last row is all scenes together. */
export async function printSpeeds({ truths, replays }: SpeedBenchOptions): Promise<void> {
  const scenes = await scenesIn(truths);
  const all = new Map<string, SpeedCase[]>();
  for (const { name, path } of scenes) {
    const truth = await readTruth(path);
    const ways = WAYS.map(([way, casesOf]) => [way, casesOf(truth)] as const);
    const events = replays === undefined ? undefined : join(replays, name, 'events.ndjson');
    if (events !== undefined && existsSync(events)) {
      ways.push(['passages of a replay', casesOfPassages(truth, await passagesIn(events))]);
    }
    for (const [way, cases] of ways) {
      if (cases.length > 0) console.log(row(way, name, cases));
      all.set(way, [...(all.get(way) ?? []), ...cases]);
    }
  }
  for (const [way, cases] of all) console.log(row(way, 'together', cases));
}

async function scenesIn(folders: readonly string[]): Promise<{ name: string; path: string }[]> {
  const found: { name: string; path: string }[] = [];
  for (const folder of folders) {
    for (const file of (await readdir(folder)).filter((each) => each.endsWith(TRUTH)).sort()) {
      found.push({ name: file.slice(0, -TRUTH.length), path: join(folder, file) });
    }
  }
  return found;
}

async function passagesIn(path: string) {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.flatMap((line) => passageSchema.safeParse(JSON.parse(line)).data ?? []);
}

function row(way: string, scene: string, cases: readonly SpeedCase[]): string {
  const { crossings, good, fair, none, medianKmh, p95Kmh, largestKmh, biasKmh } = speedErrors(cases);
  const kmh = (value: number | undefined) => (value === undefined ? '-' : value.toFixed(2)).padStart(6);
  const percent = (value: number) => `${(value * 100).toFixed(0)} %`.padStart(5);
  return [
    way.padEnd(21),
    scene.padEnd(22),
    `${String(crossings).padStart(4)} crossings, good ${percent(good)} fair ${percent(fair)} none ${percent(none)}`,
    `km/h: median ${kmh(medianKmh)} p95 ${kmh(p95Kmh)} largest ${kmh(largestKmh)} bias ${kmh(biasKmh)}`,
  ].join('  ');
}
