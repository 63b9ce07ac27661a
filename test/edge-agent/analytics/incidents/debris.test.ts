import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../../contract/index.ts';
import type { Observation } from '../../../../edge-agent/analytics/observation.ts';
import type { Thumbnail } from '../../../../edge-agent/source/frame.ts';
import { observationsOf, pixelOf, play, type SceneOptions } from '../../../support/observations.ts';
import { alarms, incidentsOn, kinds, VIEW } from './road.ts';

type Painted = {
  readonly place: readonly [number, number];
  readonly fromS: number;
  readonly toS: number;
  readonly px?: number;
  /** Default: as wide as high. */
  readonly widePx?: number;
};

const WIDTH = 160;
const HEIGHT = 90;
const SCALE = 1 / 8;

/** A grey road with noise, and dark squares lying on it. */
function thumbnailAt(timeS: number, things: readonly Painted[], light = 0): Thumbnail {
  const luma = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, at) => {
    const noise = ((at * 7919 + Math.round(timeS * 10) * 104_729) % 7) - 3;
    return 120 + noise + light;
  });
  for (const { place, fromS, toS, px = 4, widePx = px } of things) {
    if (timeS < fromS || timeS >= toS) continue;
    const [x, y] = pixelOf(VIEW.camera, place[0], place[1]).map((value) => Math.round(value * SCALE));
    for (let row = (y ?? 0) - px; row < (y ?? 0); row++) {
      for (let column = (x ?? 0) - widePx / 2; column < (x ?? 0) + widePx / 2; column++)
        luma[row * WIDTH + column] = 60 + light;
    }
  }
  return {
    width: WIDTH,
    height: HEIGHT,
    luma,
    scaleX: SCALE,
    scaleY: SCALE,
    originX: 0,
    originY: 0,
    edges: { share: 0, sharpness: undefined },
  };
}

function found(
  things: readonly Painted[],
  { light, ...scene }: Partial<SceneOptions> & { light?: (timeS: number) => number } = {},
): Incident[] {
  const observations = observationsOf({ roadUsers: [], durationS: 60, view: VIEW, fps: 4, ...scene }).map(
    (observation, i): Observation => ({
      ...observation,
      frame: {
        ...observation.frame,
        geometry: { ...observation.frame.geometry, sourceWidth: 1280, sourceHeight: 720 },
      },
      thumbnail: thumbnailAt(i / 4, things, light?.(i / 4) ?? 0),
    }),
  );
  const picture = { width: 1280, height: 720 };
  return play(incidentsOn({}, { picture }), observations).filter(
    (event): event is Incident => event.type === 'incident',
  );
}

const THING = { place: [1.5, 20] as const, fromS: 15, toS: 60 };

describe('a thing on the road', () => {
  it('is told after ten seconds as a risk, with its place and size', () => {
    const incidents = found([THING]);
    expect(alarms(incidents)).toEqual([expect.stringMatching(/^debris 2[5-7]\.\d$/)]);
    expect(incidents[0]).toMatchObject({ probability: 'riskOf', region: 'outbound' });
    expect(incidents[0]?.measures.widthM).toBeGreaterThan(0.3);
  });

  it('is none when it is as small as a lamp that lights up', () => {
    expect(kinds(found([{ ...THING, px: 2 }]))).toEqual(['debris']);
    expect(found([{ ...THING, px: 1, widePx: 4 }])).toEqual([]);
  });

  it('is over when it has gone', () => {
    expect(found([{ ...THING, toS: 30 }], { durationS: 80 }).at(-1)).toMatchObject({ state: 'cleared' });
    expect(found([{ ...THING, toS: 30 }], { durationS: 80 }).at(-1)?.measures.watchEnded).toBeUndefined();
  });

  it.each([
    ['lies there from the start', { ...THING, fromS: 0 }],
    ['is there for a moment', { ...THING, toS: 20 }],
    ['lies beside the road', { ...THING, place: [6, 20] as const }],
    ['is as large as a lorry', { ...THING, px: 40 }],
  ])('is none when it %s', (_, thing) => {
    expect(kinds(found([thing]))).toEqual([]);
  });

  it('is none when the light changes', () => {
    expect(kinds(found([], { light: (timeS) => (timeS > 20 ? 40 : 0) }))).toEqual([]);
    expect(kinds(found([], { light: (timeS) => 20 * Math.sin(timeS / 3) }))).toEqual([]);
  });

  it('is none where a road user stands', () => {
    const roadUsers = [
      {
        id: 1,
        ground: [
          [14, 1.5, 20],
          [60, 1.5, 20],
        ] as const,
      },
    ];
    expect(kinds(found([THING], { roadUsers }))).toEqual(['stopped-vehicle']);
  });

  it('is still known when traffic passes over it', () => {
    const roadUsers = Array.from({ length: 8 }, (_, i) => ({
      id: i + 1,
      ground: [
        [16 + 5 * i, 1.5, 16],
        [19 + 5 * i, 1.5, 60],
      ] as const,
    }));
    expect(kinds(found([THING], { roadUsers }))).toEqual(['debris']);
  });
});
