// What really happened in a clip that we made: its counting lines, and every crossing of them.

import { existsSync } from 'node:fs';
import type { RoadUser } from '../../contract/index.ts';
import { readTruth, type Truth, TruthFileError } from '../scenes/truth-file.ts';
import { DemoError } from './demo-error.ts';

type Point = readonly [number, number];

/** A counting line as a camera's configuration has it. */
export type SceneLine = {
  readonly line: string;
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly directions: { readonly toLeft: string; readonly toRight: string };
};

export type TrueCrossing = {
  /** From the clip's first picture, ms. */
  readonly clipMs: number;
  readonly line: string;
  readonly direction: string;
  readonly roadUser: RoadUser;
};

export type SceneTruth = {
  readonly file: string;
  /** Where on the road some points of the picture are: `[x, y]` in px and in m. */
  readonly calibration?: {
    readonly points: readonly { readonly picture: Point; readonly ground: Point }[];
    readonly distortion?: number;
  };
  /** What the points of the lines refer to, px. */
  readonly picture: { readonly width: number; readonly height: number };
  readonly lines: readonly SceneLine[];
  /** Earliest first. */
  readonly crossings: readonly TrueCrossing[];
  readonly lengthMs: number;
};

/** For lines that do not name their ways. From left to right, `toLeft` is up in the picture. */
export const DIRECTIONS = { toLeft: 'away', toRight: 'towards' };

/**
 * Reads `NAME.truth.jsonl.gz` beside the clip `NAME.mp4`. Undefined when there is none, or when it has no line to
 * count at. Throws DemoError when it cannot be read.
 */
export async function findTruth(clip: string): Promise<SceneTruth | undefined> {
  const file = clip.replace(/\.mp4$/i, '.truth.jsonl.gz');
  if (file === clip || !existsSync(file)) return undefined;
  try {
    const truth = sceneTruth(file, await readTruth(file));
    return truth.lines.length === 0 ? undefined : truth;
  } catch (cause) {
    const reason = cause instanceof TruthFileError ? cause.message : `${file} is no gzipped JSON Lines`;
    throw new DemoError(`The truth beside the clip cannot be read, move it away or make it anew. ${reason}`, {
      cause,
    });
  }
}

function sceneTruth(file: string, { header, crossings }: Truth): SceneTruth {
  const { points, distortion } = header.calibration;
  const lines = header.lines.map(({ line, picture: { from, to }, directions = DIRECTIONS }) => ({
    ...{ line, from, to, directions },
  }));
  const counted = crossings.flatMap(({ line, t, direction, class: roadUser }) => {
    const name = lines.find((each) => each.line === line)?.directions[direction];
    // What lies on the road crosses no line.
    if (name === undefined || roadUser === 'debris') return [];
    return [{ clipMs: t * 1000, line, direction: name, roadUser }];
  });
  return {
    file,
    picture: header.picture,
    ...(points.length >= 4 && { calibration: { points, ...(distortion !== 0 && { distortion }) } }),
    lines,
    crossings: counted.sort((a, b) => a.clipMs - b.clipMs),
    lengthMs: (header.frames / header.picture.fps) * 1000,
  };
}
