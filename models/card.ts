// A model card: everything ngatu must know to feed an ONNX detector and to read what it answers, so that a
// user brings a model with one JSON file and no code.

import { z } from 'zod';
import { type RoadUser, roadUserSchema } from '../contract/index.ts';

/** Name of a tensor in the ONNX file. */
const tensorNameSchema = z.string().min(1).max(200);

/** One number a plane, in the order of `colourOrder`. */
const perPlaneSchema = z.tuple([z.number(), z.number(), z.number()]);

const inputSchema = z.strictObject({
  name: tensorNameSchema,
  /** Pixels; the height comes first in the tensor: `[1, 3, height, width]`. */
  width: z.int().min(32).max(8192),
  height: z.int().min(32).max(8192),
  layout: z.literal('nchw').default('nchw'),
  /** `uint8` takes the planes as they are; `float32` gets `(v - mean) / std` of v in 0..255. */
  type: z.enum(['float32', 'uint8']).default('float32'),
  colourOrder: z.enum(['rgb', 'bgr']),
  /** Default 0. For a model that wants 0..1 leave it out and give `std` [255, 255, 255]. */
  mean: perPlaneSchema.default([0, 0, 0]),
  /** Default 1. */
  std: perPlaneSchema
    .refine((values) => values.every((value) => value > 0), 'expected numbers above 0')
    .default([1, 1, 1]),
  /** How the camera's picture is fitted; must be what the model was trained with. */
  fit: z.enum(['stretch', 'letterbox-top-left', 'letterbox-centre']),
  /** Grey level of the letterbox's padding. */
  padValue: z.int().min(0).max(255).default(114),
});

/**
 * Inputs besides the picture, always filled so that boxes come out in input pixels:
 * `scale-factor` float32 `[1, 2]` = [1, 1]; `target-size` int64 `[1, 2]` = [width, height].
 */
const extraInputSchema = z.strictObject({
  name: tensorNameSchema,
  value: z.enum(['scale-factor', 'target-size']),
});

const stridesSchema = z.array(z.int().min(1).max(256)).min(1).max(8);

/** How the model's outputs are read; L is the number of labels, N the number of candidates. */
const outputSchema = z.discriminatedUnion('kind', [
  /** `[1, N, 5 + L]`: x, y in cells and log width, height; objectness and class scores after the sigmoid. */
  z.strictObject({
    kind: z.literal('yolox'),
    tensor: tensorNameSchema,
    strides: stridesSchema.default([8, 16, 32]),
  }),
  /** `[1, N, 5 + L]`: centre x, y, width, height in input pixels; objectness, class scores. */
  z.strictObject({ kind: z.literal('yolov5'), tensor: tensorNameSchema }),
  /** `[1, 4 + L, N]`: centre x, y, width, height in input pixels; class scores. YOLOv8, YOLO11. */
  z.strictObject({ kind: z.literal('yolov8'), tensor: tensorNameSchema }),
  /** `[1, N, 6]`: x1, y1, x2, y2 in input pixels, score, label. YOLOv10, YOLO26. */
  z.strictObject({ kind: z.literal('end-to-end'), tensor: tensorNameSchema }),
  /** Generalised focal loss, a level a stride: scores `[1, n, L]`, distances `[1, n, 4 * bins]` as logits. NanoDet, PicoDet. */
  z.strictObject({
    kind: z.literal('gfl'),
    levels: z
      .array(
        z.strictObject({
          stride: z.int().min(1).max(256),
          scores: tensorNameSchema,
          distances: tensorNameSchema,
        }),
      )
      .min(1)
      .max(8),
    bins: z.int().min(2).max(64).default(8),
    /** Where in its cell an anchor lies: 0.5 its middle (NanoDet, PicoDet), 0 its corner (NanoDet-Plus). */
    anchorOffset: z.number().min(0).max(1).default(0.5),
  }),
  /** Labels int64 `[1, N]`, boxes `[1, N, 4]` corners in pixels of `target-size`, scores `[1, N]`. RT-DETR, D-FINE, DEIM. */
  z.strictObject({
    kind: z.literal('detr'),
    labels: tensorNameSchema,
    boxes: tensorNameSchema,
    scores: tensorNameSchema,
  }),
  /** `[1, N, 5]`: corners in input pixels, score; labels int64 `[1, N]`. */
  z.strictObject({ kind: z.literal('mmdeploy'), detections: tensorNameSchema, labels: tensorNameSchema }),
  /** Decoded boxes `[1, N, 4]` (corners) and scores `[1, N, L]`, or L + 1 with a background class. */
  z.strictObject({
    kind: z.literal('boxes-scores'),
    boxes: tensorNameSchema,
    scores: tensorNameSchema,
    /** `relative` is 0..1 of the input's width and height. */
    coordinates: z.enum(['relative', 'pixels']),
    background: z.enum(['none', 'first', 'last']).default('none'),
  }),
  /** NMS inside, Paddle's way: `[N, 6]` label, score, corners in input pixels; int32 `[1]` how many rows count. */
  z.strictObject({ kind: z.literal('paddle-nms'), detections: tensorNameSchema, count: tensorNameSchema }),
]);

