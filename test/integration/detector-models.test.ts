import { beforeAll, describe, expect, it } from 'vitest';
import { ROAD_USERS } from '../../contract/index.ts';
import { frameShapeOf } from '../../edge-agent/detector/frame-shape.ts';
import { openDetectionSession } from '../../edge-agent/detector/inference-session.ts';
import { findModel } from '../../models/library.ts';
import { frameFromPicture, type Picture, pictureOfClip } from '../../scripts/models/picture-frame.ts';
import { dataPath, isDataMissing } from '../support/shared-data.ts';

type Box = readonly [number, number, number, number];
type Found = { readonly box: Box; readonly roadUser: string };

/** Read by eye from the frame 9 s into the overpass clip: the four nearest cars. */
const OVERPASS = { clip: 'videos/tuuguu_traffic.mp4', atS: 9 };
const OVERPASS_NEAR: readonly Box[] = [
  [372, 232, 490, 360],
  [233, 125, 303, 213],
  [464, 102, 540, 173],
  [347, 57, 381, 96],
];
/** The cars behind them, and one parked: right when found, no loss when not. */
const OVERPASS_FAR: readonly Box[] = [
  [343, 21, 364, 41],
  [392, 19, 418, 42],
  [376, 1, 393, 17],
  [45, 0, 82, 19],
  [344, 0, 359, 12],
  [315, 0, 328, 7],
];
/** Two people on the platform of the same frame. */
const PLATFORM = { x: 560, y: 0, width: 80, height: 60 };
const PLATFORM_PEOPLE: readonly Box[] = [
  [608, 22, 619, 47],
  [619, 19, 630, 48],
];

/** Model, how many of the four near cars it must find, and how many boxes may lie where no vehicle is. */
const EXPECTED: readonly (readonly [string, number, number])[] = [
  ['yolox_nano', 4, 1],
  ['nanodet_m_320', 2, 1],
  ['picodet_s_320_coco', 3, 2],
  ['picodet_xs_320_lcnet_postprocessed', 3, 1],
  ['deimv2_hgnetv2_atto_coco', 3, 2],
  ['person-vehicle-bike-detection-2002', 4, 1],
  ['person-vehicle-bike-detection-2003', 4, 1],
  ['person-vehicle-bike-detection-2004', 4, 1],
  ['yolov5n_quant_320', 3, 2],
  ['yolo11n_int8', 3, 1],
  ['yolo26n_int8', 4, 1],
];

const isMissing = isDataMissing('models', OVERPASS.clip);

describe.skipIf(isMissing)('every model card, on a real frame', () => {
  let picture: Picture;
  beforeAll(async () => {
    picture = await pictureOfClip(dataPath(OVERPASS.clip), OVERPASS.atS);
  });

  it.each(EXPECTED)(
    '%s finds at least %i of the four near cars, and at most %i things that are not there',
    async (name, atLeast, strays) => {
      const found = await detect(name, picture);
      const vehicles = found.filter(({ roadUser }) => roadUser !== 'person');
      const near = OVERPASS_NEAR.filter((box) =>
        vehicles.some((vehicle) => overlap(vehicle.box, box) >= 0.6),
      );
      expect(near.length).toBeGreaterThanOrEqual(atLeast);
      const noted = [...OVERPASS_NEAR, ...OVERPASS_FAR];
      const elsewhere = vehicles.filter(({ box }) => !noted.some((other) => overlap(box, other) >= 0.3));
      expect(elsewhere.length).toBeLessThanOrEqual(strays);
    },
  );

  it('rtmdet_nano finds the two people in the region of the platform, in coordinates of the whole picture', async () => {
    const found = await detect('rtmdet_nano', picture, PLATFORM);
    expect(found.map(({ roadUser }) => roadUser)).toEqual(['person', 'person']);
    for (const person of PLATFORM_PEOPLE) {
      expect(Math.max(...found.map(({ box }) => overlap(box, person)))).toBeGreaterThan(0.6);
    }
  });
});

async function detect(name: string, picture: Picture, region?: typeof PLATFORM): Promise<readonly Found[]> {
  const { card, modelPath } = await findModel(name, [dataPath('models')]);
  const session = await openDetectionSession({ card, modelPath, threads: 1, executionProvider: 'cpu' });
  const frame = await frameFromPicture(picture, frameShapeOf(card), region);
  const { count, boxes, roadUsers } = await session.detect(frame.planes, frame.geometry, card.minScore);
  await session.close();
  return Array.from({ length: count }, (_, index) => {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = boxes.subarray(index * 4, index * 4 + 4);
    return { box: [x1, y1, x2, y2], roadUser: ROAD_USERS[roadUsers[index] ?? 0] ?? 'unknown' };
  });
}

/** Intersection over union. */
function overlap(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const area = (box: Box) => (box[2] - box[0]) * (box[3] - box[1]);
  return (width * height) / (area(a) + area(b) - width * height);
}
