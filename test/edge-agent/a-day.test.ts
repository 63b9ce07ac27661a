// A day of traffic through tracker and analytics with all that a camera's file can ask for, at five frames a second, in
// simulated time: memory must not grow, and every vehicle counts.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { cameraSchema } from '../../config/camera.ts';
import { composeAnalytics } from '../../edge-agent/compose-analytics.ts';
import { Tracker } from '../../edge-agent/tracker/tracker.ts';
import { type Detectable, detectTraffic } from '../support/traffic.ts';
import { seededRandom } from './tracker/make-detections.ts';

const FPS = 5;
const HOURS = 24;
/** Gaps between vehicles of a lane, s, by hour of the day: empty at night, dense at the peaks. */
const HEADWAY_S = [40, 60, 90, 90, 60, 20, 8, 5, 5, 8, 10, 10, 8, 10, 10, 8, 5, 5, 6, 10, 15, 20, 30, 40];
/** What the heap may grow from the second hour to the last, MiB: remembered intervals, and noise of the collector. */
const MOST_GROWTH_MIB = 6;

const CAMERA = cameraSchema.parse({
  camera: 'day',
  picture: { width: 1280, height: 720 },
  source: { url: 'rtsp://127.0.0.1/none', analysisFps: FPS },
  lines: [
    {
      line: 'stop',
      from: [100, 400],
      to: [1200, 400],
      directions: { toLeft: 'away', toRight: 'towards' },
      lanes: [{ lane: 'left' }, { lane: 'right' }],
    },
    { line: 'entry', from: [100, 200], to: [1200, 200] },
  ],
  zones: [
    {
      zone: 'road',
      polygon: [
        [200, 250],
        [1100, 250],
        [1100, 600],
        [200, 600],
      ],
      queue: {},
    },
  ],
  carriageways: [
    {
      carriageway: 'left',
      area: [
        [200, 90],
        [600, 90],
        [600, 700],
        [200, 700],
      ],
      direction: { from: [400, 100], to: [400, 600] },
      speedLimitKmh: 60,
    },
    {
      carriageway: 'right',
      area: [
        [650, 90],
        [1100, 90],
        [1100, 700],
        [650, 700],
      ],
    },
  ],
  calibration: {
    points: [
      { picture: [100, 700], ground: [0, 0] },
      { picture: [1180, 700], ground: [15, 0] },
      { picture: [930, 100], ground: [15, 90] },
      { picture: [350, 100], ground: [0, 90] },
    ],
  },
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

it('counts a day of traffic without growing', { timeout: 600_000 }, () => {
  const tracker = new Tracker({ birthScore: 0.5 });
  const analytics = composeAnalytics(CAMERA, ['car', 'truck', 'motorcycle', 'person']);
  const heapMiB: number[] = [];
  const counted = { passages: 0, vehicles: 0 };
  let events = 0;
  for (let hour = 0; hour < HOURS; hour++) {
    const { traffic, vehicles } = trafficOf(hour);
    counted.vehicles += vehicles;
    for (const detections of hourOf(hour, traffic)) {
      for (const event of analytics.update(tracker.update(detections))) {
        events++;
        if (event.type === 'passage' && event.line === 'stop') counted.passages++;
      }
    }
    collectGarbage();
    heapMiB.push(process.memoryUsage().heapUsed / 2 ** 20);
  }
  for (const event of analytics.flush()) {
    if (event.type === 'passage' && event.line === 'stop') counted.passages++;
  }

  const growth = Math.max(...heapMiB.slice(2)) - (heapMiB[1] ?? 0);
  const heaps = heapMiB.map((mib) => mib.toFixed(1)).join(' ');
  process.stdout.write(
    `heap after each hour, MiB: ${heaps}; ${events} events, ${counted.vehicles} vehicles, ${counted.passages} passages\n`,
  );
  expect(growth).toBeLessThan(MOST_GROWTH_MIB);
  expect(counted.vehicles).toBeGreaterThan(5000);
  expect(Math.abs(counted.passages - counted.vehicles)).toBeLessThanOrEqual(counted.vehicles * 0.002);
});

/** Two lanes each way, cars parked at the kerb all day, and lights that the detector takes for cars now and then. */
function trafficOf(hour: number): { traffic: Detectable[]; vehicles: number } {
  const headwayS = HEADWAY_S[hour] as number;
  const random = seededRandom(hour + 1);
  const traffic: Detectable[] = [
    { width: 90, height: 70, at: (t) => (t % 600 < 20 ? undefined : [60, 300]) },
    { width: 90, height: 70, at: (t) => (t % 900 < 15 ? undefined : [60, 500]) },
  ];
  let vehicles = 0;
  for (const [lane, x] of [300, 480, 760, 960].entries()) {
    const starts: number[] = [];
    for (let t = 2; t < 3580; t += headwayS * (0.6 + 0.8 * random())) starts.push(t);
    vehicles += starts.length;
    // Who of the lane is in the picture: it takes 7 s through it, and no two are there nearer than 2.4 s.
    const passing = (t: number, at: number) => {
      const y = 80 + (t - at) * 90;
      if (t < at || y > 690) return undefined;
      return [x, lane < 2 ? y : 770 - y] as const;
    };
    for (let slot = 0; slot < 4; slot++) {
      const own = starts.filter((_, i) => i % 4 === slot);
      let next = 0;
      const at = (t: number) => {
        while (next < own.length && t > (own[next] as number) + 7) next++;
        return passing(t, own[next] ?? Number.POSITIVE_INFINITY);
      };
      traffic.push({ width: 80, height: 60, at, roadUser: slot === 3 ? 'truck' : 'car' });
    }
  }
  return { traffic, vehicles };
}

function* hourOf(hour: number, traffic: readonly Detectable[]) {
  const noise = { seed: 100 + hour, misses: 0.05, falseBoxes: 0.2 };
  for (const detections of detectTraffic(traffic, { fps: FPS, durationS: 3600 }, noise)) {
    const { frame } = detections;
    const offsetMs = hour * 3_600_000;
    yield {
      ...detections,
      frame: {
        ...frame,
        index: frame.index + hour * 3600 * FPS,
        cameraTimeMs: frame.cameraTimeMs + offsetMs,
        capturedAtMs: frame.capturedAtMs + offsetMs,
      },
    };
  }
}
