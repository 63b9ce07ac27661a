// Things lost on the road.

import { pick, type Random } from '../../random.ts';
import { type Colour, MeshBuilder } from '../mesh.ts';
import { RUBBER } from './body.ts';
import type { Model } from './model.ts';

const CARTON: readonly [Colour, ...Colour[]] = [
  [0.42, 0.29, 0.15],
  [0.5, 0.38, 0.22],
  [0.5, 0.5, 0.48],
];

export function debrisModel(random: Random): Model {
  const mesh = new MeshBuilder();
  const kind = random();
  if (kind < 0.5) {
    mesh.box('cloth', [0, 0.35, 0], [0.9, 0.7, 0.75], pick(random, CARTON), [0, 0.2, 0]);
    mesh.box('cloth', [0.75, 0.2, 0.45], [0.5, 0.4, 0.45], pick(random, CARTON), [0, 0.9, 0]);
  } else if (kind < 0.75) {
    mesh.tyre('trim', [0, 0.36, 0.2], 0.36, 0.13, RUBBER);
    mesh.box('cloth', [-0.3, 0.1, -0.4], [1.6, 0.14, 0.3], pick(random, CARTON), [0, 0.5, 0]);
  } else {
    mesh.ball('cloth', [0, 0.3, 0], [0.65, 0.32, 0.42], [0.5, 0.5, 0.46]);
    mesh.ball('cloth', [0.5, 0.24, 0.45], [0.45, 0.26, 0.35], [0.35, 0.36, 0.3]);
  }
  return { mesh: mesh.build(), lengthM: 1.3, widthM: 1.1, heightM: 0.7 };
}
