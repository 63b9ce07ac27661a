// From the frame to the screen: the demo at work with its two cameras, a page in Chromium, and two ways to look at the
// delay. A probe publishes passages like an agent does, at moments that it knows, until they are painted; the real agent
// tells how long its frames take to become events. And the whole way: from the moment at which a vehicle of the clip
// is on the line to the moment at which it is painted.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import type { Browser } from 'playwright-core';
import type { Passage } from '../../contract/index.ts';
import { openPublisher } from '../../edge-agent/publisher/publisher.ts';
import { AGENT, SITE } from '../demo/configuration.ts';
import { type Line, startLine } from '../demo/line.ts';
import { parseOptions } from '../demo/options.ts';
import { makeRunFolder } from '../demo/run-folder.ts';
import { prepareScene } from '../demo/scene.ts';
import { launch, openWindow } from '../screenshots/photograph.ts';

const PROBE = 'probe';
/** At random moments, so that batches are met at all their ages. */
const LONGEST_PAUSE_MS = 500;
const WARM_UP_MS = 15_000;
const AGENT_CAMERA = 'nga-tu-1';

/** Runs in the page: a second listener of its WebSocket, which notes when what a passage changed has been painted. */
const WATCH = `
  window.painted = [];
  const Plain = window.WebSocket;
  window.WebSocket = class extends Plain {
    constructor(...args) {
      super(...args);
      this.addEventListener('message', ({ data: text }) => {
        const { type, data } = JSON.parse(text);
        if (type !== 'ngatu.passage.v1') return;
        // After the page's own listener and the frame that shows what it did.
        requestAnimationFrame(() => requestAnimationFrame(() => {
          window.painted.push({ camera: data.camera, atMs: data.atMs, paintedMs: Date.now() });
        }));
      });
    }
  };`;

type Painted = { readonly camera: string; readonly atMs: number; readonly paintedMs: number };

export async function printScreenDelay(seconds: number): Promise<void> {
  const folder = await makeRunFolder(new Date());
  const { signal } = new AbortController();
  const line = await startLine(await prepareScene(parseOptions([]), folder, signal), folder, {}, signal);
  let browser: Browser | undefined;
  try {
    browser = await launch();
    const probed = await watch(browser, line, { agent: PROBE, camera: PROBE, seconds, probe: true });
    const real = await watch(browser, line, { agent: AGENT, camera: AGENT_CAMERA, seconds, probe: false });
    const frameMs = await frameLatencyP95Ms(line);
    const published = delays(probed);
    print('event made → painted', published);
    process.stdout.write(`frame read → event made, p95 as the agent tells: ${frameMs.toFixed(0)} ms\n`);
    process.stdout.write(
      `frame → screen, sum of both p95: ${(frameMs + percentile(published, 0.95)).toFixed(0)} ms (bound: 500 ms)\n`,
    );
    print('vehicle on the line → painted', delays(real));
  } finally {
    await browser?.close();
    await line.stop();
  }
}

type Watched = {
  readonly agent: string;
  readonly camera: string;
  readonly seconds: number;
  readonly probe: boolean;
};

async function watch(browser: Browser, line: Line, { agent, camera, seconds, probe }: Watched) {
  const look = { size: 'laptop', theme: 'night', language: 'vi' } as const;
  const context = await openWindow(browser, look, line.centre, false);
  const stopProbe = probe ? await startProbe(line.mqttUrl) : undefined;
  try {
    await context.addInitScript(WATCH);
    const page = await context.newPage();
    await page.goto(`/cameras/${SITE}/${agent}/${camera}`);
    await delay(WARM_UP_MS);
    await page.evaluate('window.painted.length = 0');
    await delay(seconds * 1000);
    return ((await page.evaluate('window.painted')) as Painted[]).filter((each) => each.camera === camera);
  } finally {
    await stopProbe?.();
    await context.close();
  }
}

/** Publishes passages as an agent does, dated at the very moment at which they are handed over. */
async function startProbe(url: string): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'ngatu-probe-'));
  const publisher = await openPublisher({
    address: { site: SITE, agent: PROBE },
    mqtt: { url },
    outbox: { directory: join(directory, 'outbox'), maxBytes: 16 * 1024 * 1024, maxAgeMs: 3_600_000 },
    version: 'probe',
    logger: pino({ level: 'silent' }),
  });
  publisher.setStatus([{ camera: PROBE, state: 'live', sinceMs: Date.now(), width: 640, height: 360 }]);
  const stopping = new AbortController();
  let track = 0;
  const run = async () => {
    while (!stopping.signal.aborted) {
      track += 1;
      publisher.publish([passageNow(track)]);
      await delay(Math.random() * LONGEST_PAUSE_MS);
    }
  };
  const running = run();
  return async () => {
    stopping.abort();
    await running;
    await publisher.close();
    await rm(directory, { recursive: true, force: true });
  };
}

function passageNow(track: number): Passage {
  return {
    type: 'passage',
    camera: PROBE,
    line: 'probe',
    direction: 'away',
    roadUser: 'car',
    roadUserShare: 1,
    confidence: 1,
    atMs: Date.now(),
    track,
  };
}

async function frameLatencyP95Ms({ centre }: Line): Promise<number> {
  const { boxes } = (await centre.ask('GET', '/boxes')) as {
    boxes: { agent: string; health: { cameras: { latencyP95Ms: number | null }[] } | null }[];
  };
  const cameras = boxes.find(({ agent }) => agent === AGENT)?.health?.cameras ?? [];
  return Math.max(...cameras.map(({ latencyP95Ms }) => latencyP95Ms ?? Number.NaN));
}

function delays(painted: readonly Painted[]): number[] {
  return painted.map(({ atMs, paintedMs }) => paintedMs - atMs).sort((a, b) => a - b);
}

function print(what: string, sorted: readonly number[]): void {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(sorted, share).toFixed(0));
  process.stdout.write(`${what}: ${sorted.length} passages, p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms\n`);
}

/** Nearest rank. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
