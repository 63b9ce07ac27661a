// `npm run bench -- peers`: lets trackers of Python packages track the boxes that ours is given, and scores them in the
// same way.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BenchData, Recording } from '../tracking/recording.ts';
import { countSequence, rowOfResults } from '../tracking/score-data.ts';
import type { IdentifiedBox } from '../tracking/scored-sequence.ts';
import type { PeerParameters, PeerRow } from './peer-rows.ts';
import { type PeerTracker, searchedParameters } from './search.ts';

export type PeerOptions = {
  /** A Python with requirements.txt installed. */
  readonly python: string;
  /** Parameter sets tried for each peer and set of data. */
  readonly trials: number;
};

type Job = { readonly job: string; readonly tracker: PeerTracker; readonly parameters: PeerParameters };

const run = promisify(execFile);

/** Names for people. */
const PEERS: Readonly<Record<PeerTracker, string>> = { bytetrack: 'ByteTrack', ocsort: 'OC-SORT' };
const JOBS_AT_ONCE = 20;

/** A row for each peer with its default parameters, and one with the best of a search by HOTA on this very data. */
export async function runPeers(
  data: BenchData,
  options: PeerOptions,
  onTrial: (done: number) => void,
): Promise<PeerRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'ngatu-peers-'));
  try {
    const boxes = await writeRecordings(data, join(folder, 'boxes'));
    const rows: PeerRow[] = [];
    let done = 0;
    for (const tracker of Object.keys(PEERS) as PeerTracker[]) {
      const tried: PeerRow[] = [];
      const sets = [{}, ...searchedParameters(tracker, options.trials)];
      for (let from = 0; from < sets.length; from += JOBS_AT_ONCE) {
        const jobs = sets
          .slice(from, from + JOBS_AT_ONCE)
          .map((parameters, at): Job => ({ job: String(from + at), tracker, parameters }));
        tried.push(...(await runJobs(data, jobs, folder, boxes, options.python)));
        done += jobs.length;
        onTrial(done);
      }
      const [asShipped, ...searched] = tried;
      const best = searched.toSorted((a, b) => b.HOTA - a.HOTA)[0];
      if (asShipped) rows.push(asShipped);
      if (best) rows.push({ ...best, setting: 'tuned' });
    }
    return rows;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes what track.py reads, and gives the hash of all boxes. */
async function writeRecordings(data: BenchData, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const { name, recording } of data.sequences) {
    await writeFile(join(folder, `${name}.json`), JSON.stringify(forPeers(recording)));
  }
  return hashOfBoxes(data);
}

/** Tells apart sets of boxes, so that a row of other boxes is noticed. */
export function hashOfBoxes({ sequences }: BenchData): string {
  const hash = createHash('sha256');
  for (const { name, recording } of sequences) hash.update(name).update(JSON.stringify(forPeers(recording)));
  return hash.digest('hex').slice(0, 12);
}

function forPeers({ framesPerSecond, frames }: Recording): object {
  return {
    framesPerSecond,
    timesS: frames.map(({ timeMs }) => timeMs / 1000),
    frames: frames.map(({ boxes }) => boxes.map(({ box, score }) => [...box, score])),
  };
}

async function runJobs(
  data: BenchData,
  jobs: readonly Job[],
  folder: string,
  boxes: string,
  python: string,
): Promise<PeerRow[]> {
  const list = join(folder, 'jobs.json');
  const tracks = join(folder, 'tracks');
  await writeFile(list, JSON.stringify(jobs));
  // Compiled to dist/scripts/bench/peers; the script stays with the sources.
  const script = join(import.meta.dirname, '../../../../scripts/bench/peers/track.py');
  const { stdout } = await run(python, [script, join(folder, 'boxes'), list, tracks]);
  const { versions } = JSON.parse(stdout) as { versions: Record<string, string> };
  const frames = data.sequences.reduce((sum, { recording }) => sum + recording.frames.length, 0);
  const rows: PeerRow[] = [];
  for (const { job, tracker, parameters } of jobs) {
    let seconds = 0;
    const results = [];
    for (const sequence of data.sequences) {
      const text = await readFile(join(tracks, job, `${sequence.name}.json`), 'utf8');
      const tracked = JSON.parse(text) as { frames: number[][][]; seconds: number };
      seconds += tracked.seconds;
      results.push(countSequence(sequence, tracked.frames.map(identified)));
    }
    rows.push({
      ...rowOfResults(data, results),
      tracker: PEERS[tracker],
      version: `trackers ${versions.trackers}`,
      setting: 'default',
      parameters,
      boxes,
      msPerFrame: Math.round((1e6 * seconds) / frames) / 1000,
    });
  }
  return rows;
}

function identified(tracks: readonly (readonly number[])[]): IdentifiedBox[] {
  return tracks.map(([id = 0, x1 = 0, y1 = 0, x2 = 0, y2 = 0]) => ({ id, box: [x1, y1, x2, y2] }));
}
