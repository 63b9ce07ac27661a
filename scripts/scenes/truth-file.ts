// The truth of a clip: what was in it, computed from the simulation. JSON Lines, gzipped: a header, then
// one record a frame, then every line crossing and every incident.

import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { z } from 'zod';
import { INCIDENT_KINDS } from '../../contract/incidents.ts';

const point = z.tuple([z.number(), z.number()]);
/** x1, y1, x2, y2 in pixels of the picture. */
const box = z.tuple([z.number(), z.number(), z.number(), z.number()]);
const share = z.number().min(0).max(1);

export const TRUTH_CLASSES = ['car', 'motorcycle', 'bus', 'truck', 'bicycle', 'person', 'debris'] as const;

export const truthObjectSchema = z.object({
  /** One id for a road user's whole life in the clip. */
  id: z.int().min(1),
  class: z.enum(TRUTH_CLASSES),
  /** The model drawn: sedan, lorry, scooter and so on. */
  kind: z.string(),
  /** The whole road user, clipped to the picture, as if nothing stood in front of it. */
  box,
  /** What is really to be seen of it; absent when hidden. */
  visibleBox: box.optional(),
  /** Two-wheelers only: rider and machine apart, as COCO labels them. Clipped, not occlusion-tested. */
  riderBox: box.optional(),
  machineBox: box.optional(),
  /** Share of its pixels inside the picture that something else covers. */
  occlusion: share,
  /** Share of its box outside the picture. */
  truncation: share,
  /** Middle of the road user on the ground, metres, and heading in radians from east, counter-clockwise. */
  ground: point,
  headingRad: z.number(),
  speedMs: z.number().min(0),
  /** Route and lane (1 next to the middle of the road); absent off the carriageway. */
  movement: z.string().optional(),
  lane: z.int().min(1).optional(),
});

const headerSchema = z.object({
  record: z.literal('scene'),
  v: z.literal(1),
  scene: z.string(),
  title: z.string(),
  seed: z.int(),
  tags: z.object({
    layout: z.string(),
    time: z.enum(['day', 'low-sun', 'dusk', 'night']),
    weather: z.string(),
  }),
  picture: z.object({ width: z.int(), height: z.int(), fps: z.number() }),
  frames: z.int(),
  /** Everything that maps between ground and picture; see truth/camera.ts for the formulas. */
  calibration: z.object({
    position: z.tuple([z.number(), z.number(), z.number()]),
    panDeg: z.number(),
    tiltDeg: z.number(),
    rollDeg: z.number(),
    focalPx: z.number(),
    distortion: z.number(),
    /** Corresponding points, spread over the road in view, for homography fits. */
    points: z.array(z.object({ picture: point, ground: point })),
  }),
  lines: z.array(
    z.object({
      line: z.string(),
      ground: z.object({ from: point, to: point }),
      picture: z.object({ from: point, to: point }),
      directions: z.object({ toLeft: z.string(), toRight: z.string() }).optional(),
    }),
  ),
});

const frameSchema = z.object({
  record: z.literal('frame'),
  frame: z.int().min(0),
  /** Seconds from the start of the clip. */
  t: z.number().min(0),
  /** Signal groups by name, where the layout has signals. */
  signals: z.record(z.string(), z.enum(['green', 'amber', 'red'])).optional(),
  objects: z.array(truthObjectSchema),
});

const crossingSchema = z.object({
  record: z.literal('crossing'),
  line: z.string(),
  /** Seconds from the start of the clip, interpolated between simulation steps. */
  t: z.number().min(0),
  direction: z.enum(['toLeft', 'toRight']),
  /** The direction's own name, where the scene gives one. */
  name: z.string().optional(),
  id: z.int().min(1),
  class: z.enum(TRUTH_CLASSES),
  movement: z.string().optional(),
  lane: z.int().min(1).optional(),
  speedMs: z.number().min(0),
});

const incidentSchema = z.object({
  record: z.literal('incident'),
  kind: z.enum(INCIDENT_KINDS),
  /** Seconds from the start of the clip; `end` is absent when it lasts beyond the clip. */
  onset: z.number().min(0),
  end: z.number().min(0).optional(),
  /** First and last time at which one of its road users can be seen (at least half of it). */
  visibleFrom: z.number().min(0).optional(),
  visibleTo: z.number().min(0).optional(),
  ids: z.array(z.int().min(1)).default([]),
  ground: point.optional(),
});

const recordSchema = z.discriminatedUnion('record', [
  headerSchema,
  frameSchema,
  crossingSchema,
  incidentSchema,
]);

export type TruthObject = z.infer<typeof truthObjectSchema>;
export type TruthClass = (typeof TRUTH_CLASSES)[number];
export type TruthHeader = z.infer<typeof headerSchema>;
export type TruthFrame = z.infer<typeof frameSchema>;
export type TruthCrossing = z.infer<typeof crossingSchema>;
export type TruthIncident = z.infer<typeof incidentSchema>;

export type Truth = {
  readonly header: TruthHeader;
  readonly frames: readonly TruthFrame[];
  readonly crossings: readonly TruthCrossing[];
  readonly incidents: readonly TruthIncident[];
};

export class TruthFileError extends Error {
  override readonly name = 'TruthFileError';
  readonly retryable = false;
}

/** Reads and checks `NAME.truth.jsonl.gz`. */
export async function readTruth(path: string): Promise<Truth> {
  const text = (await promisify(gunzip)(await readFile(path))).toString('utf8');
  const frames: TruthFrame[] = [];
  const crossings: TruthCrossing[] = [];
  const incidents: TruthIncident[] = [];
  let header: TruthHeader | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '') continue;
    const result = recordSchema.safeParse(JSON.parse(line));
    if (!result.success) {
      throw new TruthFileError(
        `${path}, line ${index + 1} is no truth record:\n${z.prettifyError(result.error)}`,
      );
    }
    const record = result.data;
    if (record.record === 'scene') header = record;
    else if (record.record === 'frame') frames.push(record);
    else if (record.record === 'crossing') crossings.push(record);
    else incidents.push(record);
  }
  if (!header) throw new TruthFileError(`${path} has no header record {"record": "scene", …}`);
  return { header, frames, crossings, incidents };
}

export async function writeTruth(path: string, truth: Truth): Promise<void> {
  const records = [truth.header, ...truth.frames, ...truth.crossings, ...truth.incidents];
  const text = `${records.map((record) => JSON.stringify(record)).join('\n')}\n`;
  await writeFile(path, await promisify(gzip)(text, { level: 9 }));
}
