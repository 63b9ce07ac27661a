// A small scene for tests; overrides replace whole fields.

import { type Scene, sceneSchema } from '../../../scripts/scenes/scene-file.ts';

const CITY = { sedan: 30, hatchback: 20, suv: 24, van: 9, bus: 4, truck: 5, motorcycle: 6, bicycle: 2 };

export function testScene(overrides: Record<string, unknown> = {}): Scene {
  return sceneSchema.parse({
    scene: 'test',
    title: 'A scene of the tests',
    seed: 5,
    durationS: 20,
    warmUpS: 40,
    layout: { kind: 'dual-carriageway' },
    picture: { width: 320, height: 180, fps: 10 },
    camera: { position: [10, -4, 9], panDeg: -17, tiltDeg: 15, focalLengthMm: 4.6 },
    demand: [{ movement: '*', perHour: 1000, mix: CITY }],
    lines: [
      { line: 'south', from: [-9, 24], to: [9, 24], directions: { toLeft: 'away', toRight: 'towards' } },
    ],
    ...overrides,
  });
}
