// Clips that were counted by hand, and where: the truth that `npm run bench -- counts` and the tests compare with.

export type HandCount = {
  /** Path inside the data folder. */
  readonly clip: string;
  readonly picture: { readonly width: number; readonly height: number };
  readonly lines: readonly {
    readonly line: string;
    readonly from: readonly [number, number];
    readonly to: readonly [number, number];
    /** Vehicles counted by eye; undefined where nobody counted that direction. */
    readonly toLeft?: number;
    readonly toRight?: number;
  }[];
  readonly note?: string;
};

/** Read from slit scans, give or take one; persons are not counted. */
export const HAND_COUNTS: readonly HandCount[] = [
  {
    clip: 'videos/car-detection.mp4',
    picture: { width: 768, height: 432 },
    lines: [{ line: 'road', from: [0, 214], to: [768, 214], toLeft: 2, toRight: 2 }],
  },
  {
    clip: 'videos/opencv4nodejs_traffic.mp4',
    picture: { width: 640, height: 360 },
    lines: [{ line: 'lower-roadway', from: [320, 90], to: [320, 360], toLeft: 16 }],
    note: 'and one more that the end of the clip cuts',
  },
  {
    clip: 'videos/tuuguu_traffic.mp4',
    picture: { width: 640, height: 360 },
    lines: [{ line: 'road', from: [0, 250], to: [640, 250], toRight: 29 }],
  },
  {
    clip: 'videos/jamcam/625_201707211410.mp4',
    picture: { width: 352, height: 288 },
    lines: [{ line: 'road', from: [0, 215], to: [352, 215], toLeft: 17, toRight: 12 }],
    note: '352x288; 4 of the 12 are cut by the right edge',
  },
  {
    clip: 'videos/jamcam/625_201709042126.mp4',
    picture: { width: 352, height: 288 },
    lines: [{ line: 'road', from: [0, 215], to: [352, 215], toLeft: 10, toRight: 7 }],
    note: '352x288, night',
  },
];
