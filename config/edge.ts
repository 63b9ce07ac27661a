// The configuration of an edge box: its name, its broker, its model and its cameras.

import { z } from 'zod';
import { DEFAULT_MODEL } from '../models/default-model.ts';
import { type CameraConfig, cameraSchema } from './camera.ts';
import { evidenceStoreSchema } from './evidence.ts';
import { commandsSchema } from './remote.ts';
import {
  checkBroker,
  checkWhole,
  durationSchema,
  httpSchema,
  logSchema,
  mqttShape,
  nameSchema,
  pathSchema,
  section,
} from './sections.ts';
import { slitScanStoreSchema } from './slit-scans.ts';

/** As loaded: camera files are read and stand beside the inline ones. */
export type EdgeConfig = Omit<z.output<typeof edgeShellSchema>, 'cameras'> & {
  readonly cameras: readonly CameraConfig[];
};

export const detectorSchema = section({
  model: z
    .string()
    .min(1)
    .max(200)
    .default(DEFAULT_MODEL)
    .describe(`Model card by its name, or path of a card that ends with .json. Default ${DEFAULT_MODEL}.`),
  modelDirectories: z
    .array(pathSchema)
    .max(20)
    .default([])
    .describe(
      'Folders with cards and ONNX files, searched in this order, before the cards that come with ngatu.',
    ),
  workers: z
    .int()
    .min(1)
    .max(64)
    .default(1)
    .describe('Inference threads that serve all cameras, 1 to 64, each with the model in memory. Default 1.'),
  threads: z
    .int()
    .min(1)
    .max(128)
    .default(1)
    .describe(
      'Cores that one inference may use, 1 to 128. Default 1. workers x threads should not exceed the cores.',
    ),
  executionProvider: z
    .enum(['cpu', 'cuda', 'tensorrt', 'coreml', 'dml'])
    .default('cpu')
    .describe(
      'What computes: cpu (default), cuda, tensorrt, coreml or dml. Falls back to cpu with a warning.',
    ),
});

const edgeShape = {
  site: nameSchema.describe('Name of the site: second part of every topic.'),
  agent: nameSchema.describe('Name of this box, once in a site: third part of every topic.'),
  mqtt: section(mqttShape).check(checkWhole(checkBroker)).describe('The broker that events go to.'),
  outbox: section({
    directory: pathSchema
      .default('./data/outbox')
      .describe('Folder for events that the centre has not stored yet. Default ./data/outbox.'),
    maxMiB: z
      .int()
      .min(1)
      .max(1_048_576)
      .default(512)
      .describe('Most it may hold, MiB, 1 to 1048576. Default 512.'),
    maxAgeDays: durationSchema('d', { min: 0.01, max: 3650 })
      .default(14)
      .describe('Older events are given up, days. Default 14.'),
  })
    .prefault({})
    .describe('Events wait here, on disk, until the centre has stored them.'),
  evidence: evidenceStoreSchema
    .prefault({})
    .describe('Where pictures and clips of incidents are kept; cameras say whether there are any.'),
  slitScans: slitScanStoreSchema
    .prefault({})
    .describe('Where slit scans of counting lines are kept; cameras say whether there are any.'),
  commands: commandsSchema.prefault({}).describe('What the control centre may ask of this box.'),
  http: httpSchema(9464).prefault({}).describe('/healthz and /metrics.'),
  log: logSchema.prefault({}).describe('What is logged (JSON lines on standard output).'),
  detector: detectorSchema.prefault({}).describe('The model and the cores it may use.'),
};

/** Without looking into the cameras: the loader reads each one, inline or in a file of its own. */
export const edgeShellSchema = section({
  ...edgeShape,
  cameras: z.array(z.record(z.string(), z.unknown())).min(1).max(1000).describe('The cameras of this box.'),
});

export const cameraFileSchema = section({
  file: pathSchema.describe('Path of a camera file, relative to this file.'),
});

/** The whole file, for editors (JSON Schema). */
export const edgeSchema = section({
  ...edgeShape,
  cameras: z
    .array(z.union([cameraFileSchema, cameraSchema]))
    .min(1)
    .max(1000)
    .describe(
      'The cameras of this box: {file: PATH} of a camera file, or the fields of a camera file inline.',
    ),
});
