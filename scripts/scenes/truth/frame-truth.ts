// Truth of one frame: boxes, what hides them, and where everybody is. Rasterises the very meshes that the
// renderer draws.

import type { Mesh } from '../scene/mesh.ts';
import { Models } from '../scene/models.ts';
import type { StaticMesh } from '../scene/scenery.ts';
import type { Actor, Snapshot } from '../sim/vehicle.ts';
import type { TruthFrame, TruthObject } from '../truth-file.ts';
import type { Camera } from './camera.ts';
import { Rasteriser } from './rasteriser.ts';

/** The rasteriser works at half the picture's size: visible boxes are exact to 2 px, and it is four times faster. */
const RASTER_SHARE = 0.5;
/** Boxes smaller than this on a side, pixels, are left out. */
const SMALLEST_PX = 3;

type Bounds = [number, number, number, number];

export class FrameTruth {
  readonly #camera: Camera;
  readonly #models: Models;
  readonly #raster: Rasteriser;
  #vertices = new Float32Array(3 * 60_000);

  constructor(camera: Camera, scenery: readonly StaticMesh[], models = new Models()) {
    this.#camera = camera;
    this.#models = models;
    this.#raster = new Rasteriser(
      Math.round(camera.width * RASTER_SHARE),
      Math.round(camera.height * RASTER_SHARE),
    );
    for (const mesh of scenery) {
      this.#project(mesh.corners, 0, 0, 0);
      this.#raster.draw(this.#vertices, mesh.triangles, 0);
    }
    this.#raster.keepAsBackground();
  }

  frame(index: number, snapshot: Snapshot): TruthFrame {
    this.#raster.clear();
    const drawn = snapshot.actors.flatMap((actor) => {
      const object = this.#draw(actor);
      return object ? [object] : [];
    });
    const visible = this.#raster.visible();
    const objects = drawn.map(({ object, wholePx }): TruthObject => {
      const seen = visible.get(object.id);
      const occlusion = wholePx === 0 ? 1 : round(1 - (seen?.px ?? 0) / wholePx, 3);
      if (!seen) return { ...object, occlusion: 1 };
      const [x1, y1, x2, y2] = seen.bounds;
      const visibleBox: Bounds = [x1 / RASTER_SHARE, y1 / RASTER_SHARE, x2 / RASTER_SHARE, y2 / RASTER_SHARE];
      return { ...object, occlusion: Math.max(0, occlusion), visibleBox };
    });
    return {
      record: 'frame',
      frame: index,
      t: round(Math.max(0, snapshot.t), 3),
      ...(Object.keys(snapshot.signals).length > 0 ? { signals: { ...snapshot.signals } } : {}),
      objects,
    };
  }

  #draw(actor: Actor): { object: TruthObject; wholePx: number } | undefined {
    const { mesh, lengthM } = this.#models.of(actor).model;
    const whole: Bounds = emptyBounds();
    if (!this.#mayBeSeen(actor, lengthM)) return undefined;
    this.#project(mesh.corners, actor.x, actor.y, actor.headingRad, whole);
    const box = this.#clip(whole);
    if (!box || box[2] - box[0] < SMALLEST_PX || box[3] - box[1] < SMALLEST_PX) return undefined;
    const parts = actor.class === 'motorcycle' || actor.class === 'bicycle' ? this.#parts(mesh) : undefined;
    const { px: wholePx, bounds: inside } = this.#raster.draw(this.#vertices, mesh.triangles, actor.id);
    const cut =
      whole[0] < 0 || whole[1] < 0 || whole[2] > this.#camera.width || whole[3] > this.#camera.height;
    const area = (whole[2] - whole[0]) * (whole[3] - whole[1]);
    return {
      wholePx,
      object: {
        id: actor.id,
        class: actor.class,
        kind: actor.kind,
        // A cut road user's box must fit the part inside, not the whole one's extent.
        box:
          cut && wholePx > 0
            ? (this.#clip([
                inside[0] / RASTER_SHARE,
                inside[1] / RASTER_SHARE,
                inside[2] / RASTER_SHARE,
                inside[3] / RASTER_SHARE,
              ]) ?? box)
            : box,
        ...(parts?.rider ? { riderBox: parts.rider } : {}),
        ...(parts?.machine ? { machineBox: parts.machine } : {}),
        occlusion: 0,
        truncation: round(Math.max(0, 1 - ((box[2] - box[0]) * (box[3] - box[1])) / area), 3),
        ground: [round(actor.x, 2), round(actor.y, 2)],
        headingRad: round(actor.headingRad, 3),
        speedMs: round(actor.speedMs, 2),
        ...(actor.movement === undefined ? {} : { movement: actor.movement }),
        ...(actor.lane === undefined ? {} : { lane: actor.lane }),
      },
    };
  }

  /** A cheap test that spares most of the traffic behind the camera and beside the picture. */
  #mayBeSeen(actor: Actor, lengthM: number): boolean {
    const { position, forward, right, focalPx, width } = this.#camera;
    const dx = actor.x - position[0];
    const dy = actor.y - position[1];
    const ahead = dx * forward[0] + dy * forward[1] - position[2] * forward[2];
    if (ahead < -lengthM) return false;
    const aside = Math.abs(dx * right[0] + dy * right[1] - position[2] * right[2]);
    return aside < (Math.max(0, ahead) * width * 0.75) / focalPx + lengthM + position[2];
  }

  /** Boxes of rider and machine from the vertices just projected. */
  #parts(mesh: Mesh): { rider?: Bounds; machine?: Bounds } {
    const bounds: [Bounds, Bounds] = [emptyBounds(), emptyBounds()];
    for (let i = 0; i < mesh.triangles.length; i++) {
      const at = (mesh.triangles[i] as number) * 3;
      if ((this.#vertices[at + 2] as number) <= 0) continue;
      grow(
        bounds[mesh.rider[Math.floor(i / 3)] === 1 ? 1 : 0],
        (this.#vertices[at] as number) / RASTER_SHARE,
        (this.#vertices[at + 1] as number) / RASTER_SHARE,
      );
    }
    const machine = this.#clip(bounds[0]);
    const rider = this.#clip(bounds[1]);
    return { ...(machine ? { machine } : {}), ...(rider ? { rider } : {}) };
  }

  /** Projects corners (x forward, y up, z right) into raster pixels. */
  #project(positions: Float32Array, atX: number, atY: number, headingRad: number, bounds?: Bounds): void {
    if (this.#vertices.length < positions.length) this.#vertices = new Float32Array(positions.length);
    const cos = Math.cos(headingRad);
    const sin = Math.sin(headingRad);
    const count = positions.length / 3;
    for (let i = 0; i < count; i++) {
      const forward = positions[i * 3] as number;
      const up = positions[i * 3 + 1] as number;
      const right = positions[i * 3 + 2] as number;
      const point = this.#camera.project(
        atX + cos * forward + sin * right,
        atY + sin * forward - cos * right,
        up,
      );
      const at = i * 3;
      if (!point) {
        this.#vertices[at + 2] = -1;
        continue;
      }
      this.#vertices[at] = point.xPx * RASTER_SHARE;
      this.#vertices[at + 1] = point.yPx * RASTER_SHARE;
      this.#vertices[at + 2] = 1 / point.depthM;
      if (bounds) grow(bounds, point.xPx, point.yPx);
    }
  }

  #clip(bounds: Bounds): Bounds | undefined {
    const x1 = Math.max(0, bounds[0]);
    const y1 = Math.max(0, bounds[1]);
    const x2 = Math.min(this.#camera.width, bounds[2]);
    const y2 = Math.min(this.#camera.height, bounds[3]);
    if (!(x2 > x1 && y2 > y1)) return undefined;
    return [round(x1, 1), round(y1, 1), round(x2, 1), round(y2, 1)];
  }
}

function emptyBounds(): Bounds {
  return [
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
}

function grow(bounds: Bounds, x: number, y: number): void {
  if (x < bounds[0]) bounds[0] = x;
  if (y < bounds[1]) bounds[1] = y;
  if (x > bounds[2]) bounds[2] = x;
  if (y > bounds[3]) bounds[3] = y;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
