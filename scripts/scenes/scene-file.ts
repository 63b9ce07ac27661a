// The declarative scene: one YAML file says what road, camera, light, demand and events a clip shows.
// Everything else follows from it and from its seed.

import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';

const point = z.tuple([z.number(), z.number()]);
const share = z.number().min(0).max(1);
const slug = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected a lower-case slug such as "night-rain"');

export const VEHICLE_KINDS = [
  'sedan',
  'hatchback',
  'suv',
  'van',
  'pickup',
  'bus',
  'truck',
  'lorry',
  'motorcycle',
  'scooter',
  'bicycle',
] as const;

const layoutSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('dual-carriageway'),
    lanesEachWay: z.int().min(1).max(4).default(2),
    laneWidthM: z.number().min(2.5).max(5).default(3.5),
    medianM: z.number().min(0.3).max(20).default(2),
    speedKmh: z.number().min(10).max(140).default(50),
    surroundings: z.enum(['city', 'suburb', 'country']).default('city'),
  }),
  z.object({
    kind: z.literal('intersection'),
    greenS: z.number().min(5).max(90).default(14),
    speedKmh: z.number().min(10).max(100).default(45),
  }),
  z.object({
    kind: z.literal('roundabout'),
    radiusM: z.number().min(8).max(40).default(15),
    speedKmh: z.number().min(10).max(100).default(45),
  }),
  z.object({
    kind: z.literal('motorway'),
    lanesEachWay: z.int().min(2).max(4).default(3),
    speedKmh: z.number().min(60).max(140).default(110),
  }),
  z.object({
    kind: z.literal('street'),
    widthM: z.number().min(6).max(16).default(10),
    speedKmh: z.number().min(10).max(80).default(35),
  }),
]);

const cameraSchema = z.object({
  /** Ground position and height above the road, metres. */
  position: z.tuple([z.number(), z.number(), z.number().min(2).max(60)]),
  /** Degrees from north (+y), clockwise. */
  panDeg: z.number().min(-180).max(180),
  /** Degrees below the horizon. */
  tiltDeg: z.number().min(1).max(89),
  rollDeg: z.number().min(-20).max(20).default(0),
  /** Of the lens, for a sensor of `sensorWidthMm`: 4.8 mm is the common 1/3 inch. */
  focalLengthMm: z.number().min(1).max(100),
  sensorWidthMm: z.number().min(1).max(40).default(4.8),
  /** Radial distortion; > 0 is barrel. Undistorted radius = r (1 + k1 r²), r = 1 at the picture's corner. */
  distortion: z.number().min(0).max(0.3).default(0),
});

const timing = { atS: z.number().min(0), durationS: z.number().min(0.5).optional() };
const place = {
  /** Route of the layout, such as `northbound`; see docs/scenes.md. */
  movement: z.string(),
  /** Counted from the middle of the road, 1 first. */
  lane: z.int().min(1).default(1),
  /** Along the route, in ground metres north or east: the coordinate the camera sees. */
  at: point,
};

const eventSchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('stopped-vehicle'), ...timing, ...place }),
  z.object({
    event: z.literal('wrong-way'),
    ...timing,
    movement: z.string(),
    lane: z.int().min(1).default(1),
    speedKmh: z.number().default(35),
  }),
  z.object({
    event: z.literal('pedestrian'),
    ...timing,
    path: z.array(point).min(2),
    speedMs: z.number().default(1.3),
  }),
  z.object({ event: z.literal('congestion'), ...timing, ...place, speedKmh: z.number().min(0).default(3) }),
  /** Nobody gets past the place: a level crossing, say. */
  z.object({ event: z.literal('queue'), ...timing, ...place }),
  /** Over `lengthM` from the place on everybody drives slowly, but drives. */
  z.object({
    event: z.literal('slow-traffic'),
    ...timing,
    ...place,
    lengthM: z.number().min(10).max(400).default(150),
    speedKmh: z.number().min(5).default(27),
  }),
  /** Somebody rides a bicycle along the outer edge of the road, from the place on. */
  z.object({
    event: z.literal('cyclist'),
    ...timing,
    movement: z.string(),
    at: point,
    speedKmh: z.number().min(5).max(19).default(17),
  }),
  z.object({
    event: z.literal('speeding'),
    ...timing,
    movement: z.string(),
    lane: z.int().min(1).default(1),
    speedKmh: z.number(),
  }),
  z.object({ event: z.literal('debris'), ...timing, at: point }),
  z.object({ event: z.literal('crash'), ...timing, ...place }),
  z.object({
    event: z.literal('camera-moved'),
    ...timing,
    panDeg: z.number().default(0),
    tiltDeg: z.number().default(0),
    rollDeg: z.number().default(0),
  }),
  z.object({ event: z.literal('camera-obscured'), ...timing, share: share.default(0.7) }),
  z.object({ event: z.literal('camera-frozen'), ...timing }),
  z.object({ event: z.literal('camera-black'), ...timing }),
  z.object({ event: z.literal('camera-blurred'), ...timing, blurPx: z.number().min(1).max(30).default(6) }),
]);

