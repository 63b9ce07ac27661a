import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCameraConfig } from '../../config/load.ts';
import { DEFAULT_AFTER_S, type WatchedFault } from '../../edge-agent/analytics/camera-faults.ts';
import { CAMERA, folderWith, inShort, refusal } from './problems-of.ts';

async function load(yaml: string) {
  return loadCameraConfig(join(await folderWith({ 'camera.yaml': yaml }), 'camera.yaml'), { env: {} });
}

describe('what a camera file says of the faults of its camera', () => {
  it('looks for all of them by default, as soon as the part that finds them would', async () => {
    const { enabled, ...faults } = (await load(CAMERA)).pictureCheck;
    expect(enabled).toBe(true);
    for (const [fault, rule] of Object.entries(faults)) {
      expect(rule).toEqual({ enabled: true, afterS: DEFAULT_AFTER_S[fault as WatchedFault] });
    }
    expect(Object.keys(faults).toSorted()).toEqual(Object.keys(DEFAULT_AFTER_S).toSorted());
  });

  it('may leave one out and wait longer for another', async () => {
    const { pictureCheck } = await load(
      `${CAMERA}pictureCheck: {black: {enabled: false}, obscured: {afterS: 2m}}\n`,
    );
    expect(pictureCheck.black.enabled).toBe(false);
    expect(pictureCheck.obscured).toEqual({ enabled: true, afterS: 120 });
  });

  it.each([
    ['{blurry: {afterS: 3}}', 'blurry'],
    ['{moved: {afterS: 1}}', 'expected seconds, 2 to 3600'],
    ['{moved: false}', 'pictureCheck.moved'],
  ])('says what is wrong with %s', async (yaml, problem) => {
    const directory = await folderWith({ 'camera.yaml': `${CAMERA}pictureCheck: ${yaml}\n` });
    const problems = await refusal(loadCameraConfig(join(directory, 'camera.yaml'), { env: {} }));
    expect(inShort(problems, directory).join('\n')).toContain(problem);
  });
});
