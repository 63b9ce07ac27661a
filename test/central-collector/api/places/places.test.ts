import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { boxesAnswer, camerasAnswer, sitesAnswer } from '../../../../central-collector/api/schemas/places.ts';
import type { Database } from '../../../../central-collector/store/database.ts';
import { closeCentreRigs, openCentreRig } from '../../centre-rig.ts';
import { CentreUser } from '../../centre-user.ts';

afterEach(closeCentreRigs);

const TOLD = new Date('2026-03-01T06:00:00Z');

function row(site: string, agent: string, camera: string) {
  return {
    site,
    agent,
    camera,
    time: TOLD,
    state: 'live',
    name: `Camera ${camera}`,
    width: 1280,
    height: 720,
  };
}

async function withCameras() {
  const rows = [row('hai-phong', 'box-2', 'b'), row('hai-phong', 'box-1', 'a'), row('cat-ba', 'box-1', 'a')];
  const rig = await openCentreRig({}, { database: { query: async () => rows } as unknown as Database });
  rig.centre.databaseReady();
  const admin = await CentreUser.administrator(rig);
  const cameras = async () => (await admin.ask('GET', '/api/v1/cameras')).json().cameras;
  await vi.waitFor(async () => expect(await cameras()).toHaveLength(3));
  return { ...rig, admin };
}

describe('places', () => {
  it('list cameras and boxes that only the database has heard of as unknown, in the order of their names', async () => {
    const { admin } = await withCameras();
    const { cameras } = camerasAnswer.parse((await admin.ask('GET', '/api/v1/cameras')).json());
    expect(cameras.map(({ id, state }) => [id, state])).toEqual([
      ['cat-ba/box-1/a', 'unknown'],
      ['hai-phong/box-1/a', 'unknown'],
      ['hai-phong/box-2/b', 'unknown'],
    ]);
    expect(cameras[0]).toMatchObject({
      name: 'Camera a',
      picture: { width: 1280, height: 720 },
      coverage: null,
    });
    const { boxes } = boxesAnswer.parse((await admin.ask('GET', '/api/v1/boxes?site=hai-phong')).json());
    expect(boxes.map(({ agent, state }) => [agent, state])).toEqual([
      ['box-1', 'unknown'],
      ['box-2', 'unknown'],
    ]);
    const { sites } = sitesAnswer.parse((await admin.ask('GET', '/api/v1/sites')).json());
    expect(sites.map(({ site, cameras: { total, offline } }) => [site, total, offline])).toEqual([
      ['cat-ba', 1, 1],
      ['hai-phong', 2, 2],
    ]);
  });

  it('come page by page', async () => {
    const { admin } = await withCameras();
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const answer = (await admin.ask('GET', `/api/v1/cameras?limit=2${query}`)).json();
      seen.push(...answer.cameras.map(({ id }: { id: string }) => id));
      cursor = answer.next;
    } while (cursor !== null);
    expect(seen).toEqual(['cat-ba/box-1/a', 'hai-phong/box-1/a', 'hai-phong/box-2/b']);
  });

  it('are set by people, told in the audit log, and kept', async () => {
    const { admin, directory, server } = await withCameras();
    const position = { lat: 20.8561, lon: 106.6822 };
    const site = await admin.ask('PUT', '/api/v1/sites/hai-phong', { name: 'Lạch Tray', position });
    expect([site.statusCode, site.json()]).toEqual([
      200,
      expect.objectContaining({ site: 'hai-phong', name: 'Lạch Tray', position }),
    ]);
    await admin.ask('PUT', '/api/v1/cameras/hai-phong/box-1/a/place', { position });
    await admin.ask('PUT', '/api/v1/sites/hai-phong', { position: null });
    expect((await admin.ask('GET', '/api/v1/cameras/hai-phong/box-1/a')).json().position).toEqual(position);
    expect(JSON.parse(await readFile(join(directory, 'places.json'), 'utf8'))).toEqual({
      version: 1,
      sites: { 'hai-phong': { name: 'Lạch Tray' } },
      cameras: { 'hai-phong/box-1/a': position },
    });
    const { entries } = (await admin.ask('GET', '/api/v1/audit?limit=3')).json();
    expect(entries.map(({ action, target }: Record<string, string>) => [action, target])).toEqual([
      ['site-placed', 'hai-phong'],
      ['camera-placed', 'hai-phong/box-1/a'],
      ['site-placed', 'hai-phong'],
    ]);
    await server.close();
  });

  it.each([
    ['PUT', '/api/v1/sites/hai-phong', { position: { lat: 91, lon: 0 } }],
    ['PUT', '/api/v1/sites/hai-phong', { position: { lat: 20 } }],
    ['PUT', '/api/v1/sites/Hai%20Phong', { name: 'x' }],
    ['PUT', '/api/v1/cameras/a/b/..%2f..%2fc/place', { position: null }],
    ['GET', '/api/v1/cameras?limit=0', undefined],
    ['GET', '/api/v1/cameras?limit=5000', undefined],
    ['GET', '/api/v1/cameras?sort=name', undefined],
  ] as const)('refuse %s %s', async (method, url, body) => {
    const { admin } = await withCameras();
    const response = await admin.ask(method, url, body);
    expect([response.statusCode, response.json().code]).toEqual([400, 'invalid-request']);
  });

  it('say that a camera is not there', async () => {
    const { admin } = await withCameras();
    expect((await admin.ask('GET', '/api/v1/cameras/hai-phong/box-1/zz')).statusCode).toBe(404);
  });

  it('have an empty map without one, and answer 304 to who has it', async () => {
    const { admin } = await withCameras();
    const map = await admin.ask('GET', '/api/v1/map');
    expect(map.json()).toEqual({ type: 'FeatureCollection', features: [] });
    const again = await admin.ask('GET', '/api/v1/map', undefined, {
      'if-none-match': String(map.headers.etag),
    });
    expect([again.statusCode, again.body]).toEqual([304, '']);
  });
});