export const sceneSchema = z.object({
  scene: slug,
  title: z.string().min(1),
  seed: z.int().min(0).default(1),
  durationS: z.number().min(1).max(3600),
  /** Simulated before the first frame, so that the road is full when the clip starts. */
  warmUpS: z.number().min(0).max(600).default(60),
  layout: layoutSchema,
  picture: z.object({
    width: z.int().min(160).max(1920).multipleOf(2),
    height: z.int().min(120).max(1080).multipleOf(2),
    fps: z.number().min(0.1).max(30),
  }),
  camera: cameraSchema,
  light: z
    .object({
      time: z.enum(['day', 'low-sun', 'dusk', 'night']).default('day'),
      /** Degrees from north, clockwise: where the sun stands. */
      sunAzimuthDeg: z.number().optional(),
      sunElevationDeg: z.number().min(1).max(90).optional(),
    })
    .prefault({}),
  weather: z
    .object({
      kind: z.enum(['clear', 'cloudy', 'rain', 'fog']).default('clear'),
      /** Distance at which contrast falls to 5 %, metres; only for fog and rain. */
      visibilityM: z.number().min(20).max(5000).optional(),
    })
    .prefault({}),
  image: z
    .object({
      /** Peak of the sensor noise, grey levels. */
      noise: z.number().min(0).max(60).optional(),
      blurPx: z.number().min(0).max(5).default(0.55),
      /** x264 rate factor: 23 is good, 35 is a poor link. */
      crf: z.int().min(10).max(45).default(27),
    })
    .prefault({}),
  demand: z
    .array(
      z.object({
        /** A route, or a pattern with * such as `south>*`. Later entries win. */
        movement: z.string(),
        perHour: z.number().min(0).max(8000),
        mix: z.partialRecord(z.enum(VEHICLE_KINDS), z.number().min(0)),
      }),
    )
    .min(1),
  pedestriansPerHour: z.number().min(0).max(5000).default(200),
  lines: z
    .array(
      z.object({
        line: slug,
        from: point,
        to: point,
        directions: z.object({ toLeft: slug, toRight: slug }).optional(),
      }),
    )
    .default([]),
  events: z.array(eventSchema).default([]),
});

export type Scene = z.infer<typeof sceneSchema>;
export type SceneCamera = Scene['camera'];
export type SceneEvent = Scene['events'][number];
export type SceneLayout = Scene['layout'];
export type VehicleKind = (typeof VEHICLE_KINDS)[number];

/** Thrown for a scene file that cannot be used; the message names every problem at once. */
export class SceneFileError extends Error {
  override readonly name = 'SceneFileError';
  readonly retryable = false;
}

export async function readScene(path: string): Promise<Scene> {
  return parseScene(await readFile(path, 'utf8'), path);
}

export function parseScene(yaml: string, path: string): Scene {
  const result = sceneSchema.safeParse(parse(yaml));
  if (!result.success) {
    throw new SceneFileError(`${path} is no valid scene:\n${z.prettifyError(result.error)}`);
  }
  return result.data;
}
