// Fixed things: which of the layout's trees, houses and posts stay (none may block the camera), and their
// shapes for renderer and truth. Coordinates here: x east, y up, z south, metres.

import type { Layout } from '../layout/layout.ts';
import { seededRandom } from '../random.ts';
import type { SceneCamera } from '../scene-file.ts';
import { type Colour, type Mesh, MeshBuilder } from './mesh.ts';
import { buildTree, leafOccluders, type Tree } from './tree.ts';
import { scooterModel } from './vehicles/two-wheelers.ts';

/** Fixed triangles that hide what is behind them. */
export type StaticMesh = Pick<Mesh, 'corners' | 'triangles'>;

export type PlacedTree = {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  readonly turnRad: number;
  readonly shape: number;
};

export type Scenery = {
  readonly layout: Layout;
  readonly trees: readonly PlacedTree[];
  readonly treeShapes: readonly Tree[];
  /** Poles, rails, bins, signs, signal housings: vertex colours. */
  readonly furniture: Mesh;
  /** Panels of street lamps: they shine at night. */
  readonly lampPanels: Mesh;
  /** Lenses of signal heads: [x, up, z, facing, group, index of the colour from the top]. */
  readonly lenses: readonly {
    readonly x: number;
    readonly y: number;
    readonly z: number;
    readonly facingRad: number;
    readonly group: string;
    readonly colour: 0 | 1 | 2;
  }[];
  readonly occluders: readonly StaticMesh[];
};

const POLE: Colour = [0.13, 0.14, 0.145];
const STOREY_M = 3.4;
const TREE_SHAPES = 4;

export function buildScenery(layout: Layout, camera: SceneCamera, seed: number): Scenery {
  const random = seededRandom(seed * 7 + 1);
  const view = sightLines(layout, camera);
  const [cx, cy] = camera.position;
  const kept: Layout = {
    ...layout,
    buildings: layout.buildings.filter((b) => !blocksHouse(b, view, camera)),
    lamps: layout.lamps.filter((lamp) => Math.hypot(lamp.x - cx, lamp.y - cy) > 9),
    signalHeads: layout.signalHeads.filter((head) => Math.hypot(head.x - cx, head.y - cy) > 9),
    furniture: layout.furniture.filter((thing) => Math.hypot(thing.x - cx, thing.y - cy) > 5),
  };
  const treeShapes = Array.from({ length: TREE_SHAPES }, () => buildTree(random));
  const trees = layout.trees
    .map(
      (tree): PlacedTree => ({
        ...tree,
        turnRad: random() * 2 * Math.PI,
        shape: Math.floor(random() * TREE_SHAPES),
      }),
    )
    .filter((tree) => !blocksTree(tree, view, camera));
  const { furniture, lampPanels, lenses } = furnish(kept);
  return {
    layout: kept,
    trees,
    treeShapes,
    furniture,
    lampPanels,
    lenses,
    occluders: occluders(kept, trees, treeShapes, furniture),
  };
}

export function buildingHeight(floors: number): number {
  return floors * STOREY_M + 0.7;
}

type Sight = readonly { readonly x: number; readonly y: number }[];

/** Places on the road that the camera must see. */
function sightLines(layout: Layout, camera: SceneCamera): Sight {
  const [cx, cy] = camera.position;
  const pan = (camera.panDeg * Math.PI) / 180;
  const points: { x: number; y: number }[] = [];
  for (const route of layout.routes) {
    for (const lane of route.lanesM) {
      for (let along = 0; along < route.path.lengthM; along += 5) {
        const { x, y } = route.path.pose(along, lane);
        const ahead = (x - cx) * Math.sin(pan) + (y - cy) * Math.cos(pan);
        const aside = Math.abs((x - cx) * Math.cos(pan) - (y - cy) * Math.sin(pan));
        if (ahead > 2 && ahead < 65 && aside < ahead * 0.75 + 3) points.push({ x, y });
      }
    }
  }
  return points;
}

function blocksTree(
  tree: { x: number; y: number; scale: number },
  view: Sight,
  camera: SceneCamera,
): boolean {
  const [cx, cy, height] = camera.position;
  if (Math.hypot(tree.x - cx, tree.y - cy) < 12) return true;
  return view.some((point) => {
    const length = Math.hypot(point.x - cx, point.y - cy);
    const share = ((tree.x - cx) * (point.x - cx) + (tree.y - cy) * (point.y - cy)) / length ** 2;
    if (share < 0 || share > 0.97) return false;
    const aside = Math.hypot(cx + (point.x - cx) * share - tree.x, cy + (point.y - cy) * share - tree.y);
    // Above the crown or below it the camera sees past the tree.
    const rayM = height * (1 - share);
    return aside < 2.3 * tree.scale && rayM > 2.2 * tree.scale && rayM < 9.5 * tree.scale;
  });
}

