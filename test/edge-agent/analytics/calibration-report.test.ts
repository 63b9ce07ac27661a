import { describe, expect, it } from 'vitest';
import { calibrate } from '../../../edge-agent/analytics/calibration.ts';
import type { PointPair } from '../../../edge-agent/analytics/calibration-points.ts';
import { reportCalibration } from '../../../edge-agent/analytics/calibration-report.ts';
import { cameraAt, marked, PICTURE, PLACES } from './roads.ts';

function reportOf(points: readonly PointPair[]) {
  return reportCalibration(calibrate({ picture: PICTURE, points }), points, {}, [
    { at: 'line far', picture: [640, 120] },
  ]);
}

describe('the report of a calibration', () => {
  const camera = cameraAt();

  it('says nothing against points that are right', () => {
    const report = reportOf(marked(camera));
    expect(report.warnings).toEqual([]);
    expect(report.heldOutRms?.px).toBeLessThan(1e-3);
    expect(report.areaM2).toBeGreaterThan(300);
    expect(report.lengths.map(({ at }) => at)).toEqual(['near', 'middle', 'far', 'line far']);
    const [near, , far] = report.lengths;
    expect(far?.errorOf10M).toBeGreaterThan(2 * (near?.errorOf10M ?? Number.NaN));
    expect(far?.distanceM).toBeCloseTo(Math.hypot(3.5, 72), 0);
  });

  it('shows a wrong point larger where the others calibrate than in the fit that it bends', () => {
    const points = marked(camera);
    const { picture, ground } = points[0] as PointPair;
    points[0] = { picture: [picture[0], picture[1] - 12], ground };
    const { error, heldOut } = reportOf(points).points[0] as {
      error: { px: number };
      heldOut?: { px: number };
    };
    expect(heldOut?.px).toBeCloseTo(12, 0);
    expect(heldOut?.px).toBeGreaterThan(1.5 * error.px);
  });

  it('holds nothing out of four points', () => {
    const report = reportOf(marked(camera, PLACES.slice(0, 4)));
    expect(report.heldOutRms).toBeUndefined();
    expect(report.points.every(({ heldOut }) => heldOut === undefined)).toBe(true);
  });

  it('finds the horizon where the camera looks along the road', () => {
    const { horizon } = reportOf(marked(cameraAt({ tiltDeg: 10 })));
    // 10 degrees up from the middle with a focal length of 1280 px.
    expect(horizon[1]).toBeCloseTo(360 - 1280 * Math.tan((10 * Math.PI) / 180), -1);
    expect(reportOf(marked(camera)).horizon).toEqual([undefined, undefined, undefined]);
  });

  it.each<[string, readonly PointPair[], RegExp]>([
    [
      'feet for metres',
      marked(camera).map(({ picture, ground }) => ({
        picture,
        ground: [ground[0] / 5, ground[1] / 5] as const,
      })),
      /would hang 1\.6 m above the road/,
    ],
    [
      'points in a corner of the picture',
      marked(camera, [
        [-1, 14],
        [1, 14],
        [1, 16],
        [-1, 16],
        [0, 15],
      ]),
      /cover \d\.\d % of the picture/,
    ],
  ])('warns of %s', (_, points, warning) => {
    expect(reportOf(points).warnings.join('\n')).toMatch(warning);
  });
});
