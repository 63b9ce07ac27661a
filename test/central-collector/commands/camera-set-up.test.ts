// Versions of a configuration, against a box that is made up: it answers, refuses, is away, or says nothing.

import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CameraSetUp } from '../../../central-collector/commands/camera-set-up.ts';
import type { Question } from '../../../central-collector/commands/command-sender.ts';
import { CommandsError, refusedBy } from '../../../central-collector/commands/commands-error.ts';
import { VersionBook } from '../../../central-collector/commands/version-book.ts';
import type { ResultOf } from '../../../contract/index.ts';

const CAMERA = { site: 'hai-phong', agent: 'box-1', camera: 'north' };
const T0 = Date.UTC(2026, 0, 1);
const hash = (text: string) => createHash('sha256').update(text).digest('hex');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ngatu-set-up-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

type Box = {
  yaml: string;
  last: ResultOf<'get-configuration'>['last'];
  /** How it takes a change. */
  takes: (question: Extract<Question, { name: 'set-configuration' }>) => Promise<void>;
  away: boolean;
  asked: Question[];
};

function centreWith(patienceMs = 1000) {
  const clock = { nowMs: T0 };
  const box: Box = {
    yaml: 'one',
    last: undefined,
    takes: async ({ yaml, revision }) => {
      box.yaml = yaml;
      box.last = { revision, state: 'applied', atMs: T0, hash: hash(yaml), problems: [] };
    },
    away: false,
    asked: [],
  };
  const ask = async (_: unknown, question: Question) => {
    box.asked.push(question);
    if (box.away) throw new CommandsError('unavailable', 'the box is offline');
    if (question.name === 'set-configuration') {
      await box.takes(question);
      const { camera, revision } = question;
      return {
        ...{ name: 'set-configuration', camera, revision, state: 'applied', live: true, problems: [] },
        hash: hash(box.yaml),
      };
    }
    return {
      ...{ name: 'get-configuration', camera: 'north', yaml: box.yaml, hash: hash(box.yaml), runs: true },
      ...(box.last && { last: box.last }),
    };
  };
  const setUp = new CameraSetUp({
    sender: { ask: ask as never },
    book: new VersionBook(folder),
    check: (yaml) => (yaml.includes('wrong') ? [{ path: 'a', message: 'wrong', line: 2 }] : []),
    hide: (yaml) => yaml.replace('hunter2', '{hidden: 0}'),
    log: pino({ level: 'silent' }),
    now: () => clock.nowMs,
    patienceMs,
  });
  const audited: unknown[] = [];
  const save = (yaml: string, baseRevision: number) =>
    setUp.save(CAMERA, {
      ...{ yaml, baseRevision, note: 'why', by: 'lan' },
      audit: async (facts) => void audited.push({ ...facts, sent: box.asked.at(-1)?.name }),
    });
  const states = async () =>
    (await setUp.versions(CAMERA)).map(({ revision, state }) => `${revision} ${state}`);
  return { setUp, box, save, states, audited, clock };
}

const refuse = (code: 'rolled-back' | 'base-differs', message: string) => async () => {
  throw refusedBy('hai-phong/box-1', code, [{ path: 'x', message, line: 3 }]);
};

describe('the configuration of a camera', () => {
  it('is what the box says, and a version of its own when somebody changed it there', async () => {
    const { setUp, box, states } = centreWith();
    expect(await setUp.configuration(CAMERA)).toMatchObject({
      yaml: 'one',
      fromBox: true,
      version: { revision: 1, state: 'found', by: null },
    });
    expect((await setUp.configuration(CAMERA)).version.revision).toBe(1);
    box.yaml = 'by hand';
    expect((await setUp.configuration(CAMERA)).version).toMatchObject({ revision: 2, yaml: 'by hand' });
    expect(await states()).toEqual(['2 found', '1 found']);
  });

  it('is the last that is known while the box is away, and none where nothing is known', async () => {
    const { setUp, box } = centreWith();
    box.away = true;
    await expect(setUp.configuration(CAMERA)).rejects.toMatchObject({ code: 'unavailable' });
    box.away = false;
    await setUp.configuration(CAMERA);
    box.away = true;
    expect(await setUp.configuration(CAMERA)).toMatchObject({ yaml: 'one', fromBox: false });
  });
});