function blocksHouse(house: Layout['buildings'][number], view: Sight, camera: SceneCamera): boolean {
  const [cx, cy, height] = camera.position;
  const inside = (x: number, y: number, slack: number): boolean =>
    Math.abs(x - house.x) < house.widthM / 2 + slack && Math.abs(y - house.y) < house.depthM / 2 + slack;
  if (inside(cx, cy, 2.5)) return true;
  return view.some((point) => {
    for (let share = 0.05; share < 0.95; share += 0.05) {
      const rayM = height * (1 - share);
      if (
        rayM < buildingHeight(house.floors) &&
        inside(cx + (point.x - cx) * share, cy + (point.y - cy) * share, 0.3)
      )
        return true;
    }
    return false;
  });
}

function furnish(layout: Layout): Pick<Scenery, 'furniture' | 'lampPanels' | 'lenses'> {
  const mesh = new MeshBuilder();
  const panels = new MeshBuilder();
  const lenses: Scenery['lenses'][number][] = [];
  for (const { x, y, facingRad } of layout.lamps) {
    const dx = Math.cos(facingRad);
    const dz = -Math.sin(facingRad);
    mesh.rod('trim', [x, 0, -y], [x, 8.2, -y], 0.09, 0.06, POLE);
    mesh.rod('trim', [x, 8.1, -y], [x + dx * 2.2, 8.6, -y + dz * 2.2], 0.05, 0.04, POLE, 6);
    mesh.box(
      'trim',
      [x + dx * 2.4, 8.58, -y + dz * 2.4],
      [0.8, 0.12, 0.3],
      [0.3, 0.3, 0.31],
      [0, facingRad, 0],
    );
    panels.box('trim', [x + dx * 2.45, 8.5, -y + dz * 2.45], [0.6, 0.05, 0.24], [1, 1, 1], [0, facingRad, 0]);
  }
  for (const { x, y, facingRad, armM, group } of layout.signalHeads) {
    mesh.rod('trim', [x, 0, -y], [x, armM > 0 ? 6 : 3.6, -y], 0.1, 0.08, POLE);
    // The arm reaches over the road, to the left of the drivers it faces.
    const ax = x + Math.sin(facingRad) * armM;
    const ay = y - Math.cos(facingRad) * armM;
    if (armM > 0) mesh.rod('trim', [x, 5.9, -y], [ax, 6.05, -ay], 0.06, 0.05, POLE, 6);
    for (const [hx, hy, up] of armM > 0
      ? ([
          [ax, ay, 5.6],
          [x, y, 3],
        ] as const)
      : ([[x, y, 3]] as const)) {
      const fx = Math.cos(facingRad);
      const fz = -Math.sin(facingRad);
      mesh.box(
        'trim',
        [hx + fx * 0.14, up, -hy + fz * 0.14],
        [0.22, 0.95, 0.32],
        [0.015, 0.015, 0.015],
        [0, facingRad, 0],
      );
      mesh.box(
        'trim',
        [hx + fx * 0.02, up, -hy + fz * 0.02],
        [0.03, 1.15, 0.5],
        [0.015, 0.015, 0.015],
        [0, facingRad, 0],
      );
      for (const colour of [0, 1, 2] as const) {
        lenses.push({
          x: hx + fx * 0.265,
          y: up + 0.29 - 0.29 * colour,
          z: -hy + fz * 0.265,
          facingRad,
          group,
          colour,
        });
      }
    }
  }
  for (const rail of layout.rails) {
    for (let i = 0; i + 1 < rail.length; i++) {
      const [x0, y0] = rail[i] ?? [0, 0];
      const [x1, y1] = rail[i + 1] ?? [0, 0];
      const length = Math.hypot(x1 - x0, y1 - y0);
      const turn = Math.atan2(y1 - y0, x1 - x0);
      for (const up of [0.52, 0.68])
        mesh.box(
          'trim',
          [(x0 + x1) / 2, up, -(y0 + y1) / 2],
          [length, 0.13, 0.05],
          [0.32, 0.33, 0.34],
          [0, turn, 0],
        );
      for (let d = 0; d < length; d += 4)
        mesh.box(
          'trim',
          [x0 + Math.cos(turn) * d, 0.35, -(y0 + Math.sin(turn) * d)],
          [0.1, 0.7, 0.1],
          [0.25, 0.26, 0.27],
        );
    }
  }
  for (const thing of layout.furniture) furnishOne(mesh, thing);
  return { furniture: mesh.build(), lampPanels: panels.build(), lenses };
}

