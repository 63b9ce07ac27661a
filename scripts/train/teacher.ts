// Labels from detectors: an accurate one that knows vehicles, people and two-wheelers tells where they are, COCO
// detectors look at each vehicle close up and tell what it is.

import type { RoadUser } from '../../contract/index.ts';
import { findModel } from '../../models/library.ts';
import { areaOf, type Box, insideShare, iou } from '../models/box-overlap.ts';
import { detectPicture, type FoundObject, type OpenModel, openModel } from '../models/detect-picture.ts';
import type { Picture } from '../models/picture-frame.ts';

/** In pixels of the picture. */
export type KnownBox = { readonly class: RoadUser; readonly box: Box };

const TEACHER = 'person-vehicle-bike-detection-2003';
const CLASS_JUDGES = ['yolox_nano'];
/** Above: a label. Between: nobody knows, ignored. Two-wheelers and people get lower scores from this teacher. */
const SURE: Readonly<Partial<Record<RoadUser, number>>> = { vehicle: 0.3, person: 0.35, motorcycle: 0.3 };
const UNSURE = 0.08;
const SAME = 0.45;
/** Unsure boxes that take more of the picture than this would excuse whatever is found there. */
const MOST_UNSURE = 0.1;
/** Judges call many cars trucks; cars are nine in ten, so a bus or truck has to be certain. */
const CERTAIN = 0.5;
const VEHICLES: readonly RoadUser[] = ['car', 'bus', 'truck'];

export class Teacher {
  readonly #teacher: OpenModel;
  readonly #judges: readonly OpenModel[];

  private constructor(teacher: OpenModel, judges: readonly OpenModel[]) {
    this.#teacher = teacher;
    this.#judges = judges;
  }

  static async open(modelsDirectory: string): Promise<Teacher> {
    const open = async (name: string) => openModel(await findModel(name, [modelsDirectory]));
    return new Teacher(await open(TEACHER), await Promise.all(CLASS_JUDGES.map(open)));
  }

  /** People's boxes, with what the teacher saw besides them; what it is unsure of is to be ignored. */
  async complete(
    picture: Picture,
    people: readonly KnownBox[],
  ): Promise<{ boxes: KnownBox[]; ignore: Box[] }> {
    const boxes: KnownBox[] = [...people];
    const ignore: Box[] = [];
    const found = await detect(this.#teacher, picture, UNSURE);
    const wheels = found.filter(
      (one) => one.roadUser === 'motorcycle' && one.score >= (SURE.motorcycle ?? 1),
    );
    for (const one of found) {
      if (boxes.some(({ box }) => iou(box, one.box) > SAME)) continue;
      if (one.roadUser === 'person' && wheels.some(({ box }) => insideShare(one.box, box) > 0.5)) continue;
      if (one.score < (SURE[one.roadUser] ?? 1)) ignore.push(one.box);
      else
        boxes.push({
          class: one.roadUser === 'vehicle' ? await this.kindOf(picture, one.box) : one.roadUser,
          box: one.box,
        });
    }
    // What only a judge sees on the whole picture is likely there, too.
    for (const judge of this.#judges) {
      for (const one of await detect(judge, picture, 0.15))
        if (!boxes.some(({ box }) => iou(box, one.box) > SAME)) ignore.push(one.box);
    }
    const most = MOST_UNSURE * picture.width * picture.height;
    const needed = (one: Box) => areaOf(one) <= most && !boxes.some(({ box }) => insideShare(one, box) > 0.7);
    return { boxes, ignore: ignore.filter(needed) };
  }

  /** Car, bus or truck: the judges look at the box and half its size around it. A car when they cannot tell. */
  async kindOf(picture: Picture, box: Box): Promise<RoadUser> {
    const [x1, y1, x2, y2] = box;
    const margin = 0.3 * Math.max(x2 - x1, y2 - y1);
    const x = Math.max(0, Math.floor(x1 - margin));
    const y = Math.max(0, Math.floor(y1 - margin));
    const width = Math.min(picture.width, Math.ceil(x2 + margin)) - x;
    const height = Math.min(picture.height, Math.ceil(y2 + margin)) - y;
    if (width < 16 || height < 16) return 'car';
    const votes = new Map<RoadUser, number>();
    for (const judge of this.#judges) {
      const { objects } = await detectPicture(judge, picture, 0.2, { x, y, width, height });
      for (const one of objects) {
        const same = iou(one.box, box);
        if (same > 0.5 && VEHICLES.includes(one.roadUser))
          votes.set(one.roadUser, (votes.get(one.roadUser) ?? 0) + one.score * same);
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

async function detect(model: OpenModel, picture: Picture, minScore: number): Promise<readonly FoundObject[]> {
  return (await detectPicture(model, picture, minScore)).objects;
}
