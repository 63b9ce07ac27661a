// Camera faults: how soon each is found, and what is found where there is none.

import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Incident } from '../../../contract/index.ts';
import { readTruth } from '../../scenes/truth-file.ts';
import { FAULT_AT_S, MADE_FAULTS, makeFault } from './made-faults.ts';
import { type WatchedClip, watchClip } from './watch-clip.ts';

type Expected = { readonly kind: Incident['kind']; readonly onsetS: number; readonly endS?: number };

export type CameraFaultsBenchOptions = {
  /** Folder with `videos/`. */
  readonly data: string;
  readonly scenesDir: string;
  /** The clip that faults are made of. */
  readonly clip: string;
  readonly fps: number;
};

export async function printCameraFaults(options: CameraFaultsBenchOptions): Promise<void> {
  const { data, scenesDir, clip, fps } = options;
  const rows: string[][] = [['clip', 'fault', 'found after', 'other alarms', 'thumbnail', 'check']];
  const directory = await mkdtemp(join(tmpdir(), 'ngatu-faults-'));
  try {
    for (const made of MADE_FAULTS) {
      const watched = await watchClip(await makeFault(clip, made, directory), fps);
      const expected = made.kind === undefined ? [] : [{ kind: made.kind, onsetS: FAULT_AT_S }];
      rows.push(...rowsOf(`${basename(clip)}, ${made.name}`, watched, expected));
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  for (const scene of clipsIn(scenesDir)) {
    const truth = scene.replace(/\.mp4$/, '.truth.jsonl.gz');
    // A scene without its truth is still being rendered.
    if (!existsSync(truth)) continue;
    const { incidents } = await readTruth(truth);
    const expected = incidents
      .filter(({ kind }) => kind.startsWith('camera-'))
      .map(({ kind, onset, end }) => ({ kind, onsetS: onset, ...(end === undefined ? {} : { endS: end }) }));
    rows.push(...rowsOf(basename(scene), await watchClip(scene, fps), expected));
  }
  for (const video of [...clipsIn(join(data, 'videos')), ...clipsIn(join(data, 'videos/jamcam'))]) {
    rows.push(...rowsOf(basename(video), await watchClip(video, fps), []));
  }
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0))) ?? [];
  const text = rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  process.stdout.write(`${text.join('\n')}\n`);
}

/** A row for each fault that should be found, or one for a clip without any. */
function rowsOf(name: string, watched: WatchedClip, expected: readonly Expected[]): string[][] {
  const { alarms, thumbnailMs, checkMs } = watched;
  const found = expected.map(({ kind, onsetS, endS }) => {
    const untilMs = 1000 * ((endS ?? watched.durationS) + 5);
    const alarm = alarms.find(
      (each) => each.kind === kind && each.detectedAtMs >= 1000 * onsetS && each.detectedAtMs <= untilMs,
    );
    return { kind, onsetS, alarm };
  });
  const others = alarms.filter((alarm) => !found.some((each) => each.alarm === alarm));
  const other =
    others.map(({ kind, detectedAtMs }) => `${kind} at ${(detectedAtMs / 1000).toFixed(1)} s`).join(', ') ||
    '-';
  const cost = [`${thumbnailMs.toFixed(2)} ms`, `${checkMs.toFixed(2)} ms`];
  if (found.length === 0) return [[name, 'none', '-', other, ...cost]];
  return found.map(({ kind, onsetS, alarm }, at) => [
    name,
    kind,
    alarm === undefined ? 'not found' : `${(alarm.detectedAtMs / 1000 - onsetS).toFixed(1)} s`,
    at === 0 ? other : '-',
    ...cost,
  ]);
}

function clipsIn(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => name.endsWith('.mp4'))
    .toSorted()
    .map((name) => join(directory, name));
}
