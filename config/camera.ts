// A camera is one YAML file: where its picture comes from, and what is counted in it.

import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { accuracySchema } from './accuracy.ts';
import { calibrationSchema, checkCalibration } from './calibration.ts';
import { cameraEvidenceSchema } from './evidence.ts';
import { carriagewaySchema, checkCarriageways, incidentsSchema } from './incidents.ts';
import { checkLanes, lanesSchema } from './lanes.ts';
import { pictureCheckSchema } from './picture-check.ts';
import { picturesSchema } from './remote.ts';
import {
  CREDENTIALS_IN_URL,
  checkCredentials,
  checkWhole,
  durationSchema,
  hasCredentials,
  type Issues,
  nameSchema,
  pointSchema,
  secretSchema,
  section,
} from './sections.ts';
import { cameraSlitScansSchema } from './slit-scans.ts';
import { trafficSchema } from './traffic.ts';
import { checkZones, zoneSchema } from './zones.ts';

export type CameraConfig = z.output<typeof cameraSchema>;
export type LineConfig = z.output<typeof lineSchema>;

const SOURCE_SCHEMES = ['rtsp', 'rtsps', 'http', 'https', 'file'];

/** `user:password@host` with the scheme forgotten; a clip of such a name is written with `./` before it. */
const LOGIN_WITHOUT_SCHEME = /^[^/:@]+:[^/@]*@/;

const pixelSchema = z.int().min(0).max(16_384);

const sizeSchema = pixelSchema.min(16);

export const sourceSchema = section({
  url: z
    .string()
    .min(1)
    .superRefine((url, context) => {
      if (!isSource(url)) {
        context.addIssue({
          code: 'custom',
          message: `expected ${SOURCE_SCHEMES.map((known) => `${known}://…`).join(', ')}, a path of a clip or of a folder of pictures, or /dev/videoN`,
        });
      } else if (hasCredentials(url) || LOGIN_WITHOUT_SCHEME.test(url)) {
        context.addIssue({ code: 'custom', message: CREDENTIALS_IN_URL });
      }
    })
    .describe(
      'rtsp://, rtsps://, http(s):// (MJPEG, HLS), path of a clip, of a folder of pictures, or /dev/videoN. Without user name and password.',
    ),
  username: z.string().min(1).optional().describe('User name at the camera.'),
  password: secretSchema.optional().describe('Password at the camera: {env: NAME} or {file: PATH}.'),
  transport: z
    .enum(['tcp', 'udp'])
    .default('tcp')
    .describe('How RTSP carries the picture. Default tcp: a little later, but whole.'),
  analysisFps: z
    .number()
    .min(0.1)
    .max(60)
    .default(10)
    .describe('Pictures analysed a second, 0.1 to 60. Default 10. Fewer than 8 lose fast vehicles.'),
  region: section({
    x: pixelSchema.describe('Left edge of the region, pixels.'),
    y: pixelSchema.describe('Upper edge of the region, pixels.'),
    width: sizeSchema.describe('Width of the region, pixels, at least 16.'),
    height: sizeSchema.describe('Height of the region, pixels, at least 16.'),
  })
    .optional()
    .describe('Part of the picture that is analysed, in pixels of `picture`. Default: all of it.'),
  hardware: z
    .enum(['none', 'vaapi', 'qsv', 'cuda', 'v4l2m2m', 'rkmpp'])
    .default('none')
    .describe('Decoder: none (the CPU, default), vaapi, qsv, cuda, v4l2m2m or rkmpp.'),
}).check(checkWhole(checkCredentials));

/**
 * Stand at `from` and look towards `to`: who crosses to your right hand goes `toRight`.
 *
 *   from ●────────────▶ to      picture coordinates, y grows downwards:
 *             │                 over a line from left to right, toRight is
 *             ▼ toRight         downwards in the picture
 */
export const lineSchema = section({
  line: nameSchema.describe('Name of the line, once in a camera: part of every count.'),
  from: pointSchema.describe('[x, y] where the line starts, in pixels of `picture`.'),
  to: pointSchema.describe('[x, y] where the line ends, in pixels of `picture`.'),
  directions: section({
    toLeft: nameSchema.default('to-left').describe('Name for crossing to your left. Default to-left.'),
    toRight: nameSchema.default('to-right').describe('Name for crossing to your right. Default to-right.'),
  })
    .refine(({ toLeft, toRight }) => toLeft !== toRight, {
      path: ['toRight'],
      error: 'both directions have the same name; their counts could not be told apart',
    })
    .prefault({})
    .describe('Names of the two ways to cross, standing at `from` and looking towards `to`.'),
  anchor: z
    .enum(['ground', 'bottom-centre', 'centre'])
    .default('bottom-centre')
    .describe(
      'What has to cross. Default bottom-centre: middle of the lower edge of the box. ground: middle of the road user on the road, for long vehicles seen askew; needs a calibration.',
    ),
  lanes: lanesSchema
    .optional()
    .describe('Lanes in order from `from` to `to`; counts are by lane then. Default: none.'),
}).refine(({ from, to }) => from[0] !== to[0] || from[1] !== to[1], {
  path: ['to'],
  error: 'the line has no length: from and to are the same point',
});

