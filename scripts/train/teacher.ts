// Labels from detectors: an accurate one that knows vehicles, people and two-wheelers tells where they are, COCO
// detectors look at each vehicle close up and tell what it is.

import sharp from 'sharp';
import { ROAD_USERS } from '../../contract/index.ts';
import { frameShapeOf } from '../../edge-agent/detector/frame-shape.ts';
import { type DetectionSession, openDetectionSession } from '../../edge-agent/detector/inference-session.ts';
import type { ModelCard } from '../../models/card.ts';
import { findModel } from '../../models/library.ts';

export type Picture = { readonly rgb: Buffer; readonly width: number; readonly height: number };
/** Corners in pixels of the picture. */
export type LabelledBox = { readonly class: string; readonly box: readonly number[] };
export type ClassedBox = LabelledBox;
type Found = { class: string; score: number; box: readonly number[] };
type Model = { card: ModelCard; session: DetectionSession };

const TEACHER = 'person-vehicle-bike-detection-2003';
const CLASS_JUDGES = ['yolox_nano'];
/** Above: a label. Between: nobody knows, ignored. Two-wheelers and people get lower scores from this teacher. */
const SURE: Readonly<Record<string, number>> = { vehicle: 0.3, person: 0.35, motorcycle: 0.3 };
const UNSURE = 0.08;
const SAME = 0.45;
/** Judges call many cars trucks; cars are nine in ten, so a bus or truck has to be certain. */
const CERTAIN = 0.5;
const VEHICLES = ['car', 'bus', 'truck'];

export class Teacher {
  readonly #teacher: Model;
  readonly #judges: readonly Model[];

  private constructor(teacher: Model, judges: readonly Model[]) {
    this.#teacher = teacher;
    this.#judges = judges;
  }

  static async open(modelsDirectory: string): Promise<Teacher> {
    const open = async (name: string): Promise<Model> => {
      const { card, modelPath } = await findModel(name, [modelsDirectory]);
      return {
        card,
        session: await openDetectionSession({ card, modelPath, threads: 1, executionProvider: 'cpu' }),
      };
    };
    return new Teacher(await open(TEACHER), await Promise.all(CLASS_JUDGES.map(open)));
  }

