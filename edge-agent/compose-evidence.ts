// From the configuration to the evidence of a box: one store for all cameras, a ring and a recorder for each that wants
// evidence, and the same for a replay.

import { statSync } from 'node:fs';
import type { Logger } from 'pino';
import type { CameraConfig } from '../config/camera.ts';
import type { EvidenceStoreConfig } from '../config/evidence.ts';
import type { TrafficEvent } from '../contract/index.ts';
import { AnalysedPicture } from './evidence/analysed-picture.ts';
import { type CameraEvidence, cameraEvidence } from './evidence/camera-evidence.ts';
import { ClipFootage } from './evidence/clip-footage.ts';
import { JobLine } from './evidence/job-line.ts';
import { EvidenceRecorder } from './evidence/recorder.ts';
import { Ring } from './evidence/ring.ts';
import { RingFootage } from './evidence/ring-footage.ts';
import { memoryShelf } from './evidence/segment-shelf.ts';
import { StillCamera } from './evidence/still-camera.ts';
import { type EvidenceStore, openEvidenceStore } from './evidence/store.ts';
import type { FrameShape } from './source/frame.ts';
import type { StreamCopy } from './source/stream-copy.ts';

const MIB = 1024 * 1024;

/** Beyond the configured length of the ring: a link that stumbles, the piece that is still open, ms. */
const RING_SLACK_MS = 15_000;

export type BoxEvidence = { readonly store: EvidenceStore; readonly line: JobLine };

/** Rejects with an EvidenceError when the folder cannot be made or read. */
export async function openBoxEvidence(
  { directory, maxMiB, maxAgeDays, minFreeMiB }: EvidenceStoreConfig,
  logger: Logger,
  now: () => number = Date.now,
): Promise<BoxEvidence> {
  const store = await openEvidenceStore({
    directory,
    maxBytes: maxMiB * MIB,
    maxAgeMs: maxAgeDays * 86_400_000,
    minFreeBytes: minFreeMiB * MIB,
    logger,
    now,
  });
  return { store, line: new JobLine() };
}

type Wiring = BoxEvidence & {
  /** Of the frames that the detector gets. */
  readonly shape: FrameShape;
  readonly logger: Logger;
};

/** Evidence of a live camera; undefined where it is not enabled. `onEvents` gets messages that tell of evidence alone. */
export function composeCameraEvidence(
  camera: CameraConfig,
  { onEvents, ...wiring }: Wiring & { readonly onEvents: (events: readonly TrafficEvent[]) => void },
): CameraEvidence | undefined {
  const { enabled, ring } = camera.evidence;
  if (!enabled) return undefined;
  return cameraEvidence({
    ...recorderOptions(camera),
    ...wiring,
    now: Date.now,
    onEvidence: (_, message) => {
      if (message !== undefined) onEvents([message]);
    },
    ring: {
      keepMs: ring.seconds * 1000 + RING_SLACK_MS,
      maxBytes: ring.maxMiB * MIB,
      ...(ring.directory === undefined ? {} : { directory: ring.directory }),
    },
  });
}

/** Enough for a keyframe every ten seconds at 12 Mbit/s. */
const STILL_RING = { keepMs: 3000, maxBytes: 16 * MIB };

export type CameraStills = {
  readonly stills: StillCamera;
  /** For the source, where evidence does not take the camera's video already. */
  readonly copy?: StreamCopy;
  close(): Promise<void>;
};

/** Pictures for whoever asks, where the camera's file lets them leave the box; undefined where it does not. */
export function composeCameraStills(
  camera: CameraConfig,
  evidence: CameraEvidence | undefined,
  { shape, logger }: Pick<Wiring, 'shape' | 'logger'>,
): CameraStills | undefined {
  if (!camera.pictures.leave) return undefined;
  if (evidence !== undefined) {
    const stills = new StillCamera({ shape, video: evidence });
    return { stills, close: async () => stills.close() };
  }
  const ring = new Ring({
    ...STILL_RING,
    shelf: memoryShelf(),
    logger: logger.child({ camera: camera.camera }),
  });
  const video = {
    footage: new RingFootage(ring),
    get hasVideo() {
      return ring.hasVideo;
    },
  };
  const stills = new StillCamera({ shape, video });
  const close = async () => {
    stills.close();
    await ring.close();
  };
  return { stills, copy: ring, close };
}

/**
 * Evidence of a replay, cut from the clip itself; the same bytes each time, and events.ndjson stays as it is without. Await its
 * `settled()` after the replay. Undefined where it is not enabled.
 */
export function composeReplayEvidence(
  camera: CameraConfig,
  { shape, ...wiring }: Wiring,
): EvidenceRecorder | undefined {
  if (!camera.evidence.enabled) return undefined;
  const { url } = camera.source;
  const isFolder = statSync(url, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return new EvidenceRecorder({
    ...recorderOptions(camera),
    ...wiring,
    ...(isFolder ? { analysed: new AnalysedPicture(shape) } : { footage: new ClipFootage(url) }),
    // A replay makes as many as it finds, and waits for them at its end.
    maxPending: Number.POSITIVE_INFINITY,
    now: () => 0,
  });
}

function recorderOptions({ camera, picture, evidence, ...rest }: CameraConfig) {
  const { snapshots, clips, blur, preRollS, postRollS, kinds } = evidence;
  return {
    camera,
    picture,
    regions: regionsOf(rest),
    kinds: new Set(kinds),
    snapshots,
    clips,
    blur,
    preRollMs: preRollS * 1000,
    postRollMs: postRollS * 1000,
  };
}

type Outline = readonly (readonly [number, number])[];

/** Zones and carriageways by their names; incidents name the one that they are in. */
function regionsOf({
  zones,
  carriageways,
}: Pick<CameraConfig, 'zones' | 'carriageways'>): ReadonlyMap<string, Outline> {
  return new Map([
    ...zones.map(({ zone, polygon }) => [zone, polygon] as const),
    ...carriageways.map(({ carriageway, area }) => [carriageway, area] as const),
  ]);
}
