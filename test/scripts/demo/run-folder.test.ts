import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeRunFolder } from '../../../scripts/demo/run-folder.ts';

/** Above every process id that Linux gives. */
const ENDED = 99_999_999;

it('the folders of the newest five runs are kept, and everything that is none or is running', async () => {
  const runs = await mkdtemp(join(tmpdir(), 'ngatu-runs-'));
  onTestFinished(() => rm(runs, { recursive: true, force: true }));
  const ended = [1, 2, 3, 4, 5, 6, 7].map((day) => `2026-05-0${day}T06-00-00-${ENDED}`);
  const others = ['2020-01-01', 'notes', `2020-01-01T06-00-00-${process.ppid}`];
  for (const name of [...ended, ...others]) await mkdir(join(runs, name, 'influxdb'), { recursive: true });
  const folder = await makeRunFolder(new Date('2026-05-08T06:00:00Z'), runs);
  expect(basename(folder)).toBe(`2026-05-08T06-00-00-${process.pid}`);
  expect((await readdir(runs)).sort()).toEqual([...ended.slice(3), basename(folder), ...others].sort());
});
