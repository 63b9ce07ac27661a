// Occupancy, headways and gaps on the clips that come with the project, against the truth that they were made from:
// the boxes of the truth go through the way from tracks to crossings.

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { calibrate, toGround } from '../../../edge-agent/analytics/calibration.ts';
import type { Point } from '../../../edge-agent/analytics/counting-line.ts';
import { FlowIntervals } from '../../../edge-agent/analytics/flow-intervals.ts';
import { LineCounter } from '../../../edge-agent/analytics/line-counter.ts';
import { type Following, LineTraffic } from '../../../edge-agent/analytics/line-traffic.ts';
import { RoadUsers } from '../../../edge-agent/analytics/road-users.ts';
import { unscaledGeometry } from '../../../edge-agent/source/frame-geometry.ts';
import type { Track } from '../../../edge-agent/tracker/track.ts';
import { TRAITS } from '../../../scripts/scenes/sim/traits.ts';
import {
  readTruth,
  type Truth,
  type TruthFrame,
  type TruthObject,
} from '../../../scripts/scenes/truth-file.ts';
import { frameAt } from '../tracker/make-detections.ts';

const SCENES = join(import.meta.dirname, '../../fixtures/scenes');

describe.each(['short-mixed', 'short-motorbikes'])('the lines of %s', (scene) => {
  it.each([
    ['with calibration', true],
    ['without', false],
  ])('are occupied as long as in truth, %s', async (_, isCalibrated) => {
    const truth = await readTruth(join(SCENES, `${scene}.truth.jsonl.gz`));
    const { occupiedMs } = observe(truth, isCalibrated);
    for (const [key, trueMs] of trulyOccupied(truth)) {
      expect((occupiedMs.get(key) ?? 0) / trueMs, key).toBeGreaterThan(0.75);
      expect((occupiedMs.get(key) ?? 0) / trueMs, key).toBeLessThan(1.2);
    }
  });

  it('are crossed with the headways of the truth', async () => {
    const truth = await readTruth(join(SCENES, `${scene}.truth.jsonl.gz`));
    const { crossed } = observe(truth, true);
    const errors = trueHeadways(truth).flatMap(({ id, leader, headwayS }) => {
      const own = crossed.get(id);
      const isSameLeader = own !== undefined && own.leader === leader;
      return isSameLeader && own.headwayS !== undefined ? [Math.abs(own.headwayS - headwayS)] : [];
    });
    expect(errors.length).toBeGreaterThan(0.6 * (truth.crossings.length - 2));
    errors.sort((a, b) => a - b);
    expect(errors[Math.floor(errors.length / 2)]).toBeLessThan(0.15);
    for (const { headwayS = 0, gapS } of crossed.values())
      expect(gapS ?? 0).toBeLessThanOrEqual(headwayS + 0.3);
  });
});

type Observed = {
  /** By line and direction. */
  readonly occupiedMs: ReadonlyMap<string, number>;
  readonly crossed: ReadonlyMap<number, Following & { readonly leader: number | undefined }>;
};

