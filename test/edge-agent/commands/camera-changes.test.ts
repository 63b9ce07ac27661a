// Changes of a camera's file with everything around it made up: what runs, and what the file system refuses.

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CameraChanges, type CameraFiles } from '../../../edge-agent/commands/camera-changes.ts';
import { CameraVersions, sha256 } from '../../../edge-agent/commands/camera-versions.ts';
import { settleUnproved } from '../../../edge-agent/commands/unproved.ts';

/** What a file says of the camera that runs with it. */
type Config = { readonly text: string };

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ngatu-changes-'));
  file = join(folder, 'north.yaml');
  await writeFile(file, 'one');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const FILES: CameraFiles<Config> = {
  find: async (camera) => {
    const text = await readFile(file, 'utf8');
    return camera === 'north' ? { file, text, whole: text, embed: (next) => next } : undefined;
  },
  check: async (_, text) =>
    text.includes('wrong')
      ? { config: undefined, problems: [{ path: 'a', message: 'wrong', line: 1, column: 1 }] }
      : { config: { text }, problems: [] },
  forbidden: () => [],
  same: (a, b) => a.text.replace(/#.*/, '') === b.text.replace(/#.*/, ''),
  hide: (text) => text,
  reveal: (text) => ({ text, problems: [] }),
  secretsIn: () => [],
};

function changesWith({ live = true }: { live?: boolean } = {}) {
  const state = { config: { text: 'one' } as Config, restarts: [] as string[], live };
  const versions = new CameraVersions(join(folder, 'commands'));
  const changes = new CameraChanges<Config>({
    files: FILES,
    cameras: {
      config: (camera) => (camera === 'north' ? state.config : undefined),
      isLive: () => state.live && !state.config.text.includes('dark'),
      whyNotLive: () => ({ why: 'no picture came', lasting: false }),
      restart: async (_, config) => {
        if (config.text.includes('unbuildable')) throw new Error('two points are the same');
        state.config = config;
        state.restarts.push(config.text);
      },
    },
    versions,
    configure: true,
    provingMs: 150,
    startingMs: 150,
    logger: pino({ level: 'silent' }),
    now: Date.now,
  });
  let number = 0;
  const set = (yaml: string, more: object = {}) => {
    number += 1;
    const command = {
      v: 1,
      id: `c${number}`,
      expiresAtMs: 0,
      revision: number,
      camera: 'north',
      yaml,
      ...more,
    };
    return changes.set({ ...command, v: 1, name: 'set-configuration' });
  };
  return { changes, versions, set, state };
}

const inFile = () => readFile(file, 'utf8');

describe('a change of the centre', () => {
  it('is written, run and kept when the camera is live with it', async () => {
    const { set, state, versions, changes } = changesWith();
    expect(await set('two', { baseHash: sha256('one') })).toMatchObject({ state: 'applied', live: true });
    expect([await inFile(), state.restarts]).toEqual(['two', ['two']]);
    expect(await versions.kept('north')).toEqual(['one', 'two']);
    expect(await changes.get('north')).toMatchObject({
      yaml: 'two',
      hash: sha256('two'),
      runs: true,
      last: { revision: 1, state: 'applied' },
    });
  });

  it('that the camera is not live with is taken back, and so is one that cannot be built', async () => {
    const { set, state } = changesWith();
    await expect(set('dark')).rejects.toMatchObject({
      code: 'rolled-back',
      problems: [
        { message: expect.stringContaining('was live before, and with this it is not: no picture came') },
      ],
    });
    expect([await inFile(), state.restarts]).toEqual(['one', ['dark', 'one']]);
    await expect(set('unbuildable')).rejects.toMatchObject({
      code: 'rolled-back',
      problems: [{ message: expect.stringContaining('two points are the same') }],
    });
    expect([await inFile(), state.config.text]).toEqual(['one', 'one']);
  });

  it('of a camera that was dark before is kept when it can be built', async () => {
    const { set } = changesWith({ live: false });
    expect(await set('dark')).toMatchObject({ state: 'applied', live: false });
    expect(await inFile()).toBe('dark');
  });

  it('in comments alone interrupts nothing', async () => {
    const { set, state } = changesWith();
    expect(await set('one# why')).toMatchObject({ state: 'applied', live: true });
    expect([await inFile(), state.restarts]).toEqual(['one# why', []]);
  });

  it.each([
    ['of an older revision', 'two', { revision: 0 }, 'outdated'],
    ['made from another text', 'two', { baseHash: sha256('zero') }, 'base-differs'],
    ['with mistakes', 'wrong', {}, 'not-valid'],
    ['of a camera that is not there', 'two', { camera: 'west' }, 'unknown-camera'],
  ])('%s is refused and changes nothing', async (_, yaml, more, code) => {
    const { set, state } = changesWith();
    await set('one# first');
    await expect(set(yaml, more)).rejects.toMatchObject({ code });
    expect([await inFile(), state.restarts]).toEqual(['one# first', []]);
  });

  it('that is only checked is not written', async () => {
    const { set, state, changes } = changesWith();
    expect(await set('two', { dryRun: true })).toMatchObject({ state: 'valid' });
    await expect(set('wrong', { dryRun: true })).rejects.toMatchObject({ code: 'not-valid' });
    expect([await inFile(), state.restarts, (await changes.get('north')).last]).toEqual([
      'one',
      [],
      undefined,
    ]);
  });

  it('that comes again after a restart of the agent gets the answer that it got', async () => {
    const first = changesWith();
    await expect(first.set('dark', { id: 'same', revision: 9 })).rejects.toMatchObject({
      code: 'rolled-back',
    });
    const second = changesWith();
    await expect(second.set('dark', { id: 'same', revision: 9 })).rejects.toMatchObject({
      code: 'rolled-back',
    });
    expect(second.state.restarts).toEqual([]);
  });

  it('that cannot be written is told, and nothing is left half done', async () => {
    const { set, state, changes } = changesWith();
    // Where the new text would be put together.
    await mkdir(`${file}.part`);
    await expect(set('two')).rejects.toMatchObject({
      code: 'failed',
      problems: [{ message: expect.stringContaining('cannot be written') }],
    });
    expect([await inFile(), state.restarts]).toEqual(['one', []]);
    expect((await changes.get('north')).last).toMatchObject({ state: 'rolled-back' });
  });

  it('keeps twenty texts before it', async () => {
    const { set, versions } = changesWith();
    for (let n = 0; n < 25; n += 1) await set(`text ${n}`);
    const kept = await versions.kept('north');
    expect(kept).toHaveLength(20);
    expect(kept.at(-1)).toBe('text 24');
  });
});

describe('after a crash', () => {
  /** A change that was being tried, with this in the file. */
  async function crashed(content: string, starts = 0) {
    const made = changesWith();
    await made.versions.put({
      ...{ v: 1, camera: 'north', revision: 4, command: 'x', state: 'trying', atMs: 1, hash: sha256('two') },
      ...{ live: false, problems: [] },
      undo: { file, before: 'one', after: 'two', wasLive: true, starts },
    });
    await writeFile(file, content);
    const open = await settleUnproved(made.versions);
    made.state.config = { text: await inFile() };
    return { ...made, open };
  }

  it('a change that was not written yet is none', async () => {
    const { open, versions } = await crashed('one');
    expect(open).toEqual([]);
    expect(await versions.last('north')).toMatchObject({ state: 'rolled-back', revision: 4 });
  });

  it('a change that was written is proved by the next start', async () => {
    const { open, changes, versions } = await crashed('two');
    expect(open).toHaveLength(1);
    await changes.resume(open);
    expect(await versions.last('north')).toMatchObject({ state: 'applied', live: true });
    expect(await inFile()).toBe('two');
  });

  it('a change that the next start does not prove is taken back', async () => {
    const { open, changes, versions, state } = await crashed('two');
    state.live = false;
    await changes.resume(open);
    expect(await versions.last('north')).toMatchObject({ state: 'rolled-back' });
    expect([await inFile(), state.restarts]).toEqual(['one', ['one']]);
  });

  it('a change that two starts did not survive is taken back before the third', async () => {
    const { open, versions } = await crashed('two', 1);
    expect(open).toEqual([]);
    expect(await inFile()).toBe('one');
    expect(await versions.last('north')).toMatchObject({
      state: 'rolled-back',
      problems: [{ message: 'the agent did not stay up with it' }],
    });
  });

  it('what somebody wrote by hand meanwhile stays', async () => {
    const { open, versions } = await crashed('by hand');
    expect([open, await inFile()]).toEqual([[], 'by hand']);
    expect(await versions.last('north')).toMatchObject({ state: 'rolled-back' });
  });
});