  /** People's boxes, with what the teacher saw besides them; what it is unsure of is to be ignored. */
  async complete(
    picture: Picture,
    people: readonly ClassedBox[],
  ): Promise<{ boxes: LabelledBox[]; ignore: (readonly number[])[] }> {
    const boxes: LabelledBox[] = [...people];
    const ignore: (readonly number[])[] = [];
    const found = (await detect(this.#teacher, picture, UNSURE)).sort((a, b) => b.score - a.score);
    const wheels = found.filter((one) => one.class === 'motorcycle' && one.score >= (SURE.motorcycle ?? 1));
    for (const one of found) {
      if (boxes.some(({ box }) => iou(box, one.box) > SAME)) continue;
      if (one.class === 'person' && wheels.some(({ box }) => inside(one.box, box) > 0.5)) continue;
      if (one.score < (SURE[one.class] ?? 1)) ignore.push(one.box);
      else
        boxes.push({
          class: one.class === 'vehicle' ? await this.kindOf(picture, one.box) : one.class,
          box: one.box,
        });
    }
    // What only a judge sees on the whole picture is likely there, too.
    for (const judge of this.#judges) {
      for (const one of await detect(judge, picture, 0.15))
        if (!boxes.some(({ box }) => iou(box, one.box) > SAME)) ignore.push(one.box);
    }
    return { boxes, ignore: ignore.filter((one) => !boxes.some(({ box }) => inside(one, box) > 0.7)) };
  }

  /** Car, bus or truck: the judges look at the box and half its size around it. A car when they cannot tell. */
  async kindOf(picture: Picture, [x1 = 0, y1 = 0, x2 = 0, y2 = 0]: readonly number[]): Promise<string> {
    const margin = 0.3 * Math.max(x2 - x1, y2 - y1);
    const left = Math.max(0, Math.floor(x1 - margin));
    const top = Math.max(0, Math.floor(y1 - margin));
    const width = Math.min(picture.width, Math.ceil(x2 + margin)) - left;
    const height = Math.min(picture.height, Math.ceil(y2 + margin)) - top;
    if (width < 16 || height < 16) return 'car';
    const rgb = await sharp(picture.rgb, {
      raw: { width: picture.width, height: picture.height, channels: 3 },
    })
      .extract({ left, top, width, height })
      .raw()
      .toBuffer();
    const votes = new Map<string, number>();
    for (const judge of this.#judges) {
      for (const one of await detect(judge, { rgb, width, height }, 0.2)) {
        const [a = 0, b = 0, c = 0, d = 0] = one.box;
        const same = iou([a + left, b + top, c + left, d + top], [x1, y1, x2, y2]);
        if (same > 0.5 && VEHICLES.includes(one.class))
          votes.set(one.class, (votes.get(one.class) ?? 0) + one.score * same);
      }
    }
    const car = votes.get('car') ?? 0;
    const best = [...votes].sort((a, b) => b[1] - a[1])[0];
    return best && best[1] >= CERTAIN && best[1] >= 2 * car ? best[0] : 'car';
  }

  async close(): Promise<void> {
    for (const { session } of [this.#teacher, ...this.#judges]) await session.close();
  }
}

async function detect({ card, session }: Model, picture: Picture, minScore: number): Promise<Found[]> {
  const { width, height } = picture;
  const shape = frameShapeOf(card);
  const scale = Math.min(shape.width / width, shape.height / height);
  const inner =
    shape.fit === 'stretch'
      ? { width: shape.width, height: shape.height }
      : { width: Math.round(width * scale), height: Math.round(height * scale) };
  const pad = { r: shape.padValue, g: shape.padValue, b: shape.padValue };
  const pixels = await sharp(picture.rgb, { raw: { width, height, channels: 3 } })
    .resize({ ...inner, fit: 'fill', kernel: 'linear' })
    .extend({ right: shape.width - inner.width, bottom: shape.height - inner.height, background: pad })
    .raw()
    .toBuffer();
  const area = shape.width * shape.height;
  const planes = new Uint8Array(area * 3);
  for (let c = 0; c < 3; c++) {
    const channel = shape.colourOrder === 'bgr' ? 2 - c : c;
    for (let i = 0; i < area; i++) planes[c * area + i] = pixels[i * 3 + channel] ?? 0;
  }
  const result = await session.detect(
    planes,
    {
      sourceWidth: width,
      sourceHeight: height,
      scaleX: inner.width / width,
      scaleY: inner.height / height,
      offsetX: 0,
      offsetY: 0,
      originX: 0,
      originY: 0,
    },
    minScore,
  );
  return Array.from({ length: result.count }, (_, index) => ({
    class: ROAD_USERS[result.roadUsers[index] ?? 0] ?? 'vehicle',
    score: result.scores[index] ?? 0,
    box: [...result.boxes.subarray(index * 4, index * 4 + 4)],
  }));
}

export function iou(a: readonly number[], b: readonly number[]): number {
  const shared = intersection(a, b);
  return shared / (area(a) + area(b) - shared || 1);
}

/** Share of `a` that lies in `b`. */
function inside(a: readonly number[], b: readonly number[]): number {
  return intersection(a, b) / (area(a) || 1);
}

function intersection(a: readonly number[], b: readonly number[]): number {
  const w = Math.min(a[2] ?? 0, b[2] ?? 0) - Math.max(a[0] ?? 0, b[0] ?? 0);
  const h = Math.min(a[3] ?? 0, b[3] ?? 0) - Math.max(a[1] ?? 0, b[1] ?? 0);
  return w > 0 && h > 0 ? w * h : 0;
}

function area([x1 = 0, y1 = 0, x2 = 0, y2 = 0]: readonly number[]): number {
  return (x2 - x1) * (y2 - y1);
}