export const modelCardSchema = z.strictObject({
  /** Version of the card format. */
  v: z.literal(1),
  /** What configurations call the model; also the card's file name without `.json`. */
  name: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9._-]{0,99}$/,
      'expected 1 to 100 of a-z, 0-9, ".", "_", "-", first a letter or digit',
    ),
  title: z.string().min(1).max(200),
  /** File name of the ONNX file, looked up beside the card, then in the model directories. */
  file: z.string().regex(/^[^/\\]+\.onnx$/, 'expected a file name without folders that ends in .onnx'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hexadecimal digits'),
  /** SPDX identifier of the licence of the weights. */
  licence: z.string().min(1).max(100),
  /** `decoder-tests`: only there to test the reading of its layout, for its licence or for what it sees. */
  use: z.enum(['production', 'decoder-tests']).default('production'),
  /** Where the model comes from, for people. */
  source: z.url().optional(),
  /** Where `ngatu models fetch` downloads the file. */
  url: z.url({ protocol: /^https?$/ }).optional(),
  notes: z.string().max(2000).optional(),
  input: inputSchema,
  extraInputs: z.array(extraInputSchema).max(4).default([]),
  output: outputSchema,
  /** The road user of each of the model's labels, in its order; null for what is no road user. Or a known list. */
  labels: z.union([z.literal('coco-80'), z.array(roadUserSchema.nullable()).min(1).max(10_000)]),
  /** Boxes below this score are left out unless a configuration says otherwise. */
  minScore: z.number().min(0.001).max(1),
  /** Boxes of one road user class that overlap more than this are one object; null: the model does it itself. */
  nmsIou: z.number().min(0.05).max(1).nullable(),
});

export type ModelCard = z.infer<typeof modelCardSchema>;

export type OutputOf<Kind extends ModelCard['output']['kind']> = Extract<ModelCard['output'], { kind: Kind }>;

/** COCO's 80 labels hold six road users, at these indices. */
const COCO_ROAD_USERS: ReadonlyMap<number, RoadUser> = new Map([
  [0, 'person'],
  [1, 'bicycle'],
  [2, 'car'],
  [3, 'motorcycle'],
  [5, 'bus'],
  [7, 'truck'],
]);

const COCO_80: readonly (RoadUser | null)[] = Array.from(
  { length: 80 },
  (_, label) => COCO_ROAD_USERS.get(label) ?? null,
);

/** The road user of each label of the model, null for what is none; its length is the model's label count. */
export function labelsOf(card: Pick<ModelCard, 'labels'>): readonly (RoadUser | null)[] {
  return card.labels === 'coco-80' ? COCO_80 : card.labels;
}
