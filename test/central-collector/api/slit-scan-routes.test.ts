// The routes of slit scans on a centre without a broker: what is checked before a box is asked, and what is said then.

import { afterEach, describe, expect, it } from 'vitest';
import { closeCentreRigs, openCentreRig } from '../centre-rig.ts';
import { CentreUser } from '../centre-user.ts';

const SCAN = '/api/v1/cameras/hai-phong/box-1/north/slit-scan';
const FROM = '2026-11-22T07:00:00+07:00';

afterEach(closeCentreRigs);

describe('a slit scan over HTTP', () => {
  it('is for all who may read, ten minutes at most', async () => {
    const viewer = await (await CentreUser.administrator(await openCentreRig())).add('viewer');
    const ask = (line: string, from: string, to: string) =>
      viewer.ask('GET', `${SCAN}?${new URLSearchParams({ line, from, to })}`);
    for (const [line, from, to] of [
      ['south', FROM, '2026-11-22T07:10:00.001+07:00'],
      ['south', FROM, FROM],
      ['south', '2026-11-22', '2026-11-23'],
      ['south', 'yesterday', FROM],
      ['south', '9999-01-01T00:00:00Z', '9999-01-01T00:01:00Z'],
      ["south' OR 1=1", FROM, '2026-11-22T07:01:00+07:00'],
    ] as const) {
      expect((await ask(line, from, to)).statusCode, `${line} ${from} ${to}`).toBe(400);
    }
    const away = await ask('south', FROM, '2026-11-22T07:10:00+07:00');
    expect([away.statusCode, away.headers['retry-after']]).toEqual([503, '5']);
    expect(away.json()).toMatchObject({ code: 'unavailable' });
  });

  it('hands out pictures by their hash and nothing else', async () => {
    const rig = await openCentreRig();
    const viewer = await (await CentreUser.administrator(rig)).add('viewer');
    const ask = (sha256: string) =>
      viewer.ask('GET', `${SCAN}/picture?${new URLSearchParams({ line: 'south', from: FROM, sha256 })}`);
    expect((await ask('../../secrets')).statusCode).toBe(400);
    expect((await ask('a'.repeat(64))).statusCode).toBe(503);
    expect((await rig.server.inject({ url: `${SCAN}/picture` })).statusCode).toBe(401);
  });
});