function observe({ header, frames }: Truth, isCalibrated: boolean): Observed {
  const { picture, calibration: seen } = header;
  const calibration = calibrate({ picture, points: seen.points, distortion: seen.distortion });
  const lines = header.lines.map(({ line, picture: { from, to } }) => ({
    ...{ line, from, to, directions: { toLeft: 'toLeft', toRight: 'toRight' } },
  }));
  const counter = new LineCounter(lines);
  const onGround = ({ x, y }: Point) => toGround(calibration, [x, y]);
  const roadUsers = new RoadUsers({ picture, toGround: isCalibrated ? onGround : undefined }, counter);
  const traffic = new LineTraffic(lines, isCalibrated ? calibration : undefined);
  const flows = new FlowIntervals({
    ...{ camera: 'c', lines, intervalMs: 3_600_000, graceMs: 0, maxFrameGapMs: 1000, roadUsers: [] },
  });
  const crossed = new Map<number, Following & { leader: number | undefined }>();
  const leaders = new Map<string, number>();
  let present: number[] = [];
  for (const truthFrame of frames) {
    const frame = frameAt(truthFrame.t * 1000, { geometry: unscaledGeometry(picture) });
    const tracks = tracksOf(truthFrame);
    const ended = present.filter((id) => !tracks.some((track) => track.id === id));
    present = tracks.map(({ id }) => id);
    const { cameraTimeMs, capturedAtMs } = frame;
    const views = roadUsers.update({ frame, tracks, ended }, 0);
    const watchedSince = { cameraTimeMs: 0, capturedAtMs: 0 };
    flows.observe(frame);
    flows.occupy(
      traffic.observe({
        frame,
        cameraTimeMs,
        capturedAtMs,
        watchedSince,
        roadUsers: views,
        gone: roadUsers.takeGone(),
      }),
    );
    for (const { path, line, crossing } of counter.takeCrossings()) {
      const key = `${line.line} ${crossing.to}`;
      const leader = leaders.get(key);
      crossed.set(path.id, { ...traffic.crossed(path.id, path.roadUser, line, crossing), leader });
      if (path.roadUser !== 'person') leaders.set(key, path.id);
    }
  }
  const occupiedMs = flows
    .flush()
    .map((flow): [string, number] => [`${flow.line} ${flow.direction}`, flow.occupiedMs ?? 0]);
  return { occupiedMs: new Map(occupiedMs), crossed };
}

/** Whoever is not mostly hidden. */
function tracksOf({ objects }: TruthFrame): Track[] {
  return objects.flatMap((object) =>
    object.class === 'debris' || object.visibleBox === undefined || object.occlusion > 0.7
      ? []
      : [
          {
            ...{ id: object.id, box: object.visibleBox, roadUser: object.class, roadUserShare: 1 },
            ...{ score: 0.9, seen: true, confirmed: true },
          },
        ],
  );
}

/** Milliseconds for which a vehicle's rectangle on the ground touches the line, by line and the way it crosses. */
function trulyOccupied({ header, frames, crossings }: Truth): Map<string, number> {
  const occupied = new Map<string, number>();
  for (const line of header.lines) {
    const ways = new Map(
      crossings.filter((each) => each.line === line.line).map((each) => [each.id, each.direction]),
    );
    for (const way of ['toLeft', 'toRight'] as const) {
      const times = frames.filter(({ objects }) =>
        objects.some((object) => ways.get(object.id) === way && isOnLine(line.ground, object)),
      );
      occupied.set(`${line.line} ${way}`, (times.length * 1000) / header.picture.fps);
    }
  }
  return occupied;
}

function isOnLine(
  { from, to }: { readonly from: readonly [number, number]; readonly to: readonly [number, number] },
  { kind, ground, headingRad }: TruthObject,
): boolean {
  const traits = TRAITS[kind as keyof typeof TRAITS];
  if (traits === undefined) return false;
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  const [ux, uy] = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
  const [px, py] = [ground[0] - from[0], ground[1] - from[1]];
  // How far the rectangle reaches across the line: its length and width as seen along the line.
  const across = Math.abs(ux * Math.sin(headingRad) - uy * Math.cos(headingRad));
  const reachM = (traits.lengthM * across + traits.widthM * Math.sqrt(1 - across * across)) / 2;
  const along = px * ux + py * uy;
  return Math.abs(py * ux - px * uy) <= reachM && along >= 0 && along <= length;
}

function trueHeadways({ header, crossings }: Truth): { id: number; leader: number; headwayS: number }[] {
  return header.lines.flatMap(({ line }) =>
    (['toLeft', 'toRight'] as const).flatMap((direction) => {
      const row = crossings
        .filter((each) => each.line === line && each.direction === direction && each.class !== 'person')
        .toSorted((a, b) => a.t - b.t);
      return row.slice(1).map(({ id, t }, i) => {
        const leader = row[i] as (typeof row)[number];
        return { id, leader: leader.id, headwayS: t - leader.t };
      });
    }),
  );
}
