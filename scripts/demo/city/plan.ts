// The simulated districts of `--city`: made-up cameras beside the real ones of the demo, so that pages which need a
// city and weeks have them. Their numbers are drawn by chance from a daily profile; nobody watches anything there.

import type { RoadUser } from '../../../contract/index.ts';

export type CityCamera = {
  readonly site: string;
  readonly camera: string;
  readonly name: string;
  readonly position: { readonly lat: number; readonly lon: number };
  /** Vehicles an hour of each direction of a line at the height of the day. */
  readonly peakPerHour: number;
  readonly speedKmh: number;
  /** Each with the directions `in` and `out`; of four, journeys between them are told too. */
  readonly lines: readonly string[];
  /** Of each direction of a road. At crossroads a level of service by density would mean nothing. */
  readonly lanes: readonly string[];
  /** Stopped giving pictures a while ago, for the pages to show. */
  readonly broken?: true;
};

/** One box each. */
export const CITY_AGENT = 'box-sim';

export const CITY_SITES = [
  { site: 'hong-bang', name: 'Hồng Bàng', position: { lat: 20.8605, lon: 106.6765 } },
  { site: 'ngo-quyen', name: 'Ngô Quyền', position: { lat: 20.8555, lon: 106.705 } },
  { site: 'le-chan', name: 'Lê Chân', position: { lat: 20.842, lon: 106.682 } },
  { site: 'hai-an', name: 'Hải An', position: { lat: 20.829, lon: 106.727 } },
  { site: 'kien-an', name: 'Kiến An', position: { lat: 20.822, lon: 106.64 } },
] as const;

const CROSSROADS = ['north', 'east', 'south', 'west'];
const ROAD = ['north', 'south'];
const LANES = ['outer', 'inner'];

export const CITY_CAMERAS: readonly CityCamera[] = [
  at('hong-bang', 'dien-bien-phu', 'Điện Biên Phủ', [20.8615, 106.684], 900, 31, ROAD),
  at('hong-bang', 'nga-nam-tam-bac', 'Ngã năm Tam Bạc', [20.8585, 106.676], 780, 26, CROSSROADS),
  at('ngo-quyen', 'da-nang', 'Đường Đà Nẵng', [20.857, 106.711], 1150, 36, ROAD),
  at('ngo-quyen', 'nga-sau', 'Ngã sáu', [20.8495, 106.7035], 980, 27, CROSSROADS),
  at('le-chan', 'tran-nguyen-han', 'Trần Nguyên Hãn', [20.848, 106.673], 860, 30, ROAD),
  at('le-chan', 'nguyen-van-linh', 'Nguyễn Văn Linh', [20.839, 106.69], 1240, 42, ROAD),
  at('hai-an', 'nga-tu-an-duong', 'Ngã tư An Dương', [20.834, 106.7115], 900, 29, CROSSROADS),
  at('hai-an', 'nguyen-binh-khiem', 'Nguyễn Bỉnh Khiêm', [20.84, 106.722], 1320, 47, ROAD),
  at('kien-an', 'truong-chinh', 'Trường Chinh', [20.827, 106.655], 700, 38, ROAD),
  { ...at('kien-an', 'cau-niem', 'Cầu Niệm', [20.831, 106.667], 1080, 33, ROAD), broken: true },
];

function at(
  site: string,
  camera: string,
  name: string,
  [lat, lon]: readonly [number, number],
  peakPerHour: number,
  speedKmh: number,
  lines: readonly string[],
): CityCamera {
  const lanes = lines === ROAD ? LANES : [];
  return { site, camera, name, position: { lat, lon }, peakPerHour, speedKmh, lines, lanes };
}

/** Who drives in a Vietnamese city, by day; heavy lorries are kept out at the peaks. */
export const CITY_MIX: readonly (readonly [RoadUser, number])[] = [
  ['motorcycle', 0.66],
  ['car', 0.24],
  ['truck', 0.05],
  ['bus', 0.025],
  ['bicycle', 0.025],
];

const OFFSET_MS = 7 * 3_600_000;
const DAY_MS = 86_400_000;

/** Share of the peak at a moment, 0 to 1: two peaks, a midday dip, quieter at weekends. Local time of Việt Nam. */
export function demandAt(atMs: number): number {
  const local = atMs + OFFSET_MS;
  const hour = (local % DAY_MS) / 3_600_000;
  const weekday = (Math.floor(local / DAY_MS) + 4) % 7;
  const bump = (middle: number, width: number) => Math.exp(-(((hour - middle) / width) ** 2));
  const day = 0.05 + 0.95 * bump(7.2, 1.1) + 0.5 * bump(11.3, 1.6) + 0.42 * bump(14.2, 2) + bump(17.4, 1.4);
  const evening = 0.32 * bump(20.3, 1.7);
  const weekend = weekday === 0 ? 0.68 : weekday === 6 ? 0.85 : 1;
  return Math.min(1, day + evening) * weekend;
}
