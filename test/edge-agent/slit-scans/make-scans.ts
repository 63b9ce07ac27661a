// Frames, lines and records for tests of slit scans.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import type { SlitScanMark } from '../../../contract/index.ts';
import type { RoadUserPassage } from '../../../edge-agent/analytics/observation.ts';
import type { ScannedLine } from '../../../edge-agent/slit-scans/recorder.ts';
import type { ScanRecord } from '../../../edge-agent/slit-scans/scan-record.ts';
import { ScanStore, type ScanStoreOptions } from '../../../edge-agent/slit-scans/scan-store.ts';
import type { Frame } from '../../../edge-agent/source/frame.ts';
import { unscaledGeometry } from '../../../edge-agent/source/frame-geometry.ts';

/** Start of an hour and of a minute. */
export const T0 = Date.UTC(2026, 4, 1, 6);
export const SIZE = { width: 128, height: 96 };
export const SHAPE = { ...SIZE, colourOrder: 'rgb', fit: 'stretch', padValue: 114 } as const;

export const LINE: ScannedLine = {
  line: 'stop',
  from: [0, 48],
  to: [128, 48],
  directions: { toLeft: 'away', toRight: 'towards' },
  lanes: [],
};

export async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'ngatu-slit-scans-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

export function storeIn(directory: string, options: Partial<ScanStoreOptions> = {}): ScanStore {
  return new ScanStore({
    directory,
    maxBytes: 1e9,
    maxAgeMs: 7 * 86_400_000,
    minFreeBytes: 0,
    logger: pino({ level: 'silent' }),
    now: () => T0,
    ...options,
  });
}

/** A frame at so many ms after T0; each pixel of a colour by its place. */
export function frameOf(
  offsetMs: number,
  colourAt: (x: number, y: number) => readonly [number, number, number] = () => [90, 90, 90],
  more: Partial<Frame> = {},
): Frame {
  const { width, height } = SIZE;
  const planes = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const colour = colourAt(x, y);
      for (const [plane, value] of colour.entries()) planes[(plane * height + y) * width + x] = value;
    }
  }
  return {
    index: 0,
    cameraTimeMs: offsetMs,
    capturedAtMs: T0 + offsetMs,
    droppedBefore: 0,
    discontinuity: false,
    geometry: unscaledGeometry(SIZE),
    planes,
    ...more,
  };
}

export function passageAt(offsetMs: number, more: Partial<SlitScanMark> = {}): RoadUserPassage {
  const { along = 0.5, ...rest } = more;
  return {
    id: 1,
    along,
    passage: {
      type: 'passage',
      camera: 'north',
      line: 'stop',
      direction: 'towards',
      roadUser: 'car',
      roadUserShare: 1,
      confidence: 0.9,
      atMs: T0 + offsetMs,
      track: 1,
      ...rest,
    },
  };
}

/** A piece of two frames, with a picture that is none. */
export function recordAt(fromMs: number, jpeg: Buffer = Buffer.from('a picture'), line = 'stop'): ScanRecord {
  const piece = { fromMs, toMs: fromMs + 100, width: 12, height: 32, frames: [0, 100] };
  return { header: { line, piece, marks: [] }, jpeg };
}
