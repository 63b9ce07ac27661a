// Zones on the clips that come with the project, against the truth that they were made from.

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTruth } from '../../../scripts/scenes/truth-file.ts';
import { type GroundZone, measureZone, VEHICLES, zoneTruth } from '../../support/zone-truth.ts';

const SCENES = join(import.meta.dirname, '../../fixtures/scenes');

const rectangle = (x1: number, y1: number, x2: number, y2: number): GroundZone['polygon'] => [
  [x1, y1],
  [x2, y1],
  [x2, y2],
  [x1, y2],
];

describe.each([
  ['short-mixed', rectangle(0, 18, 8, 40)],
  ['short-motorbikes', rectangle(-5, 12, 0, 40)],
] as const)('a zone in %s', (scene, polygon) => {
  it.each([
    ['with exact boxes', { noiseShare: 0 }],
    ['with the boxes of a detector', { noiseShare: 0.05 }],
    ['of a camera without calibration', { noiseShare: 0.05, uncalibrated: true }],
  ])('has the entries, exits, presence and occupancy of the truth, %s', async (_, how) => {
    const truth = await readTruth(join(SCENES, `${scene}.truth.jsonl.gz`));
    const zone = { polygon, roadUsers: VEHICLES };
    const real = zoneTruth(truth, zone);
    const measured = measureZone(truth, zone, how);
    const sum = (counts: object) => Object.values(counts).reduce((total, n) => total + n, 0);
    expect([sum(measured.entries), sum(measured.exits)]).toEqual([real.entries, real.exits]);
    expect([measured.appeared, measured.lost]).toEqual([0, 0]);
    expect(Math.abs(measured.presentMean - real.presentMean)).toBeLessThan(0.05);
    expect(Math.abs(measured.presentMax - real.presentMax)).toBeLessThanOrEqual(1);
    expect(Math.abs(measured.timeOccupancy - real.timeOccupancy)).toBeLessThan(0.1);
    expect(Math.abs((measured.spaceOccupancy ?? 1) - real.spaceOccupancy)).toBeLessThan(0.02);
    // Everybody drives.
    expect(measured.queue?.maxVehicles).toBe(0);
  });
});
