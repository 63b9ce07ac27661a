// A camera that is set up from the centre, all the way: somebody signed in, the centre's API, a real broker, a real agent with
// real cameras; and pictures of an incident that leave the box.

import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import type { ConfigurationAnswer, ConfigurationVersion } from '../../central-collector/api/schemas/setup.ts';
import { closeCentreRigs, openCentreRig } from '../central-collector/centre-rig.ts';
import { CentreUser } from '../central-collector/centre-user.ts';
import { incidentOf } from '../edge-agent/evidence/make-incident.ts';
import { sceneModel } from '../support/scene.ts';
import { type CommandsRig, cameraFile, LINE, startCommandsRig, until } from './commands-rig.ts';

const model = sceneModel();
const NORTH = '/api/v1/cameras/hai-phong/box-1/north';
const SOUTH = '/api/v1/cameras/hai-phong/box-1/south';

let rig: CommandsRig;
afterEach(async () => {
  await closeCentreRigs();
  await rig?.stop();
});

describe.skipIf(model === undefined)('the set-up of a camera at the centre', () => {
  it('draws a line that counts, refuses a wrong one, goes back, and shows what the box lets go', async () => {
    rig = await startCommandsRig(model);
    const open = 'pictures: { leave: true, clips: true }\nevidence: { enabled: true }\n';
    const text = cameraFile('north', rig.url('/north'), open);
    await rig.write({ north: text, south: cameraFile('south', rig.url('/south')) });
    const kept = await keepEvidence();
    const agent = await rig.start();
    const centre = await openCentreRig({}, { mqtt: { url: rig.broker } });
    const admin = await CentreUser.administrator(centre);
    const engineer = await admin.add('engineer');
    const viewer = await admin.add('viewer');
    const isLive = async (camera: string) =>
      (await rig.metric(`ngatu_frames_analysed_total{camera="${camera}"}`)) > 0;
    await until(async () => (await isLive('north')) && (await isLive('south')), 'live cameras');

    // What there is: a still for all, the file for those who may change it.
    const still = await viewer.ask('GET', `${NORTH}/still`);
    expect([still.statusCode, still.headers['content-type']]).toEqual([200, 'image/jpeg']);
    expect((await sharp(still.rawPayload).metadata()).width).toBe(640);
    const etag = String(still.headers.etag);
    const again = await viewer.ask('GET', `${NORTH}/still`, undefined, { 'if-none-match': etag });
    expect([200, 304]).toContain(again.statusCode);
    const closed = await viewer.ask('GET', `${SOUTH}/still`);
    expect(closed.statusCode).toBe(403);
    expect(closed.json().detail).toContain('stay on the box');
    expect((await viewer.ask('GET', `${NORTH}/configuration`)).statusCode).toBe(403);
    const first = (await engineer.ask('GET', `${NORTH}/configuration`)).json<ConfigurationAnswer>();
    expect(first).toMatchObject({
      revision: 1,
      fromBox: true,
      yaml: text,
      version: { state: 'found', by: null },
    });
    expect((await engineer.ask('GET', `${SOUTH}/configuration`)).json()).toMatchObject({ fromBox: true });
    const paths = await engineer.ask('GET', `${NORTH}/trajectories?minutes=2`);
    expect(paths.json()).toMatchObject({ picture: { width: 640, height: 360 } });

    // Checked, saved, tried, counted.
    const wrong = `${text}lines: [{line: a, from: [0, 0], to: [9999, 0]}]\n`;
    const checked = await engineer.ask('POST', `${NORTH}/configuration/check`, { yaml: wrong });
    expect(checked.json().problems).toMatchObject([{ path: 'lines[0].to', line: 9 }]);
    const versions = async () =>
      (await engineer.ask('GET', `${NORTH}/configuration/versions`)).json<{
        versions: ConfigurationVersion[];
      }>().versions;
    const settled = async (revision: number) => {
      const isSettled = async () =>
        (await versions()).some((each) => each.revision === revision && each.state !== 'sent');
      await until(isSettled, `what became of version ${revision}`);
      return (await versions()).find((each) => each.revision === revision);
    };
    const save = async (yaml: string, baseRevision: number) =>
      engineer.ask('PUT', `${NORTH}/configuration`, { yaml, baseRevision, note: 'for the count' });
    const saved = await save(text + LINE, 1);
    expect(saved.json().version).toMatchObject({ revision: 2, by: 'engineer', note: 'for the count' });
    expect(await settled(2)).toMatchObject({ state: 'applied', problems: [] });
    expect(await readFile(join(rig.folder, 'north.yaml'), 'utf8')).toBe(text + LINE);
    await until(() => rig.events().some(({ type }) => type === 'passage'), 'a passage over the line');
    expect((await save(`${text}# late\n`, 1)).statusCode).toBe(409);
    expect((await save(wrong, 2)).json().version).toMatchObject({
      revision: 3,
      state: 'refused',
      problems: [{ path: 'lines[0].to', line: 9 }],
    });

    // By hand at the box; back from the page.
    await writeFile(join(rig.folder, 'north.yaml'), `${text}${LINE}# by hand\n`);
    expect((await save(`${text}# over it\n`, 2)).statusCode).toBe(409);
    const found = (await engineer.ask('GET', `${NORTH}/configuration`)).json<ConfigurationAnswer>();
    expect(found).toMatchObject({ revision: 4, version: { state: 'found', by: null } });
    const back = await engineer.ask('POST', `${NORTH}/configuration/roll-back`, { revision: 1 });
    expect(back.json().version).toMatchObject({ revision: 5, by: 'engineer', note: 'back to version 1' });
    expect(await settled(5)).toMatchObject({ state: 'applied' });
    expect(await readFile(join(rig.folder, 'north.yaml'), 'utf8')).toBe(text);
    const log = (await admin.ask('GET', '/api/v1/audit?limit=50')).json().entries as { action: string }[];
    expect(log.filter(({ action }) => /^camera-/.test(action))).toMatchObject([
      { action: 'camera-rolled-back', who: 'engineer', detail: { revision: 5, baseRevision: 4 } },
      { action: 'camera-configured', who: 'engineer', detail: { revision: 3 } },
      {
        action: 'camera-configured',
        who: 'engineer',
        target: 'hai-phong/box-1/north',
        detail: { revision: 2 },
      },
    ]);

    // Evidence of an incident, in pieces from the box.
    const incident = incidentOf({
      evidence: kept.evidence,
      detectedAtMs: Date.now(),
      updatedAtMs: Date.now(),
    });
    await rig.tell([incident]);
    const path = '/api/v1/incidents/hai-phong.box-1.north-1';
    await until(async () => (await viewer.ask('GET', path)).statusCode === 200, 'the incident');
    const snapshot = await viewer.ask('GET', `${path}/snapshot`);
    expect([snapshot.statusCode, snapshot.rawPayload.equals(kept.jpeg)]).toEqual([200, true]);
    const clip = await viewer.ask('GET', `${path}/clip`, undefined, { range: 'bytes=600000-600009' });
    expect([clip.statusCode, clip.rawPayload]).toEqual([206, kept.clip.subarray(600_000, 600_010)]);

    // A box that is away is said to be.
    await agent.stop();
    const away = async () =>
      (await engineer.ask('GET', `${NORTH}/configuration`)).json<ConfigurationAnswer>();
    await until(async () => !(await away()).fromBox, 'the box being away');
    expect(await away()).toMatchObject({ revision: 5, yaml: text, fromBox: false });
    const nothing = await engineer.ask('GET', `${SOUTH}/trajectories`);
    expect(nothing.statusCode).toBe(503);
    expect(nothing.json().detail).toContain('hai-phong/box-1 is offline');
    expect((await viewer.ask('GET', `${path}/clip`)).rawPayload.equals(kept.clip)).toBe(true);
  }, 180_000);
});

/** A picture and a clip of an incident as the box would have kept them. */
async function keepEvidence() {
  const jpeg = await sharp({ create: { width: 64, height: 36, channels: 3, background: '#345' } })
    .jpeg()
    .toBuffer();
  const clip = randomBytes(1_300_000);
  const facts = (file: string, data: Buffer) => ({
    file,
    sha256: createHash('sha256').update(data).digest('hex'),
    bytes: data.length,
  });
  const nowMs = Date.now();
  const evidence = {
    snapshot: {
      ...facts('north/north-1.v1.jpg', jpeg),
      ...{ width: 64, height: 36, from: 'stream' as const, atMs: nowMs, blurred: true },
    },
    clip: { ...facts('north/north-1.v1.mp4', clip), fromMs: nowMs - 5000, toMs: nowMs },
  };
  const folder = join(rig.folder, 'evidence/north');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'north-1.v1.jpg'), jpeg);
  await writeFile(join(folder, 'north-1.v1.mp4'), clip);
  const record = { v: 1, incident: incidentOf({ evidence }), evidence, madeAtMs: nowMs };
  await writeFile(join(folder, 'north-1.v1.json'), JSON.stringify(record));
  return { jpeg, clip, evidence };
}
