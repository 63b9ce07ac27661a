// What `ngatu replay` counts on clips that were counted by hand, for several models.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import type { ReplaySummary } from '../../edge-agent/replay/replay-clip.ts';
import { HAND_COUNTS, type HandCount } from './hand-counts.ts';

export type CountsOptions = {
  /** Folder with videos/ and models/. */
  readonly data: string;
  readonly models: readonly string[];
  readonly fps: number;
};

const run = promisify(execFile);

/** Prints a row for each clip, line and direction, and a column for each model; clips that are missing are told. */
export async function printCounts({ data, models, fps }: CountsOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ngatu-counts-'));
  try {
    const width = Math.max(...models.map((model) => model.length)) + 2;
    console.log(
      ['clip, direction'.padEnd(48), 'by hand', ...models.map((m) => m.padStart(width))].join('  '),
    );
    for (const truth of HAND_COUNTS) {
      const clip = join(data, truth.clip);
      if (!existsSync(clip)) {
        console.log(`${clip} is missing`);
        continue;
      }
      const summaries = [];
      for (const model of models) summaries.push(await replay(clip, truth, { data, model, fps, folder }));
      for (const { line, ...counted } of truth.lines) {
        for (const direction of ['toLeft', 'toRight'] as const) {
          const byHand = counted[direction] ?? '-';
          const counts = summaries.map((summary) => vehiclesOf(summary, line, DIRECTIONS[direction]));
          const cells = counts.map((count) => String(count).padStart(width));
          const name = `${truth.clip.replace('videos/', '')}, ${DIRECTIONS[direction]}`;
          console.log([name.padEnd(48), String(byHand).padStart(7), ...cells].join('  '));
        }
      }
      if (truth.note !== undefined) console.log(`  (${truth.note})`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const DIRECTIONS = { toLeft: 'to-left', toRight: 'to-right' } as const;

async function replay(
  clip: string,
  { picture, lines }: HandCount,
  { data, model, fps, folder }: { data: string; model: string; fps: number; folder: string },
): Promise<ReplaySummary> {
  const camera = join(folder, 'camera.yaml');
  await writeFile(
    camera,
    stringify({
      camera: 'hand-counted',
      picture,
      source: { url: 'clip', analysisFps: fps },
      lines: lines.map(({ line, from, to }) => ({ line, from, to })),
    }),
  );
  const out = join(folder, 'out');
  await run(process.execPath, [
    ...[join(import.meta.dirname, '../../cli/ngatu.js'), 'replay', clip, '--camera', camera, '--out', out],
    ...['--model', model, '--models-dir', join(data, 'models')],
  ]);
  return JSON.parse(await readFile(join(out, 'summary.json'), 'utf8')) as ReplaySummary;
}

function vehiclesOf({ counts }: ReplaySummary, line: string, direction: string): number {
  return counts
    .filter((each) => each.line === line && each.direction === direction && each.class !== 'person')
    .reduce((sum, { count }) => sum + count, 0);
}
