// Recorded detections of a peer project through tracker and analytics: the camera, the clip and the model are theirs, so
// only what comes after the boxes is judged.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ROAD_USERS, type TrafficEvent } from '../../contract/index.ts';
import { CameraAnalytics } from '../../edge-agent/analytics/camera-analytics.ts';
import type { Detections } from '../../edge-agent/detector/detections.ts';
import { unscaledGeometry } from '../../edge-agent/source/frame-geometry.ts';
import { Tracker } from '../../edge-agent/tracker/tracker.ts';
import { table } from './markdown.ts';
import { notMeasured, type Section } from './section.ts';

const FILE = 'tracking/opendatacam/alexeydetections30FPS.json';
const PICTURE = { width: 1280, height: 720 };
const FRAMES_PER_SECOND = 30;
/** By hand: 42 certain crossings, and up to 6 more that the ends of the recording cut. */
const BY_HAND = { least: 42, most: 48, towards: 20, away: 22, peer: 41 };

/** What their detector was told to report, as a camera's file would say: `detection: { minScore: 0.25 }`. */
const MIN_SCORE = 0.25;

const recordingSchema = z.array(
  z.object({
    frame_id: z.number(),
    objects: z.array(
      z.object({
        confidence: z.number(),
        relative_coordinates: z.object({
          center_x: z.number(),
          center_y: z.number(),
          width: z.number(),
          height: z.number(),
        }),
      }),
    ),
  }),
);

type Recording = z.infer<typeof recordingSchema>;

export const recordedSection: Section = {
  name: 'recorded',
  heading: 'Recorded detections of a peer project',
  measure: async ({ data, say }) => {
    const path = join(data, FILE);
    if (!existsSync(path)) return notMeasured(`${FILE} is not part of the project and is missing here.`);
    const recording = recordingSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    const results = [1, 3].map((step) => ({ step, ...countRecording(recording, step) }));
    for (const { step, towards, away } of results) {
      say(`  every ${step}. frame: ${towards + away}, towards ${towards}, away ${away}`);
    }
    return {
      text: [
        `OpenDataCam's recording of a crowded crossroads (437 frames at ${FRAMES_PER_SECOND} a second, cars), over the line across the middle of the picture. Boxes from their detector's own threshold on, ${MIN_SCORE}, may begin a track.`,
        table(
          ['counter', 'total', 'towards', 'away'],
          [
            [
              'by hand',
              `${BY_HAND.least} to ${BY_HAND.most}`,
              `about ${BY_HAND.towards}`,
              `about ${BY_HAND.away}`,
            ],
            ["OpenDataCam's own tracker", BY_HAND.peer, '-', '-'],
            ...results.map(({ step, towards, away }) => [
              `ngatu, ${FRAMES_PER_SECOND / step} frames a second`,
              towards + away,
              towards,
              away,
            ]),
          ],
        ),
      ].join('\n\n'),
      targets: results.map(({ step, towards, away }) => ({
        what: `recorded detections at ${FRAMES_PER_SECOND / step} frames a second: ${BY_HAND.least} to ${BY_HAND.most}`,
        measured: `${towards + away} (${towards} towards, ${away} away)`,
        met: towards + away >= BY_HAND.least && towards + away <= BY_HAND.most,
      })),
    };
  },
};

/** @param step 1 for every frame, 3 for every third */
export function countRecording(recording: Recording, step: number): { towards: number; away: number } {
  const tracker = new Tracker({ highScore: MIN_SCORE, lowScore: MIN_SCORE / 3, adaptScores: false });
  const analytics = new CameraAnalytics({
    camera: 'crossroads',
    picture: PICTURE,
    lines: [
      {
        line: 'middle',
        from: [0, PICTURE.height / 2],
        to: [PICTURE.width, PICTURE.height / 2],
        directions: { toLeft: 'away', toRight: 'towards' },
        // The hand count is of what passed the line in the picture, not of wheels on the road.
        anchor: 'centre',
      },
    ],
    roadUsers: ['car'],
  });
  const events: TrafficEvent[] = [];
  for (const [index, frame] of recording.entries()) {
    if (index % step === 0) events.push(...analytics.update(tracker.update(detectionsOf(frame, index))));
  }
  events.push(...analytics.flush());
  const counted = (direction: string): number =>
    events.filter((event) => event.type === 'passage' && event.direction === direction).length;
  return { towards: counted('towards'), away: counted('away') };
}

function detectionsOf({ frame_id, objects }: Recording[number], index: number): Detections {
  const boxes = objects.toSorted((a, b) => b.confidence - a.confidence);
  const cameraTimeMs = (frame_id * 1000) / FRAMES_PER_SECOND;
  return {
    frame: {
      index,
      cameraTimeMs,
      capturedAtMs: cameraTimeMs,
      droppedBefore: 0,
      discontinuity: false,
      geometry: unscaledGeometry(PICTURE),
    },
    count: boxes.length,
    boxes: Float32Array.from(
      boxes.flatMap(({ relative_coordinates: { center_x, center_y, width, height } }) => [
        (center_x - width / 2) * PICTURE.width,
        (center_y - height / 2) * PICTURE.height,
        (center_x + width / 2) * PICTURE.width,
        (center_y + height / 2) * PICTURE.height,
      ]),
    ),
    scores: Float32Array.from(boxes, ({ confidence }) => confidence),
    roadUsers: new Uint8Array(boxes.length).fill(ROAD_USERS.indexOf('car')),
  };
}
