// From the configuration to the slit scans of a box: one store for all cameras, a recorder for each that wants them, and the
// answer to the centre.

import type { Logger } from 'pino';
import type { CameraConfig } from '../config/camera.ts';
import type { SlitScanStoreConfig } from '../config/slit-scans.ts';
import type { Command, ResultOf } from '../contract/index.ts';
import { calibrationOf } from './analytics/calibration.ts';
import { laneSpans } from './analytics/flow-lanes.ts';
import type { Observer } from './analytics/observation.ts';
import { RefusedCommand } from './commands/refusal.ts';
import { maxFrameGapMsOf } from './compose-analytics.ts';
import { JobLine } from './evidence/job-line.ts';
import { answerScan } from './slit-scans/answer-scan.ts';
import { type ScannedLine, SlitScanRecorder, type SlitScanRecorderOptions } from './slit-scans/recorder.ts';
import { ScanStore } from './slit-scans/scan-store.ts';
import { SlitScanError } from './slit-scans/slit-scan-error.ts';
import type { FrameShape } from './source/frame.ts';

const MIB = 1024 * 1024;

export type BoxSlitScans = { readonly store: ScanStore; readonly jobs: JobLine };

/** The folder is looked at when there is something to write or read: what is wrong with it is no reason not to count. */
export function openBoxSlitScans(
  { directory, maxMiB, maxAgeDays, minFreeMiB }: SlitScanStoreConfig,
  logger: Logger,
  now: () => number = Date.now,
): BoxSlitScans {
  const store = new ScanStore({
    directory,
    maxBytes: maxMiB * MIB,
    maxAgeMs: maxAgeDays * 86_400_000,
    minFreeBytes: minFreeMiB * MIB,
    logger,
    now,
  });
  return { store, jobs: new JobLine() };
}

type Wiring = Pick<SlitScanRecorderOptions, 'store' | 'jobs' | 'maxPending'> & {
  /** Of the frames that the detector gets. */
  readonly shape: FrameShape;
  readonly logger: Logger;
};

/** Undefined where it is not enabled, or where there are no lines. */
export function composeSlitScans(camera: CameraConfig, wiring: Wiring): SlitScanRecorder | undefined {
  const { enabled, columns } = camera.slitScans;
  if (!enabled || camera.lines.length === 0) return undefined;
  return new SlitScanRecorder({
    ...wiring,
    camera: camera.camera,
    lines: scannedLines(camera),
    picture: camera.picture,
    analysisFps: camera.source.analysisFps,
    columns,
    maxFrameGapMs: maxFrameGapMsOf(camera),
    logger: wiring.logger.child({ camera: camera.camera }),
  });
}

/** For analytics: hands passages on, and makes no events. */
export function slitScanObserver(recorder: SlitScanRecorder): Observer {
  return {
    passed: (passage) => recorder.passed(passage),
    observe: () => [],
    advanceTo: (nowMs) => {
      recorder.advanceTo(nowMs);
      return [];
    },
    reset: () => undefined,
    flush: () => [],
  };
}

export type SlitScanAsked = {
  readonly config: CameraConfig;
  readonly slitScans: SlitScanRecorder | undefined;
};

/** Rejects with a RefusedCommand that says what to do. */
export async function slitScanAnswer(
  { config, slitScans }: SlitScanAsked,
  store: ScanStore,
  { line: name, fromMs, toMs }: Extract<Command, { name: 'slit-scan' }>,
): Promise<ResultOf<'slit-scan'>> {
  const { camera, pictures } = config;
  if (!pictures.leave) {
    const message = `the slit scans of camera ${camera} stay on the box: its file does not say pictures: {leave: true}`;
    throw new RefusedCommand('not-allowed', message);
  }
  if (slitScans === undefined) {
    const message = config.slitScans.enabled
      ? `camera ${camera} has no lines that a slit scan could be of`
      : `slit scans of camera ${camera} are off: its file does not say slitScans: {enabled: true}`;
    throw new RefusedCommand('not-available', message);
  }
  const lines = scannedLines(config);
  const line = lines.find((each) => each.line === name);
  if (line === undefined) {
    const known = lines.map((each) => each.line).join(', ');
    throw new RefusedCommand('not-available', `camera ${camera} has no line ${name}; it has: ${known}`);
  }
  const { columns } = config.slitScans;
  try {
    return await answerScan({
      ...{ camera, line, fromMs, toMs, columns, store },
      ...{ recorder: slitScans, nowMs: Date.now() },
    });
  } catch (cause) {
    if (!(cause instanceof SlitScanError)) throw cause;
    throw new RefusedCommand('not-available', cause.message, { cause });
  }
}

export function scannedLines({ lines, picture, calibration }: CameraConfig): ScannedLine[] {
  const mapping = calibrationOf(picture, calibration);
  return lines.map((line) => ({
    line: line.line,
    from: line.from,
    to: line.to,
    directions: line.directions,
    lanes: laneSpans(line, mapping),
  }));
}