function furnishOne(mesh: MeshBuilder, { kind, x, y, headingRad }: Layout['furniture'][number]): void {
  const z = -y;
  switch (kind) {
    case 'bin':
      mesh.rod('trim', [x, 0, z], [x, 1, z], 0.24, 0.26, [0.05, 0.09, 0.06], 10);
      return;
    case 'bollard':
      mesh.rod('trim', [x, 0, z], [x, 1, z], 0.06, 0.06, [0.06, 0.06, 0.065], 7);
      return;
    case 'planter':
      mesh.box('trim', [x, 0.3, z], [1.2, 0.6, 1.2], [0.25, 0.2, 0.17]);
      mesh.ball('trim', [x, 0.9, z], [0.6, 0.5, 0.6], [0.05, 0.11, 0.03], 9, 6);
      return;
    case 'sign': {
      const fx = Math.cos(headingRad);
      const fz = -Math.sin(headingRad);
      mesh.rod('trim', [x, 0, z], [x, 2.7, z], 0.035, 0.035, [0.35, 0.35, 0.36], 6);
      mesh.rod('trim', [x, 2.5, z], [x + fx * 0.05, 2.5, z + fz * 0.05], 0.33, 0.33, [0.55, 0.02, 0.02], 18);
      mesh.rod(
        'trim',
        [x + fx * 0.05, 2.5, z + fz * 0.05],
        [x + fx * 0.07, 2.5, z + fz * 0.07],
        0.25,
        0.25,
        [0.75, 0.75, 0.73],
        18,
      );
      return;
    }
    case 'cable-pole':
      mesh.rod('trim', [x, 0, z], [x, 8.5, z], 0.17, 0.12, [0.35, 0.34, 0.32], 8);
      for (const up of [6.9, 7.3, 7.7])
        mesh.rod('trim', [x, up, z], [x, up, z - 32], 0.02, 0.02, [0.02, 0.02, 0.02], 4);
      mesh.box('trim', [x, 7.2, z], [0.35, 0.8, 0.35], [0.3, 0.3, 0.3]);
      return;
    case 'parked-scooter': {
      const parked = scooterModel(seededRandom(Math.floor(x * 31 + y * 17 + 900)), true).mesh;
      const cos = Math.cos(headingRad);
      const sin = Math.sin(headingRad);
      const at = (i: number): [number, number, number] => {
        const [forward = 0, up = 0, right = 0] = parked.positions.subarray(i * 3, i * 3 + 3);
        return [x + cos * forward + sin * right, up, -(y + sin * forward - cos * right)];
      };
      for (let i = 0; i < parked.positions.length / 3; i += 3) {
        const [r = 0.1, g = 0.1, b = 0.1] = parked.colours.subarray(i * 3, i * 3 + 3);
        mesh.triangle('trim', at(i), at(i + 1), at(i + 2), [
          Math.min(r, 0.6),
          Math.min(g, 0.6),
          Math.min(b, 0.6),
        ]);
      }
      return;
    }
  }
}

function occluders(
  layout: Layout,
  trees: readonly PlacedTree[],
  shapes: readonly Tree[],
  furniture: Mesh,
): StaticMesh[] {
  const walls = new MeshBuilder();
  for (const house of layout.buildings) {
    const height = buildingHeight(house.floors);
    walls.box('trim', [house.x, height / 2, -house.y], [house.widthM, height, house.depthM]);
  }
  const meshes: StaticMesh[] = [walls.build(), furniture];
  for (const tree of trees) {
    const shape = shapes[tree.shape];
    if (!shape) continue;
    const { corners, triangles } = shape.trunk;
    meshes.push({ corners: placeTree(corners, tree), triangles });
    const leaves = placeTree(leafOccluders(shape.cards), tree);
    meshes.push({ corners: leaves, triangles: Uint32Array.from({ length: leaves.length / 3 }, (_, i) => i) });
  }
  return meshes;
}

/** Turns about the vertical as three.js does (`rotation.y`), so that truth and picture agree. */
function placeTree(positions: Float32Array, tree: PlacedTree): Float32Array {
  const placed = new Float32Array(positions.length);
  const cos = Math.cos(tree.turnRad);
  const sin = Math.sin(tree.turnRad);
  for (let i = 0; i < positions.length; i += 3) {
    const x = (positions[i] ?? 0) * tree.scale;
    const z = (positions[i + 2] ?? 0) * tree.scale;
    placed[i] = tree.x + x * cos + z * sin;
    placed[i + 1] = (positions[i + 1] ?? 0) * tree.scale;
    placed[i + 2] = -tree.y - x * sin + z * cos;
  }
  return placed;
}
