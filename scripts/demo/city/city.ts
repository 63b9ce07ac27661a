// Lets the simulated districts report like boxes do: four weeks of the past first, then what happens now.

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { CameraStatus, TrafficEvent } from '../../../contract/index.ts';
import { openPublisher, type Publisher } from '../../../edge-agent/publisher/publisher.ts';
import { type Random, seededRandom } from '../../scenes/random.ts';
import { CITY_AGENT, CITY_CAMERAS, CITY_SITES, type CityCamera } from './plan.ts';
import { flowsOf, journeysOf, passagesOf, pastIncident, zoneOf } from './traffic.ts';

export type City = {
  /** Resolves when the centre has stored the past, or when `signal` ends it. */
  past(signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
};

export type CityOptions = {
  readonly mqttUrl: string;
  /** For the boxes' outboxes. */
  readonly directory: string;
  readonly version: string;
  readonly logger: Logger;
};

const MINUTE_MS = 60_000;
const QUARTER_MS = 15 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const PAST_MS = 28 * DAY_MS;
/** By quarter hour; before it by hour, which is a quarter of the events. */
const FINE_MS = 8 * DAY_MS;
/** Journeys are told one by one: a day of them is enough to draw. */
const JOURNEYS_MS = DAY_MS;
const INCIDENTS_A_DAY = 0.3;
const TICK_MS = 1000;
const HEALTH_MS = 10_000;
/** By minute, as the tiles show it: at least so long. */
const RECENT_MS = 20 * MINUTE_MS;
/** The broken camera gave its last picture so long ago. */
const BROKEN_MS = 47 * MINUTE_MS;

type Box = {
  readonly cameras: readonly CityCamera[];
  readonly publisher: Publisher;
  readonly random: Random;
};

/** Opens the boxes and begins to report the present. Throws PublisherError. */
export async function startCity({ mqttUrl, directory, version, logger }: CityOptions): Promise<City> {
  const startedAtMs = Date.now();
  const boxes: Box[] = [];
  for (const [index, { site }] of CITY_SITES.entries()) {
    const publisher = await openPublisher({
      address: { site, agent: CITY_AGENT },
      mqtt: { url: mqttUrl },
      outbox: { directory: join(directory, site), maxBytes: 256 * 1024 * 1024, maxAgeMs: 40 * DAY_MS },
      version,
      logger,
    });
    const cameras = CITY_CAMERAS.filter((camera) => camera.site === site);
    publisher.setStatus(cameras.map((camera) => statusOf(camera, startedAtMs)));
    boxes.push({ cameras, publisher, random: seededRandom(41 + index) });
  }
  let tickedAtMs = startedAtMs;
  let healthAtMs = 0;
  const timer = setInterval(() => {
    const nowMs = Date.now();
    for (const box of boxes) {
      box.publisher.publish(happened(box, tickedAtMs, nowMs));
      if (nowMs - healthAtMs >= HEALTH_MS) tellHealth(box, nowMs, startedAtMs);
    }
    if (nowMs - healthAtMs >= HEALTH_MS) healthAtMs = nowMs;
    tickedAtMs = nowMs;
  }, TICK_MS);
  return {
    past: async (signal) => {
      const nowMs = Math.floor((startedAtMs - RECENT_MS) / QUARTER_MS) * QUARTER_MS;
      // What tiles show comes first.
      for (const box of boxes) box.publisher.publish(minutesOf(box, nowMs, startedAtMs));
      // As agents do it: hours of the past are those of the clock.
      const firstMs = Math.floor((nowMs - PAST_MS) / HOUR_MS) * HOUR_MS;
      for (const box of boxes) {
        for (let fromMs = firstMs; fromMs < nowMs; fromMs += DAY_MS) {
          box.publisher.publish(dayOf(box, fromMs, Math.min(nowMs, fromMs + DAY_MS), nowMs));
          // Takes its turn with everything else that this process does.
          await delay(1, undefined, { signal });
        }
      }
      while (boxes.some(({ publisher }) => waiting(publisher) > 3)) await delay(200, undefined, { signal });
    },
    stop: async () => {
      clearInterval(timer);
      await Promise.all(boxes.map(({ publisher }) => publisher.close()));
    },
  };
}

function waiting(publisher: Publisher): number {
  return publisher.stats().batches;
}

/** Passages since the last tick, and the counts of a minute that has ended. */
function happened({ cameras, random }: Box, fromMs: number, toMs: number): TrafficEvent[] {
  const minute = Math.floor(toMs / MINUTE_MS) * MINUTE_MS;
  const ended =
    minute > fromMs ? { fromMs: minute - MINUTE_MS, toMs: minute, observedMs: MINUTE_MS } : undefined;
  return cameras
    .filter(({ broken }) => broken === undefined)
    .flatMap((camera) => [
      ...passagesOf(camera, fromMs, toMs, random),
      ...(ended ? [...flowsOf(camera, ended, random), zoneOf(camera, ended, random)] : []),
      ...(ended ? journeysOf(camera, ended, random) : []),
    ]);
}

/** Whole minutes up to the one in which the present begins, which is told when it is over. */
function minutesOf({ cameras, random }: Box, fromMs: number, toMs: number): TrafficEvent[] {
  const minutes = Math.floor((toMs - fromMs) / MINUTE_MS);
  return cameras
    .filter(({ broken }) => broken === undefined)
    .flatMap((camera) =>
      Array.from({ length: minutes }, (_, minute) => {
        const start = fromMs + minute * MINUTE_MS;
        return flowsOf(camera, { fromMs: start, toMs: start + MINUTE_MS, observedMs: MINUTE_MS }, random);
      }).flat(),
    );
}

function dayOf({ cameras, random }: Box, dayMs: number, endMs: number, nowMs: number): TrafficEvent[] {
  const stepMs = dayMs >= nowMs - FINE_MS ? QUARTER_MS : HOUR_MS;
  return cameras.flatMap((camera) => {
    const events: TrafficEvent[] = [];
    for (let fromMs = dayMs; fromMs < endMs; fromMs += stepMs) {
      const observedMs = observed(camera, fromMs, stepMs, nowMs, random);
      if (observedMs === 0) continue;
      const interval = { fromMs, toMs: fromMs + stepMs, observedMs };
      events.push(...flowsOf(camera, interval, random), zoneOf(camera, interval, random));
      if (fromMs >= nowMs - JOURNEYS_MS) events.push(...journeysOf(camera, interval, random));
    }
    if (random() < INCIDENTS_A_DAY && camera.broken === undefined) {
      events.push(...pastIncident(camera, Math.round(dayMs + random() * 0.9 * DAY_MS), random));
    }
    return events;
  });
}

/** Nearly all; now and then a box is away for some hours, and the broken camera is since a while. */
function observed(camera: CityCamera, fromMs: number, stepMs: number, nowMs: number, random: Random): number {
  if (camera.broken && fromMs + stepMs > nowMs - BROKEN_MS) return 0;
  const halfDay = Math.floor(fromMs / (6 * HOUR_MS));
  const away = seededRandom(halfDay * 31 + camera.camera.length * 977)() < 0.015;
  if (away) return 0;
  return random() < 0.03 ? Math.round(stepMs * (0.4 + 0.6 * random())) : stepMs;
}

function statusOf({ camera, name, broken }: CityCamera, nowMs: number): CameraStatus {
  const known = { camera, name, model: 'simulated', sinceMs: broken ? nowMs - BROKEN_MS : nowMs };
  if (!broken) return { ...known, state: 'live', width: 1280, height: 720 };
  return {
    ...known,
    state: 'fault',
    fault: 'unreachable',
    detail: 'The camera does not answer: check its power and its cable. Tried again every few seconds.',
  };
}

function tellHealth({ cameras, publisher, random }: Box, atMs: number, startedAtMs: number): void {
  publisher.sendHealth({
    atMs,
    uptimeS: (atMs - startedAtMs) / 1000,
    cameras: cameras.map(({ camera, broken }) => ({
      camera,
      fps: broken ? 0 : 10,
      framesAnalysed: broken ? 0 : 100,
      framesDropped: 0,
      reconnects: broken ? 40 : 0,
      ...(broken === undefined && { latencyMs: { p50: 60 + 20 * random(), p95: 110 + 40 * random() } }),
    })),
    cpu: 0.3 + 0.2 * random(),
    rssBytes: 210e6,
    temperatureC: 52 + 6 * random(),
  });
}
