// A running agent whose camera is set up from the centre: real cameras, a real broker, and one that is killed in the middle.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import { sceneModel } from '../support/scene.ts';
import { type CommandsRig, cameraFile, LINE, startCommandsRig, until } from './commands-rig.ts';

const model = sceneModel();

let rig: CommandsRig;
afterEach(() => rig?.stop());

const analysed = (camera: string) => rig.metric(`ngatu_frames_analysed_total{camera="${camera}"}`);
const isLive = async (camera: string) =>
  (await rig.metric(`ngatu_camera_live{camera="${camera}"}`)) === 1 && (await analysed(camera)) > 0;
const fileOf = (camera: string) => readFile(join(rig.folder, `${camera}.yaml`), 'utf8');

describe.skipIf(model === undefined)('a camera that is set up from the centre', () => {
  it('counts on a line that was drawn there, while the other camera loses nothing', async () => {
    rig = await startCommandsRig(model);
    const allowed = 'pictures: { leave: true }\nslitScans: { enabled: true }\n';
    await rig.write({
      north: cameraFile('north', rig.url('/north'), allowed),
      south: cameraFile('south', rig.url('/south'), LINE),
    });
    await rig.start();
    await until(async () => (await isLive('north')) && (await isLive('south')), 'two live cameras');

    const still = await rig.done({ name: 'snapshot', camera: 'north' });
    expect(still).toMatchObject({ blurred: true, picture: { width: 640, height: 360 } });
    const { format, width } = await sharp(Buffer.from(still.jpeg, 'base64')).metadata();
    expect([format, width]).toEqual(['jpeg', 640]);
    expect(await rig.ask({ name: 'snapshot', camera: 'south' })).toMatchObject({
      ok: false,
      code: 'not-allowed',
      problems: [{ message: expect.stringContaining('stay on the box') }],
    });

    await until(
      async () => (await rig.done({ name: 'trajectories', camera: 'north', minutes: 1 })).tracks.length > 0,
      'a trajectory',
    );
    const before = await rig.done({ name: 'get-configuration', camera: 'north' });
    expect(before).toMatchObject({ runs: true, yaml: await fileOf('north') });
    expect(before.last).toBeUndefined();

    const wrong = `${before.yaml}lines: [{line: a, from: [0, 0], to: [9999, 0]}]\n`;
    const change = {
      name: 'set-configuration',
      camera: 'north',
      revision: 1,
      baseHash: before.hash,
    } as const;
    expect(await rig.ask({ ...change, yaml: wrong })).toMatchObject({
      ok: false,
      code: 'not-valid',
      problems: [{ path: 'lines[0].to', line: 9, message: expect.stringContaining('outside the picture') }],
    });
    expect(await fileOf('north')).toBe(before.yaml);

    const southBefore = await analysed('south');
    const sinceMs = performance.now();
    const applied = await rig.done({ ...change, yaml: before.yaml + LINE });
    const seconds = (performance.now() - sinceMs) / 1000;
    expect(applied).toMatchObject({ state: 'applied', live: true, problems: [] });
    expect(seconds).toBeLessThan(20);
    // Five frames a second went on at the other camera; a busy machine drops some, a restart would take them all.
    expect((await analysed('south')) - southBefore).toBeGreaterThan(seconds * 5 * 0.5 - 2);
    const counted = () =>
      rig.events().filter((event) => event.type === 'passage' && event.camera === 'north');
    await until(() => counted().length > 0, 'a passage over the new line');
    // What was counted is to be seen at once, on a picture that is still being made.
    const scan = { name: 'slit-scan', camera: 'north', line: 'south' } as const;
    const asked = () => ({ ...scan, fromMs: Date.now() - 300_000, toMs: Date.now() + 60_000 });
    const marks = async () => (await rig.done(asked())).pieces.flatMap((piece) => piece.marks);
    await until(async () => (await marks()).length > 0, 'a passage on the slit scan');
    const passages = new Set(counted().map((event) => event.type === 'passage' && event.atMs));
    expect((await marks()).filter(({ atMs }) => passages.has(atMs)).length).toBeGreaterThan(0);
    const { pieces } = await rig.done(asked());
    const last = pieces.at(-1);
    const picture = await sharp(Buffer.from(last?.jpeg ?? '', 'base64')).metadata();
    expect([picture.width, picture.height]).toEqual([(last?.frames.length ?? 0) * 6, last?.height]);
    const refusals = [
      [{ ...asked(), camera: 'south' }, 'not-allowed', 'stay on the box'],
      [{ ...asked(), line: 'exit' }, 'not-available', 'has no line exit; it has: south'],
      [{ ...asked(), camera: 'west' }, 'unknown-camera', 'no camera west'],
    ] as const;
    for (const [command, code, message] of refusals) {
      const problems = [{ message: expect.stringContaining(message) }];
      expect(await rig.ask(command)).toMatchObject({ ok: false, code, problems });
    }
    expect(await fileOf('north')).toBe(before.yaml + LINE);
    expect(await rig.done({ name: 'get-configuration', camera: 'north' })).toMatchObject({
      runs: true,
      last: { revision: 1, state: 'applied', hash: applied.hash },
    });
    expect(await rig.ask({ ...change, yaml: before.yaml, revision: 2 })).toMatchObject({
      code: 'base-differs',
    });
    const flows = rig.events().filter((event) => event.type === 'flow');
    const south = flows
      .filter(({ camera }) => camera === 'south')
      .map((flow) => `${flow.fromMs} ${flow.direction}`);
    expect(new Set(south).size).toBe(south.length);
  }, 120_000);

  it('goes back by itself when it does not run, and a command that comes twice is done once', async () => {
    rig = await startCommandsRig(model);
    const text = cameraFile('north', rig.url('/north'), LINE);
    await rig.write({ north: text });
    await rig.start();
    await until(() => isLive('north'), 'a live camera');
    const nowhere = text.replace('/north', '/nowhere');
    const change = { name: 'set-configuration', camera: 'north', revision: 5, yaml: nowhere } as const;
    const [first] = await Promise.all([rig.ask(change, { id: 'same' }), rig.ask(change, { id: 'same' })]);
    expect(first).toMatchObject({
      ok: false,
      code: 'rolled-back',
      problems: [{ message: expect.stringMatching(/was live before/) }],
    });
    expect(await fileOf('north')).toBe(text);
    await until(() => isLive('north'), 'the camera as before');
    expect(await rig.ask({ ...change, revision: 5 })).toMatchObject({ code: 'outdated' });
    expect((await rig.done({ name: 'get-configuration', camera: 'north' })).last).toMatchObject({
      revision: 5,
      state: 'rolled-back',
    });
    const log = await readFile(join(rig.folder, 'edge.log'), 'utf8');
    expect(log.match(/took back a change/g)).toHaveLength(1);
  }, 120_000);

  it('that is killed in the middle of a change runs with one version or the other, and says which', async () => {
    rig = await startCommandsRig(model);
    const text = cameraFile('north', rig.url('/north'));
    await rig.write({ north: text });
    const first = await rig.start();
    await until(() => isLive('north'), 'a live camera');
    const change = { name: 'set-configuration', camera: 'north', revision: 1, yaml: text + LINE } as const;
    await rig.send(JSON.stringify({ v: 1, id: 'cut', expiresAtMs: Date.now() + 60_000, ...change }));
    await until(async () => (await fileOf('north')) !== text, 'the file being written');
    process.kill(first.pid, 'SIGKILL');
    await rig.start();
    const settled = () => rig.done({ name: 'get-configuration', camera: 'north' });
    await until(async () => (await settled()).last?.state === 'applied', 'the change proved after the start');
    expect(await settled()).toMatchObject({ runs: true, yaml: text + LINE });
    await until(() => rig.events().some(({ type }) => type === 'passage'), 'a passage');
  }, 120_000);

  it('takes over by hand what stands in its file when it is told to, and says what is wrong with it', async () => {
    rig = await startCommandsRig(model);
    const text = cameraFile('north', rig.url('/north'));
    await rig.write({ north: text, south: cameraFile('south', rig.url('/south')) });
    const agent = await rig.start();
    await until(() => isLive('north'), 'a live camera');
    await writeFile(join(rig.folder, 'north.yaml'), `${text}intervals: 5\n`);
    expect(await rig.ask({ name: 'reload' })).toMatchObject({
      ok: false,
      code: 'not-valid',
      problems: [{ path: 'intervals', message: expect.stringContaining('unknown key "intervals"') }],
    });
    await writeFile(join(rig.folder, 'north.yaml'), text + LINE);
    expect((await rig.done({ name: 'get-configuration', camera: 'north' })).runs).toBe(false);
    expect(await rig.done({ name: 'reload' })).toMatchObject({
      restarted: ['north'],
      added: [],
      removed: [],
    });
    expect((await rig.done({ name: 'get-configuration', camera: 'north' })).runs).toBe(true);
    await rig.write({ north: text });
    process.kill(agent.pid, 'SIGHUP');
    await until(() => rig.centre.status?.cameras.length === 1, 'a camera less');
  }, 120_000);

  it('is answered whatever it is asked', async () => {
    rig = await startCommandsRig(model);
    const text = cameraFile('north', rig.url('/north')).replace(
      'analysisFps: 5',
      'analysisFps: 5\n  username: viewer\n  password: hunter2 # plain',
    );
    await rig.write({ north: text });
    await rig.start();
    await until(() => rig.centre.status?.state === 'online', 'the agent');
    const { yaml, hash } = await rig.done({ name: 'get-configuration', camera: 'north' });
    expect(yaml).toMatch(/password: \{hidden: [0-9a-f]{16}\} # plain/);
    expect(JSON.stringify(rig.replies)).not.toContain('hunter2');
    const commented = `${yaml}# seen by the centre\n`;
    const change = { name: 'set-configuration', camera: 'north', revision: 1 } as const;
    expect(await rig.done({ ...change, yaml: commented, baseHash: hash, dryRun: true })).toMatchObject({
      state: 'valid',
    });
    await rig.done({ ...change, yaml: commented, baseHash: hash });
    expect(await fileOf('north')).toContain('password: "hunter2" # plain');
    const elsewhere = commented.replace('127.0.0.1', '127.0.0.9');
    expect(await rig.ask({ ...change, revision: 2, yaml: elsewhere })).toMatchObject({
      code: 'not-valid',
      problems: expect.arrayContaining([expect.objectContaining({ path: 'source.password', line: 7 })]),
    });
    const opened = `${commented}pictures: { leave: true }\n`;
    expect(await rig.ask({ ...change, revision: 2, yaml: opened })).toMatchObject({
      code: 'not-valid',
      problems: expect.arrayContaining([expect.objectContaining({ path: 'pictures.leave' })]),
    });

    expect(await rig.ask({ name: 'snapshot', camera: 'west' })).toMatchObject({ code: 'unknown-camera' });
    expect(await rig.ask({ name: 'reload' }, { expiresAtMs: Date.now() - 5000 })).toMatchObject({
      code: 'expired',
    });
    const odd = { name: 'make-tea', milk: true } as never;
    expect(await rig.ask(odd)).toMatchObject({
      code: 'unknown-command',
      problems: [{ message: expect.stringContaining('"make-tea"') }],
    });
    expect(await rig.ask({ name: 'trajectories', camera: 'north', minutes: 99 })).toMatchObject({
      code: 'invalid',
      problems: [{ path: 'minutes' }],
    });
    for (const file of ['../edge.yaml', 'north.yaml', '/etc/passwd']) {
      expect(await rig.ask({ name: 'evidence', file, offset: 0, length: 9 })).toMatchObject({
        code: 'not-available',
      });
    }
    await rig.send('}{');
    await rig.send('{"v":1}');
    expect((await rig.done({ name: 'get-configuration', camera: 'north' })).last?.revision).toBe(1);
  }, 60_000);
});
