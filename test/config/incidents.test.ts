import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCameraConfig } from '../../config/load.ts';
import { Incidents } from '../../edge-agent/analytics/incidents/incidents.ts';
import { CAMERA, folderWith, inShort, refusal } from './problems-of.ts';

async function load(yaml: string) {
  return loadCameraConfig(join(await folderWith({ 'camera.yaml': yaml }), 'camera.yaml'), { env: {} });
}

async function problemsOf(yaml: string): Promise<string[]> {
  const directory = await folderWith({ 'camera.yaml': `${CAMERA}${yaml}` });
  const problems = await refusal(loadCameraConfig(join(directory, 'camera.yaml'), { env: {} }));
  return inShort(problems, directory).map((text) => text.replace(/^camera.yaml:\d+:\d+ /, ''));
}

const AREA = 'area: [[0, 700], [600, 300], [700, 300], [700, 700]]';

describe('carriageways of a camera file', () => {
  it('need a name and an area; rules are those that the analytics have', async () => {
    const { camera, picture, carriageways, incidents } = await load(
      `${CAMERA}carriageways: [{carriageway: north, ${AREA}, rules: {stoppedVehicle: {afterS: 1m}}}]`,
    );
    expect(carriageways[0]).toMatchObject({
      road: 'street',
      lanes: [],
      exclude: [],
      rules: { stoppedVehicle: { afterS: 60 } },
    });
    // What is configured is what analytics takes, as it stands.
    const { timeZone, updateS } = incidents;
    const made = new Incidents({ camera, picture, carriageways, timeZone, updateMs: updateS * 1000 });
    expect(made.refused).toBe(0);
  });

  it('tell all that is wrong with them at once', async () => {
    const problems = await problemsOf(
      [
        'incidents: {timeZone: Asia/Nowhere}',
        'carriageways:',
        `  - {carriageway: a, ${AREA}, direction: {from: [1, 1], to: [1, 1]}}`,
        `  - {carriageway: a, area: [[0, 0], [2000, 0], [0, 100]]}`,
        `  - {carriageway: b, ${AREA}, rules: {stoppedVehicle: {off: [{from: "7:30", to: "25:00"}]}, wrongWay: {angleDeg: 45}}}`,
      ].join('\n'),
    );
    expect(problems).toEqual(
      expect.arrayContaining([
        expect.stringContaining('incidents.timeZone: expected a time zone'),
        expect.stringContaining('carriageways[0].direction.to: the arrow has no length'),
        expect.stringContaining('carriageways[1].carriageway: the name "a" is taken by carriageways[0]'),
        expect.stringContaining('carriageways[1].area[1]: the point 2000, 0 lies outside the picture'),
        expect.stringContaining('carriageways[2].rules.stoppedVehicle.off[0].from: expected a time of day'),
        expect.stringContaining('carriageways[2].rules.stoppedVehicle.off[0].to: expected a time of day'),
        expect.stringContaining('carriageways[2].rules.wrongWay.angleDeg'),
      ]),
    );
  });

  it.each(['congestion', 'slowTraffic', 'speeding', 'crash'])(
    'say that %s needs a calibration',
    async (rule) => {
      expect(await problemsOf(`carriageways: [{carriageway: a, ${AREA}, rules: {${rule}: {}}}]`)).toEqual([
        expect.stringContaining(`${rule} is measured on the ground, and the camera has no calibration`),
      ]);
      await expect(
        load(`${CAMERA}carriageways: [{carriageway: a, ${AREA}, rules: {${rule}: {enabled: false}}}]`),
      ).resolves.toBeDefined();
    },
  );
});
