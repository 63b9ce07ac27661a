// The truth of the clips that come with the project, as the scorecard reads it.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { loadCameraConfig } from '../../../config/load.ts';
import type { Incident } from '../../../contract/index.ts';
import { carriagewaysOf } from '../../../scripts/scenes/layout/carriageways.ts';
import { definitionMetAt } from '../../../scripts/scenes/truth/definitions.ts';
import { readTruth, type Truth } from '../../../scripts/scenes/truth-file.ts';
import { matchIncidents } from '../../../scripts/scorecard/match-incidents.ts';
import { sceneCamera } from '../../../scripts/scorecard/scene-camera.ts';
import { librarySceneOf } from '../../../scripts/scorecard/scene-clips.ts';
import { sceneRoads } from '../../../scripts/scorecard/scene-roads.ts';
import { cutCrossings, trueCrossings } from '../../../scripts/scorecard/true-crossings.ts';

const read = (name: string): Promise<Truth> =>
  readTruth(join(import.meta.dirname, '../../fixtures/scenes', `${name}.truth.jsonl.gz`));

async function roadsOf(truth: Truth) {
  const scene = await librarySceneOf(truth.header);
  if (!scene) throw new Error(`${truth.header.scene} is in the library`);
  return { scene, carriageways: carriagewaysOf(scene.layout) };
}

describe.each(['short-mixed', 'short-motorbikes', 'short-incidents'])('the crossings of %s', (name) => {
  test('have names, and times in which the road user is over the line', async () => {
    const truth = await read(name);
    const crossings = trueCrossings(truth);
    expect(crossings).toHaveLength(truth.crossings.length);
    for (const { direction, atS, fromS, toS } of crossings) {
      expect(['away', 'towards']).toContain(direction);
      expect(fromS).toBeLessThanOrEqual(atS);
      expect(toS).toBeGreaterThanOrEqual(atS);
      expect(toS - fromS).toBeLessThan(5);
    }
  });

  test('can be seen, but for those that the clip cuts', async () => {
    const truth = await read(name);
    const lengthS = truth.header.frames / truth.header.picture.fps;
    for (const { unverifiable, fromS, toS } of trueCrossings(truth)) {
      if (unverifiable === undefined) continue;
      expect(unverifiable).toBe('cut');
      expect(fromS < 0.1 || toS > lengthS - 0.2).toBe(true);
    }
    for (const { fromS, toS } of cutCrossings(truth)) {
      expect(fromS < 0.3 || toS > lengthS - 0.3).toBe(true);
    }
  });

  test('are counted by a camera whose file the configuration accepts', async () => {
    const truth = await read(name);
    const { scene } = await roadsOf(truth);
    const folder = await mkdtemp(join(tmpdir(), 'ngatu-scene-camera-'));
    try {
      const path = join(folder, 'camera.yaml');
      await writeFile(path, stringify(sceneCamera(truth.header, 'clip.mp4', scene)));
      const camera = await loadCameraConfig(path, { onWarning: () => undefined });
      expect(camera.lines.map(({ line }) => line)).toEqual(truth.header.lines.map(({ line }) => line));
      expect(camera.calibration?.points?.length).toBeGreaterThanOrEqual(4);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

test('outlines of carriageways lie in the picture, one for each direction', async () => {
  const { scene } = await roadsOf(await read('short-incidents'));
  const roads = sceneRoads(scene);
  expect(roads.map(({ carriageway }) => carriageway)).toEqual(['northbound', 'southbound']);
  for (const { area, direction, speedLimitKmh } of roads) {
    expect(area.length).toBeGreaterThan(3);
    for (const [x, y] of area) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(scene.picture.width);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThanOrEqual(scene.picture.height);
    }
    expect(direction).toBeDefined();
    expect(speedLimitKmh).toBe(60);
  }
  // Northbound is away from the camera: upwards in the picture.
  expect(roads[0]?.direction?.to[1]).toBeLessThan(roads[0]?.direction?.from[1] ?? 0);
});

describe('the incidents of short-incidents', () => {
  test.each([
    ['stopped-vehicle', 18.2, 'ten seconds after it stands'],
    ['pedestrian', 5.8, 'two seconds after the first step on the carriageway, not on the pavement'],
    ['wrong-way', 3.5, 'after a second and ten metres in the picture'],
  ])('%s is one at %d s: %s', async (kind, metS) => {
    const truth = await read('short-incidents');
    const { carriageways } = await roadsOf(truth);
    const incident = truth.incidents.find((each) => each.kind === kind);
    expect(incident && definitionMetAt(incident, truth, carriageways)).toBeCloseTo(metS, 0);
  });

  test('are found by kind, time and place; the rest is false or said twice', async () => {
    const truth = await read('short-incidents');
    const { carriageways } = await roadsOf(truth);
    const [stopped] = truth.incidents.filter(({ kind }) => kind === 'stopped-vehicle');
    const box = truth.frames.at(-10)?.objects.find(({ id }) => stopped?.ids.includes(id))?.box;
    const events = [
      report('a', 'stopped-vehicle', 19, box),
      report('b', 'stopped-vehicle', 19.4, box),
      report('c', 'stopped-vehicle', 19, [0, 0, 4, 4]),
      report('d', 'wrong-way', 4.5),
      report('e', 'debris', 12),
    ];
    const match = matchIncidents(truth, carriageways, events);
    expect(match.scripted.map(({ kind, found }) => [kind, found?.delayS.toFixed(1)])).toEqual([
      ['stopped-vehicle', '0.8'],
      ['pedestrian', undefined],
      ['wrong-way', '1.0'],
    ]);
    expect(match.repeated.map(({ id }) => id)).toEqual(['b']);
    expect(match.wrong.map(({ id }) => id)).toEqual(['e', 'c']);
  });
});

function report(id: string, kind: Incident['kind'], atS: number, box?: Incident['box']): Incident {
  return {
    ...{ type: 'incident', id, version: 1, camera: 'test', kind, state: 'detected', severity: 'medium' },
    ...{ probability: 'probable', confidence: 0.8, tracks: [], measures: {} },
    ...{ startedAtMs: atS * 1000, detectedAtMs: atS * 1000, updatedAtMs: atS * 1000 },
    ...(box === undefined ? {} : { box }),
  } as Incident;
}