describe('a change', () => {
  it('is audited before it is sent, with the base that it was made from, and kept with its author', async () => {
    const { setUp, box, save, audited } = centreWith();
    await setUp.configuration(CAMERA);
    expect(await save('two', 1)).toMatchObject({ revision: 2, state: 'applied', by: 'lan', note: 'why' });
    expect(audited).toEqual([
      { revision: 2, baseRevision: 1, sha256: hash('two'), sent: 'get-configuration' },
    ]);
    const sent = box.asked.find(({ name }) => name === 'set-configuration');
    expect(sent).toMatchObject({ revision: 2, yaml: 'two', baseHash: hash('one') });
    expect((await setUp.version(CAMERA, 1)).yaml).toBe('one');
    await expect(setUp.version(CAMERA, 9)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('that cannot be audited is not sent', async () => {
    const { setUp, box } = centreWith();
    await setUp.configuration(CAMERA);
    const audit = async () => {
      throw new Error('the disk is full');
    };
    const change = { yaml: 'two', baseRevision: 1, note: undefined, by: 'lan', audit };
    await expect(setUp.save(CAMERA, change)).rejects.toThrow('the disk is full');
    expect(box.asked.some(({ name }) => name === 'set-configuration')).toBe(false);
    expect(await setUp.versions(CAMERA)).toHaveLength(1);
  });

  it('with mistakes is kept as refused and never sent', async () => {
    const { setUp, box, save } = centreWith();
    await setUp.configuration(CAMERA);
    expect(await save('wrong', 1)).toMatchObject({ state: 'refused', problems: [{ path: 'a', line: 2 }] });
    expect(box.asked.some(({ name }) => name === 'set-configuration')).toBe(false);
    expect(await save('right', 1)).toMatchObject({ revision: 3, state: 'applied' });
  });

  it.each([
    ['rolled-back', 'rolled-back'],
    ['base-differs', 'refused'],
  ] as const)('that the box answers with %s is %s', async (code, state) => {
    const { setUp, box, save } = centreWith();
    await setUp.configuration(CAMERA);
    box.takes = refuse(code, 'no picture came');
    expect(await save('two', 1)).toMatchObject({
      state,
      problems: [{ path: 'x', message: 'no picture came', line: 3 }],
    });
    expect((await setUp.configuration(CAMERA)).version.revision).toBe(1);
  });

  it('made from an older version is a conflict, and so is one while another is tried', async () => {
    const { setUp, box, save } = centreWith(10);
    await setUp.configuration(CAMERA);
    await save('two', 1);
    await setUp.settled();
    await expect(save('three', 1)).rejects.toMatchObject({ code: 'conflict' });
    let finish: () => void = () => undefined;
    box.takes = () =>
      new Promise((resolve) => {
        finish = resolve;
      });
    expect(await save('three', 2)).toMatchObject({ revision: 3, state: 'sent' });
    await expect(save('four', 2)).rejects.toMatchObject({ code: 'conflict' });
    finish();
    await setUp.settled();
  });

  it('whose answer is lost is asked for until it is known', async () => {
    const { setUp, box, save, states } = centreWith();
    await setUp.configuration(CAMERA);
    box.takes = async ({ yaml, revision }) => {
      box.yaml = yaml;
      box.last = { revision, state: 'trying', atMs: T0, hash: hash(yaml), problems: [] };
      throw new CommandsError('unavailable', 'no answer', { unanswered: true });
    };
    expect(await save('two', 1)).toMatchObject({ state: 'unanswered' });
    expect(await states()).toEqual(['2 unanswered', '1 found']);
    box.last = { revision: 2, state: 'applied', atMs: T0, hash: hash('two'), problems: [] };
    expect(await states()).toEqual(['2 applied', '1 found']);
    expect(await setUp.configuration(CAMERA)).toMatchObject({ version: { revision: 2 }, yaml: 'two' });
  });

  it('that never reached the box is said to be that, when it cannot arrive any more', async () => {
    const { setUp, box, save, states, clock } = centreWith();
    await setUp.configuration(CAMERA);
    box.takes = async () => {
      throw new CommandsError('unavailable', 'no answer', { unanswered: true });
    };
    await save('two', 1);
    expect(await states()).toEqual(['2 unanswered', '1 found']);
    clock.nowMs += 600_000;
    expect(await states()).toEqual(['2 refused', '1 found']);
    expect((await setUp.version(CAMERA, 2)).problems).toEqual([
      { path: '', message: 'it never reached the box' },
    ]);
  });

  it('survives a restart of the centre, also one that had no answer yet', async () => {
    const { setUp, save } = centreWith(10);
    await setUp.configuration(CAMERA);
    await save('two', 1);
    const second = centreWith();
    second.box.yaml = 'two';
    expect(await second.states()).toEqual(['2 applied', '1 found']);
  });

  it('does not leave a password at the centre, and takes over how the box hides it', async () => {
    const { setUp, box, save } = centreWith();
    await setUp.configuration(CAMERA);
    box.takes = async () => {
      box.yaml = 'password: {hidden: abc}';
    };
    await save('password: hunter2', 1);
    expect((await setUp.version(CAMERA, 2)).yaml).toBe('password: {hidden: abc}');
    box.takes = refuse('rolled-back', 'dark');
    await save('password: hunter2 # again', 2);
    expect((await setUp.version(CAMERA, 3)).yaml).toBe('password: {hidden: 0} # again');
  });

  it('back to an older version is the newest version with its text', async () => {
    const { setUp, box, save, audited } = centreWith();
    await setUp.configuration(CAMERA);
    await save('two', 1);
    const audit = async (facts: unknown) => void audited.push(facts);
    expect(await setUp.rollBack(CAMERA, { revision: 1, by: 'lan', audit })).toMatchObject({
      revision: 3,
      state: 'applied',
      note: 'back to version 1',
    });
    expect(box.yaml).toBe('one');
  });
});
