// An agent's changes of a camera's file, one after the other, until the process is killed: for commands-killed.test.ts.
// Argument: folder. A line on standard output for each change that is done.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { CameraChanges } from '../../dist/edge-agent/commands/camera-changes.js';
import { CameraVersions } from '../../dist/edge-agent/commands/camera-versions.js';
import { settleUnproved } from '../../dist/edge-agent/commands/unproved.js';

const folder = process.argv[2];
const file = join(folder, 'north.yaml');
const versions = new CameraVersions(join(folder, 'commands'));
const unproved = await settleUnproved(versions);
let running = { text: await readFile(file, 'utf8') };
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const changes = new CameraChanges({
  files: {
    find: async () => {
      const text = await readFile(file, 'utf8');
      return { file, text, whole: text, embed: (next) => next };
    },
    check: async (_, text) => ({ config: { text }, problems: [] }),
    forbidden: () => [],
    same: (a, b) => a.text === b.text,
    hide: (text) => text,
    reveal: (text) => ({ text, problems: [] }),
    secretsIn: () => [],
  },
  cameras: {
    config: () => running,
    // Every third text is one that the camera is not live with.
    isLive: () => Number(/^text (\d+)/.exec(running.text)?.[1]) % 3 !== 2,
    whyNotLive: () => ({ why: 'dark', lasting: false }),
    restart: async (_, config) => {
      await pause(2);
      running = config;
    },
  },
  versions,
  configure: true,
  provingMs: 10,
  startingMs: 10,
  logger: pino({ level: 'silent' }),
  now: Date.now,
});

await changes.resume(unproved);
const last = await versions.last('north');
process.stdout.write(`${JSON.stringify({ settled: true, last, text: running.text })}\n`);
for (let revision = (last?.revision ?? 0) + 1; ; revision += 1) {
  const yaml = `text ${revision}\n${'x'.repeat(5000)}\nend ${revision}\n`;
  const command = { v: 1, id: `c${revision}`, expiresAtMs: 0, camera: 'north', revision, yaml };
  await changes.set({ ...command, name: 'set-configuration' }).catch(() => undefined);
  process.stdout.write(`${JSON.stringify({ done: revision })}\n`);
}