export const cameraSchema = section({
  camera: nameSchema.describe('Name of the camera, once in a box: part of every event.'),
  name: z.string().min(1).max(200).optional().describe('Name for people, any letters.'),
  picture: section({
    width: sizeSchema.describe('Width of the picture, pixels, at least 16.'),
    height: sizeSchema.describe('Height of the picture, pixels, at least 16.'),
  }).describe('Size in pixels that all coordinates of this file refer to, best the size the camera sends.'),
  source: sourceSchema.describe('Where the picture comes from.'),
  model: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('Model card by its name, or path of a card that ends with .json. Default: that of the box.'),
  detection: section({
    minScore: z
      .number()
      .min(0.01)
      .max(0.99)
      .optional()
      .describe(
        'Detections with a lower score start no track, 0.01 to 0.99. Default: that of the model card.',
      ),
  })
    .prefault({})
    .describe('How sure a detection must be.'),
  intervalS: durationSchema('s', { min: 1, max: 3600 })
    .refine((seconds) => Number.isInteger(seconds) && 3600 % seconds === 0, {
      error: 'expected a number of whole seconds that divides an hour, such as 10, 60, 300 or 900',
    })
    .default(60)
    .describe('Length of a count interval in seconds, aligned to UTC; divides an hour. Default 60.'),
  lines: z.array(lineSchema).max(100).default([]).describe('Counting lines.'),
  zones: z
    .array(zoneSchema)
    .max(50)
    .default([])
    .describe('Zones in which presence, occupancy and queues are measured.'),
  traffic: trafficSchema.describe(
    'Tables for the figures that a replay prints: car units, level of service.',
  ),
  carriageways: z
    .array(carriagewaySchema)
    .max(20)
    .default([])
    .describe('Carriageways on which incidents are looked for.'),
  incidents: incidentsSchema.prefault({}).describe('What holds for the incidents of all carriageways.'),
  calibration: calibrationSchema
    .optional()
    .describe(
      'Where on the road the points of the picture are, for speeds; exactly one of points, rectangle, lane.',
    ),
  accuracy: accuracySchema
    .optional()
    .describe('How well this camera counts, as measured; gives counts their bounds. Default: not known.'),
  pictureCheck: pictureCheckSchema
    .prefault({})
    .describe('Faults of the camera that show in its connection and its pictures.'),
  evidence: cameraEvidenceSchema
    .prefault({})
    .describe('Pictures and clips of incidents, kept on the box; see `evidence` of the box for how much.'),
  slitScans: cameraSlitScansSchema
    .prefault({})
    .describe(
      'Slit scans of the lines, to check counts against, kept on the box; see `slitScans` of the box for how much.',
    ),
  pictures: picturesSchema
    .prefault({})
    .describe('What the control centre may fetch of the pictures; decided at the box alone.'),
}).check(checkWhole(checkGeometry));

const pictureSizeSchema = z.object({ width: z.number(), height: z.number() });
const regionSchema = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });

/** What one field alone cannot tell: lines and region lie in the picture, names occur once. */
function checkGeometry(camera: Record<string, unknown>, issues: Issues): void {
  const { picture, source, lines, calibration } = camera;
  const size = pictureSizeSchema.safeParse(picture).data;
  const region = regionSchema.safeParse((source as Record<string, unknown> | undefined)?.region).data;
  if (size && region && (region.x + region.width > size.width || region.y + region.height > size.height)) {
    issues.addIssue({
      code: 'custom',
      path: ['source', 'region'],
      message: `the region reaches to ${region.x + region.width}, ${region.y + region.height}, outside the picture of ${size.width} x ${size.height}`,
    });
  }
  checkCalibration(calibration, size, issues);
  checkZones(camera, size, issues);
  checkCarriageways(camera, size, issues);
  const seen = new Map<unknown, number>();
  for (const [index, entry] of (Array.isArray(lines) ? lines : []).entries()) {
    const line = (entry ?? {}) as Record<string, unknown>;
    if (typeof line.line === 'string') {
      const earlier = seen.get(line.line);
      if (earlier === undefined) seen.set(line.line, index);
      else {
        issues.addIssue({
          code: 'custom',
          path: ['lines', index, 'line'],
          message: `the name "${line.line}" is taken by lines[${earlier}]; every line of a camera has its own`,
        });
      }
    }
    checkLanes(line, ['lines', index], issues);
    for (const end of ['from', 'to'] as const) {
      const point = pointSchema.safeParse(line[end]).data;
      if (!size || !point) continue;
      const [x, y] = point;
      if (x < 0 || y < 0 || x > size.width || y > size.height) {
        issues.addIssue({
          code: 'custom',
          path: ['lines', index, end],
          message: `the point ${x}, ${y} lies outside the picture of ${size.width} x ${size.height}`,
        });
      }
    }
  }
}

/** A path needs no check; an address needs a scheme that we read, and a host unless it is a file. */
function isSource(url: string): boolean {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
  // `rtsp:/host` is an address with a slash too few, not the path of a clip.
  if (scheme === undefined) return !SOURCE_SCHEMES.includes(url.split(':', 1)[0] ?? '') || !url.includes(':');
  if (!SOURCE_SCHEMES.includes(scheme) || !URL.canParse(url)) return false;
  const { host } = new URL(url);
  return scheme === 'file' ? isFileUrl(url) : host !== '';
}

/** Whether it names a path of this machine: no host, no encoded slash, no broken escape. */
function isFileUrl(url: string): boolean {
  try {
    return fileURLToPath(url) !== '';
  } catch {
    return false;
  }
}
