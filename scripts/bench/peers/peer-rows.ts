// What peers reached, kept as data so that our own scores can stand beside theirs without Python.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrackingRow } from '../tracking/score-data.ts';

export type PeerParameters = Readonly<Record<string, number | boolean>>;

export type PeerRow = TrackingRow & {
  readonly tracker: string;
  /** Package and version. */
  readonly version: string;
  /** `default`: as the package ships it. `tuned`: the best of a search on this very data, which flatters it. */
  readonly setting: 'default' | 'tuned';
  /** What differs from the package's defaults, its frame rate aside, which is always the data's. */
  readonly parameters: PeerParameters;
  /** Hash of the boxes that it was given: rows of other boxes cannot be compared. */
  readonly boxes: string;
  /** Mean time in the tracker for a frame, ms, on one core of whatever machine this ran on. */
  readonly msPerFrame: number;
};

/** Rows of `npm run bench -- peers`, as committed. */
export async function readPeerRows(): Promise<PeerRow[]> {
  // Compiled to dist/scripts/bench/peers; the data stay with the sources.
  const file = join(import.meta.dirname, '../../../../scripts/bench/peers/results.json');
  return JSON.parse(await readFile(file, 'utf8')) as PeerRow[];
}
