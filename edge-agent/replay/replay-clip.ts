// A clip through the same stages as a live camera, as fast as they go. The same clip, model and camera file
// give the same bytes in events.ndjson.

import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { RoadUser, TrafficEvent } from '../../contract/index.ts';
import { type FrameResult, runStages, type Stages } from '../runtime/stage-loop.ts';
import { IncidentList, type ReplayIncident } from './incident-list.ts';
import { type FigureTables, TrafficFigureSums, type TrafficFigures } from './traffic-figures.ts';

export type ReplayCount = {
  readonly line: string;
  readonly direction: string;
  readonly class: RoadUser;
  readonly count: number;
};

/** What `summary.json` holds. */
export type ReplaySummary = {
  readonly clip: string;
  readonly model: string;
  readonly frames: number;
  /** Length of the analysed part of the clip in camera time, s. */
  readonly durationS: number;
  /** How long the replay took, s. The only field that differs between two runs, with `fps`. */
  readonly wallS: number;
  /** Analysed frames a second of wall time. */
  readonly fps: number;
  /** Passages by line, direction and class, sorted; combinations that never occurred are left out. */
  readonly counts: readonly ReplayCount[];
  readonly incidents: readonly ReplayIncident[];
  /** Car units, densities and turning movements, by the tables that were given. */
  readonly figures?: TrafficFigures;
};

export type ReplayOptions = {
  readonly stages: Stages;
  /** Names for the summary. */
  readonly clip: string;
  readonly model: string;
  /** Made if missing; events.ndjson and summary.json in it are replaced when the replay has succeeded. */
  readonly outDirectory: string;
  /** Default: no figures. */
  readonly tables?: FigureTables;
  /** Called after each frame. */
  readonly onFrame?: (result: FrameResult) => void;
};

/** The results cannot be written. */
export class ReplayError extends Error {
  override readonly name = 'ReplayError';
  readonly retryable = false;

  constructor(outDirectory: string, cause: unknown) {
    const advice = 'Check its permissions and the free space, or give another folder.';
    super(`The results cannot be written to ${outDirectory}. ${advice}`, { cause });
  }
}

/**
 * Rejects with the source's or the detector's error, for a replay that skipped a frame would prove nothing, and with a
 * ReplayError.
 */
export async function replayClip(options: ReplayOptions): Promise<ReplaySummary> {
  const { stages, outDirectory } = options;
  const refuse = (cause: unknown) => {
    throw new ReplayError(outDirectory, cause);
  };
  await mkdir(outDirectory, { recursive: true }).catch(refuse);
  const eventsFile = join(outDirectory, 'events.ndjson');
  // Earlier results stay until there are new ones: a replay that fails leaves them alone.
  const partFile = `${eventsFile}.part`;
  const events = createWriteStream(partFile);
  // Listened to from the start: an error that nobody listens to would end the process.
  const written = finished(events).catch(refuse);
  written.catch(() => events.destroy());
  const tally = new Map<string, ReplayCount>();
  const incidents = new IncidentList();
  const figures = options.tables && new TrafficFigureSums(options.tables);
  const write = (made: readonly TrafficEvent[]) => {
    if (events.errored) refuse(events.errored);
    for (const event of made) {
      events.write(`${JSON.stringify(event)}\n`);
      figures?.add(event);
      incidents.add(event);
      if (event.type === 'passage') count(tally, event.line, event.direction, event.roadUser);
    }
  };

  const startedAtMs = performance.now();
  let frames = 0;
  let firstMs: number | undefined;
  let startAtMs: number | undefined;
  let lastMs = 0;
  try {
    await runStages({
      stages,
      lookAhead: true,
      onResult: (result) => {
        frames++;
        lastMs = result.detections.frame.cameraTimeMs;
        firstMs ??= lastMs;
        startAtMs ??= result.detections.frame.capturedAtMs;
        write(result.events);
        options.onFrame?.(result);
      },
      onDetectionError: (error) => {
        throw error;
      },
    });
    write(stages.analytics.flush());
  } catch (error) {
    events.destroy();
    await rm(partFile, { force: true });
    throw error;
  }
  events.end();
  await written;
  await rename(partFile, eventsFile).catch(refuse);

  const wallS = (performance.now() - startedAtMs) / 1000;
  const summary: ReplaySummary = {
    clip: options.clip,
    model: options.model,
    frames,
    durationS: round((lastMs - (firstMs ?? lastMs)) / 1000),
    wallS: round(wallS),
    fps: round(frames / wallS),
    counts: [...tally.keys()].toSorted().flatMap((key) => tally.get(key) ?? []),
    incidents: incidents.incidents(startAtMs ?? 0),
    ...(figures === undefined ? {} : { figures: figures.figures() }),
  };
  await writeFile(join(outDirectory, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`).catch(refuse);
  return summary;
}

function count(tally: Map<string, ReplayCount>, line: string, direction: string, roadUser: RoadUser): void {
  const key = `${line} ${direction} ${roadUser}`;
  const before = tally.get(key)?.count ?? 0;
  tally.set(key, { line, direction, class: roadUser, count: before + 1 });
}

/** Three decimals: finer would be noise. */
function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
