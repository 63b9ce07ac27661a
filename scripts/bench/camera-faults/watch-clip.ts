// Watches one clip for camera faults the way a camera is watched, without a model: nobody says where road users are.

import { pino } from 'pino';
import type { Incident } from '../../../contract/index.ts';
import { CameraFaults } from '../../../edge-agent/analytics/camera-faults.ts';
import type { FrameShape } from '../../../edge-agent/source/frame.ts';
import { openSource } from '../../../edge-agent/source/open-source.ts';
import { PictureCheck } from '../../../edge-agent/source/picture-check.ts';
import { ThumbnailMaker } from '../../../edge-agent/source/picture-thumbnail.ts';

export type WatchedClip = {
  /** The first message of each incident. */
  readonly alarms: readonly Incident[];
  readonly endedAtMs: ReadonlyMap<string, number>;
  readonly frames: number;
  readonly durationS: number;
  /** CPU time of the process while thumbnails were made and looked at, ms a frame. */
  readonly thumbnailMs: number;
  readonly checkMs: number;
};

/** The input of the default model. */
const SHAPE: FrameShape = {
  width: 512,
  height: 288,
  colourOrder: 'rgb',
  fit: 'letterbox-top-left',
  padValue: 114,
};

export async function watchClip(url: string, analysisFps: number): Promise<WatchedClip> {
  const logger = pino({ level: 'silent' });
  const source = openSource({ url, mode: 'clip', shape: SHAPE, analysisFps, logger, now: Date.now });
  const maker = new ThumbnailMaker({ shape: SHAPE });
  const check = new PictureCheck();
  const faults = new CameraFaults({ camera: 'bench' });
  const messages: Incident[] = [];
  let frames = 0;
  let lastMs = 0;
  let thumbnailMs = 0;
  let checkMs = 0;
  for (;;) {
    const frame = await source.next();
    if (frame === undefined) break;
    frames++;
    lastMs = frame.cameraTimeMs;
    const beforeMs = cpuMs();
    const thumbnail = maker.make(frame);
    const madeMs = cpuMs();
    thumbnailMs += madeMs - beforeMs;
    if (thumbnail !== undefined) messages.push(...faults.picture(check.update(thumbnail, frame)));
    checkMs += cpuMs() - madeMs;
    frame.recycle?.(frame.planes);
  }
  await source.close();
  return {
    alarms: messages.filter(({ version }) => version === 1),
    endedAtMs: new Map(
      messages.flatMap(({ id, clearedAtMs }) => (clearedAtMs === undefined ? [] : [[id, clearedAtMs]])),
    ),
    frames,
    durationS: lastMs / 1000,
    thumbnailMs: thumbnailMs / frames,
    checkMs: checkMs / frames,
  };
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
