// A scene played through without drawing: every frame's state and the whole truth. Deterministic and quick.

import { buildLayout, type Layout } from './layout/layout.ts';
import { Models } from './scene/models.ts';
import { buildScenery } from './scene/scenery.ts';
import type { Scene } from './scene-file.ts';
import { Simulation } from './sim/simulation.ts';
import type { Snapshot } from './sim/vehicle.ts';
import { calibrationPoints } from './truth/calibration.ts';
import { Camera, knocked } from './truth/camera.ts';
import { CrossingCounter } from './truth/crossings.ts';
import { FrameTruth } from './truth/frame-truth.ts';
import type { Truth, TruthFrame, TruthIncident } from './truth-file.ts';

/** The longest step that the simulation takes: longer ones make drivers react late. */
const LONGEST_STEP_S = 0.1;

export type PlannedFrame = {
  readonly snapshot: Snapshot;
  /** The camera has been knocked. */
  readonly moved: boolean;
  readonly obscured: boolean;
  readonly frozen: boolean;
  readonly black: boolean;
};

export type Plan = {
  readonly scene: Scene;
  readonly layout: Layout;
  readonly frames: readonly PlannedFrame[];
  readonly simulation: Simulation;
  readonly counter: CrossingCounter;
};

export function planScene(scene: Scene): Plan {
  const layout = buildLayout(scene.layout, scene.seed);
  const simulation = new Simulation(scene, layout);
  const counter = new CrossingCounter(scene.lines);
  const { fps } = scene.picture;
  const steps = Math.ceil(1 / fps / LONGEST_STEP_S);
  const dt = 1 / fps / steps;
  const step = (): void => {
    simulation.step(dt);
    counter.observe(simulation.t, simulation.snapshot().actors);
  };
  while (simulation.t < -dt / 2) step();
  const count = Math.round(scene.durationS * fps);
  const frames: PlannedFrame[] = [];
  for (let index = 0; index < count; index++) {
    // The clip's own clock, so that rounding errors of the steps do not add up.
    const snapshot = { ...simulation.snapshot(), t: index / fps };
    frames.push({
      snapshot,
      moved: active(scene, 'camera-moved', snapshot.t),
      obscured: active(scene, 'camera-obscured', snapshot.t),
      frozen: active(scene, 'camera-frozen', snapshot.t),
      black: active(scene, 'camera-black', snapshot.t),
    });
    for (let i = 0; i < steps; i++) step();
  }
  return { scene, layout, frames, simulation, counter };
}

export function movedScene(scene: Scene): Scene {
  const knock = scene.events.find((event) => event.event === 'camera-moved');
  return knock?.event === 'camera-moved' ? { ...scene, camera: knocked(scene.camera, knock) } : scene;
}

/** The truth of a planned scene; `onFrame` reports progress. Boxes follow the camera when it is knocked. */
export function truthOf(plan: Plan, onFrame: (index: number) => void = () => undefined): Truth {
  const { scene, layout } = plan;
  const models = new Models();
  const camera = new Camera(scene.camera, scene.picture);
  const scenery = buildScenery(layout, scene.camera, scene.seed).occluders;
  const steady = new FrameTruth(camera, scenery, models);
  const shifted = plan.frames.some((frame) => frame.moved)
    ? new FrameTruth(new Camera(movedScene(scene).camera, scene.picture), scenery, models)
    : steady;
  const frames = plan.frames.map(({ snapshot, moved }, index): TruthFrame => {
    onFrame(index);
    return (moved ? shifted : steady).frame(index, snapshot);
  });
  const { position, panDeg, tiltDeg, rollDeg } = scene.camera;
  return {
    header: {
      record: 'scene',
      v: 1,
      scene: scene.scene,
      title: scene.title,
      seed: scene.seed,
      tags: { layout: scene.layout.kind, time: scene.light.time, weather: scene.weather.kind },
      picture: scene.picture,
      frames: frames.length,
      calibration: {
        position,
        panDeg,
        tiltDeg,
        rollDeg,
        focalPx: round(camera.focalPx),
        distortion: camera.distortion,
        points: calibrationPoints(camera, layout),
      },
      lines: scene.lines.map(({ line, from, to, directions }) => ({
        line,
        ground: { from, to },
        picture: { from: onPicture(camera, from, line), to: onPicture(camera, to, line) },
        ...(directions ? { directions } : {}),
      })),
    },
    frames,
    crossings: plan.counter.crossings.filter((crossing) => crossing.t <= scene.durationS),
    incidents: incidents(plan, frames),
  };
}

function incidents(plan: Plan, frames: readonly TruthFrame[]): TruthIncident[] {
  return plan.simulation.events
    .incidents()
    .filter(({ onset }) => onset < plan.scene.durationS)
    .map(({ kind, onset, end, ids, ground }): TruthIncident => {
      const seen = frames.filter(
        (frame) =>
          frame.t >= onset &&
          (end === undefined || frame.t <= end) &&
          frame.objects.some(
            (object) => ids.includes(object.id) && object.occlusion < 0.5 && object.truncation < 0.5,
          ),
      );
      const [first] = seen;
      const last = seen.at(-1);
      return {
        record: 'incident',
        kind,
        onset: round(Math.max(0, onset)),
        ...(end !== undefined && end <= plan.scene.durationS ? { end: round(end) } : {}),
        ...(first && last ? { visibleFrom: first.t, visibleTo: last.t } : {}),
        ids,
        ...(ground ? { ground: [round(ground[0]), round(ground[1])] } : {}),
      };
    });
}

function onPicture(camera: Camera, [x, y]: readonly [number, number], line: string): [number, number] {
  const point = camera.project(x, y, 0);
  if (!point) throw new Error(`Line "${line}" has an end at ${x}, ${y} behind the camera; move it into view`);
  return [round(point.xPx), round(point.yPx)];
}

function active(scene: Scene, kind: Scene['events'][number]['event'], t: number): boolean {
  return scene.events.some(
    (event) =>
      event.event === kind &&
      t >= event.atS &&
      (event.durationS === undefined || t < event.atS + event.durationS),
  );
}

function round(value: number): number {
  return Number(value.toFixed(2));
}
