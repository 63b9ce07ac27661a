// The routes of a camera's set-up with a source that is made up: who may what, what is checked, and what a box's word becomes.

import { afterEach, describe, expect, it } from 'vitest';
import { closeCentreRigs, openCentreRig } from '../centre-rig.ts';
import { CentreUser } from '../centre-user.ts';

const NORTH = '/api/v1/cameras/hai-phong/box-1/north';
const CAMERA =
  'camera: north\npicture: { width: 640, height: 360 }\nsource: { url: rtsp://10.0.0.17/live }\n';

afterEach(closeCentreRigs);

describe('the set-up of a camera over HTTP', () => {
  it('is for engineers; a still is for all who may read', async () => {
    const rig = await openCentreRig();
    const admin = await CentreUser.administrator(rig);
    const asked = [
      ['GET', '/configuration', undefined],
      ['POST', '/configuration/check', { yaml: CAMERA }],
      ['PUT', '/configuration', { yaml: CAMERA, baseRevision: 1 }],
      ['POST', '/configuration/roll-back', { revision: 1 }],
      ['GET', '/configuration/versions', undefined],
      ['GET', '/configuration/versions/1', undefined],
      ['GET', '/trajectories', undefined],
    ] as const;
    for (const role of ['viewer', 'operator'] as const) {
      const user = await admin.add(role);
      for (const [method, path, body] of asked)
        expect((await user.ask(method, NORTH + path, body)).statusCode, `${role} ${path}`).toBe(403);
      // Without a broker there is no box to ask.
      expect((await user.ask('GET', `${NORTH}/still`)).statusCode).toBe(503);
    }
    const none = await rig.server.inject({ url: `${NORTH}/still` });
    expect(none.statusCode).toBe(401);
  });

  it('checks a text with the place of each mistake, and takes hidden secrets', async () => {
    const engineer = await (await CentreUser.administrator(await openCentreRig())).add('engineer');
    const check = async (yaml: string) =>
      (await engineer.ask('POST', `${NORTH}/configuration/check`, { yaml })).json().problems;
    expect(
      await check(CAMERA.replace('live }', 'live, username: viewer, password: {hidden: 0123456789abcdef} }')),
    ).toEqual([]);
    expect(await check(`${CAMERA}lines:\n  - line: a\n    from: [0, 0]\n`)).toMatchObject([
      { path: 'lines[0].to', line: 5, column: 5, message: expect.stringContaining('missing') },
    ]);
    expect(await check('a: [')).toMatchObject([{ path: '', message: expect.stringContaining('YAML') }]);
    expect(await check('['.repeat(5000))).toMatchObject([{ message: expect.stringContaining('deeper') }]);
  });

  it('refuses what is too large, and names that lead out of a folder', async () => {
    const engineer = await (await CentreUser.administrator(await openCentreRig())).add('engineer');
    const put = (yaml: string) => engineer.ask('PUT', `${NORTH}/configuration`, { yaml, baseRevision: 1 });
    expect((await put('x'.repeat(200_001))).statusCode).toBe(400);
    expect((await put('x'.repeat(2_000_000))).statusCode).toBe(413);
    for (const camera of ['..', '%2e%2e%2f%2e%2e', 'a%2fb', 'NORTH']) {
      const { statusCode } = await engineer.ask(
        'GET',
        `/api/v1/cameras/hai-phong/box-1/${camera}/configuration`,
      );
      expect([400, 404]).toContain(statusCode);
    }
    expect((await engineer.ask('GET', `${NORTH}/trajectories?minutes=11`)).statusCode).toBe(400);
    expect((await engineer.ask('GET', `${NORTH}/configuration/versions/1`)).statusCode).toBe(404);
  });

  it('says that a box cannot be asked, and when to try again', async () => {
    const engineer = await (await CentreUser.administrator(await openCentreRig())).add('engineer');
    const answer = await engineer.ask('GET', `${NORTH}/configuration`);
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('5');
    expect(answer.json()).toMatchObject({
      code: 'unavailable',
      detail: expect.stringContaining('no connection'),
    });
  });
});
