// An agent that is killed again and again while it publishes: what was on disk arrives, and nothing arrives twice
// under two names.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import type { Passage } from '../../contract/index.ts';
import { startMosquitto } from '../../scripts/services/mosquitto.ts';
import { startTestCentre, until } from './publisher-centre.ts';

const CHILD = join(import.meta.dirname, 'publisher-child.mjs');
const BUILT = join(import.meta.dirname, '../../dist/edge-agent/publisher/publisher.js');
const LIVES = 12;
const TRACKS_A_LIFE = 1_000_000;

type Life = { child: ChildProcess; stored: number; batches: number; lines: number; ended: Promise<void> };

function begin(url: string, directory: string, first: number, count: number): Life {
  const child = spawn(process.execPath, [CHILD, url, directory, String(first), String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const life: Life = { child, stored: 0, batches: -1, lines: 0, ended };
  createInterface({ input: child.stdout }).on('line', (line) => {
    const report = JSON.parse(line) as { stored: number; batches: number };
    life.stored = report.stored;
    life.batches = report.batches;
    life.lines += 1;
  });
  return life;
}

test.skipIf(!existsSync(BUILT))(
  'kill -9 at any moment loses nothing that was on disk and renames nothing',
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ngatu-killed-'));
    const outbox = join(directory, 'outbox');
    const broker = await startMosquitto({ directory: join(directory, 'broker') });
    const centre = await startTestCentre(broker.url, { acknowledge: true });
    const stored: number[] = [];
    let life: Life | undefined;
    try {
      for (let n = 1; n <= LIVES; n += 1) {
        // Now and then the centre is deaf, so that there is something to send again.
        centre.acknowledge = n % 3 !== 0;
        life = begin(broker.url, outbox, n * TRACKS_A_LIFE, TRACKS_A_LIFE);
        const { lines } = life;
        const moment = lines + 5 + ((n * 37) % 60);
        await until(
          () => (life?.lines ?? 0) > moment && (life?.stored ?? 0) > 100 && centre.status?.state === 'online',
          `life ${n} under way`,
        );
        life.child.kill('SIGKILL');
        await life.ended;
        stored.push(life.stored);
        // The broker speaks for the dead.
        await until(() => centre.status?.state === 'offline', `end of life ${n} told`);
        expect(centre.status?.reason).toBe('lost');
      }
      centre.acknowledge = true;
      life = begin(broker.url, outbox, 0, 0);
      await until(() => life?.batches === 0, 'the rest delivered', 60_000);
      life.child.kill('SIGTERM');
      await life.ended;

      const bodies = new Map<string, string>();
      const places = new Map<number, string>();
      for (const { epoch, seq, events } of centre.batches) {
        const body = JSON.stringify(events);
        expect(bodies.get(`${epoch}/${seq}`) ?? body, `batch ${seq} changed`).toBe(body);
        bodies.set(`${epoch}/${seq}`, body);
        for (const [index, event] of events.entries()) {
          const { track } = event as Passage;
          const place = `${epoch}/${seq}/${index}`;
          expect(places.get(track) ?? place, `track ${track} came under two names`).toBe(place);
          places.set(track, place);
        }
      }
      for (const [index, count] of stored.entries()) {
        const first = (index + 1) * TRACKS_A_LIFE;
        const missing = Array.from({ length: count }, (_, i) => first + i).filter(
          (track) => !places.has(track),
        );
        expect(missing, `of life ${index + 1}`).toEqual([]);
      }
      expect(new Set([...bodies.keys()].map((key) => key.split('/')[0])).size).toBe(1);
      expect(centre.batches.every(({ dropped }) => dropped === undefined)).toBe(true);
      // Numbers without a gap: whatever was given a number has come.
      const seqs = [...bodies.keys()].map((key) => Number(key.split('/')[1]));
      expect(bodies.size).toBe(Math.max(...seqs));
    } finally {
      life?.child.kill('SIGKILL');
      await centre.stop();
      await broker.stop();
      await rm(directory, { recursive: true, force: true });
    }
  },
);
