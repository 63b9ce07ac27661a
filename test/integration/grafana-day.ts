// A day of traffic for the queries of the Grafana dashboards: with an hour in which nothing was reported, one in which the
// camera saw nothing, and one without speeds; boxes that are offline, silent, half blind; incidents and verdicts.

import { BatchWriter } from '../../central-collector/store/batch-writer.ts';
import { Database } from '../../central-collector/store/database.ts';
import { createRoller } from '../../central-collector/store/open-roller.ts';
import { rollupPolicies } from '../../central-collector/store/rollup-work.ts';
import { PointStore } from '../../central-collector/store/store.ts';
import { createWrite } from '../../central-collector/store/write-request.ts';
import { type Health, type Status, type TrafficEvent, trafficEventSchema } from '../../contract/index.ts';
import { incident } from '../central-collector/incidents/samples.ts';

const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
/** The day ends now: rules and roll-ups look at the clock. Its hours are those of the clock. */
const END = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
const LAST_HOUR = Math.floor(END / HOUR_MS) * HOUR_MS;
export const START = LAST_HOUR - 23 * HOUR_MS;
export const hour = (n: number) => START + n * HOUR_MS;
export const UNREPORTED = hour(5);
export const UNSEEN = hour(9);
export const WITHOUT_SPEEDS = hour(13);

const FOR_EVER = { raw: 'INF', quarterHour: 'INF', hour: 'INF' };

/** The database, or another one there. */
function target(url: string) {
  const policies = rollupPolicies(FOR_EVER);
  return { url, database: 'ngatu', retentionPolicy: 'raw', keep: 'INF', policies };
}

async function openStore(url: string) {
  const database = new Database(target(url));
  await database.ensureOnce();
  const http = createWrite(target(url));
  const writer = new BatchWriter({ write: http.write });
  const close = async () => {
    await writer.close();
    http.close();
    database.close();
  };
  return { store: new PointStore(writer, 'one'), close };
}

/** Into the database ngatu, with its roll-ups. Throws when those fail. */
export async function simulateDay(url: string): Promise<void> {
  const { store, close } = await openStore(url);
  let seq = 0;
  const tell = async (agent: string, events: readonly TrafficEvent[], receivedAtMs = END) => {
    for (let from = 0; from < events.length; from += 900) {
      seq += 1;
      const some = events.slice(from, from + 900).map((event, position) => ({ position, event }));
      const dropped =
        seq === 1
          ? [
              {
                fromSeq: 900,
                toSeq: 901,
                reason: 'outbox-full' as const,
                events: { flow: 3 },
                atMs: END - 1000,
              },
            ]
          : [];
      await store.batch(
        {
          site: 's',
          agent,
          epoch: START,
          seq,
          sentAtMs: receivedAtMs - 50,
          receivedAtMs,
          events: some,
          dropped,
        },
        0,
      );
    }
  };
  await tell(
    'a',
    events(
      'c',
      [
        ['l', 1],
        ['m', 0.5],
      ],
      START,
    ),
  );
  await tell('half', events('c', [['l', 0.5]], LAST_HOUR - 2 * HOUR_MS));
  // Silent for more than two hours by now.
  await tell(
    'gone',
    events('c', [['l', 1]], hour(20)).filter(
      (event) => event.type !== 'flow' || event.toMs < LAST_HOUR - 2 * HOUR_MS,
    ),
  );
  await tell('a', [
    incident(1, { id: 'i-1', camera: 'c', detectedAtMs: hour(2) }),
    incident(2, { id: 'i-1', camera: 'c', detectedAtMs: hour(2) }),
    incident(1, { id: 'i-2', camera: 'c', kind: 'wrong-way', detectedAtMs: hour(4) }),
  ]);
  const said = { site: 's', agent: 'a', camera: 'c', kind: 'debris', by: 'an', version: 1, severity: 'low' };
  const words = ['acknowledge', 'confirm', 'false-alarm', 'clear'];
  await store.verdicts(
    words.map((verdict, at) => ({ ...said, number: at + 1, incident: 'i-1', verdict, atMs: hour(2) + at })),
  );
  for (let atMs = START; atMs < END; atMs += 10 * MINUTE_MS) await store.health(healthAt(atMs));
  await store.status(statusOf('a', 'online'), END - 5 * MINUTE_MS);
  await store.status(statusOf('gone', 'online'), END - 9 * MINUTE_MS);
  await store.status(statusOf('gone', 'offline'), END - 8 * MINUTE_MS);
  const row = {
    ...{
      site: 's',
      epoch: START,
      ranges: [[1, 5]] as const,
      droppedRanges: [],
      stored: 5,
      droppedByAgent: 2,
    },
    ...{ duplicates: 0, late: 0, rejectedEvents: 0, lastSeq: 9, clockOffsetMs: 1.5 },
  };
  await store.ledger(
    [
      { ...row, agent: 'a', missing: 3 },
      { ...row, agent: 'half', missing: 0 },
    ],
    END - MINUTE_MS,
  );
  const rollups = createRoller({ collector: 'one', keep: FOR_EVER, influxdb: target(url) });
  await rollups.roller.run();
  if (rollups.roller.problem !== undefined) throw new Error(rollups.roller.problem);
  await rollups.close();
  // A round before: it goes on.
  const before = `rollup fresh_ms=${END - HOUR_MS}i ${END - 20 * MINUTE_MS}000000`;
  await fetch(`${url}/write?db=ngatu&rp=h1`, { method: 'POST', body: before });
  await close();
}

/** Five vehicles a minute and line, of which two are cars; `seen` is the share of each minute that was observed. */
function events(
  camera: string,
  lines: readonly (readonly [string, number])[],
  fromMs: number,
): TrafficEvent[] {
  const all: TrafficEvent[] = [];
  const at = (atMs: number, beginMs: number) => atMs >= beginMs && atMs < beginMs + HOUR_MS;
  // The last one has just begun: right after a full hour that hour would have none.
  for (let atMs = fromMs; atMs <= END; atMs += MINUTE_MS) {
    if (at(atMs, UNREPORTED)) continue;
    const isSeen = !at(atMs, UNSEEN);
    const speed = { n: 2, sumKmh: 80, sumPerKmh: 0.05, histogram: [0, 0, 0, 0, 0, 0, 0, 0, 2] };
    const hasSpeed = isSeen && !at(atMs, WITHOUT_SPEEDS);
    const interval = { camera, fromMs: atMs, toMs: atMs + MINUTE_MS, framesAnalysed: 600, framesDropped: 0 };
    for (const [line, share] of lines) {
      all.push(
        trafficEventSchema.parse({
          ...{ type: 'flow', line, direction: 'in', ...interval },
          observedMs: isSeen ? MINUTE_MS * share : 0,
          ...(isSeen && {
            ...{
              occupiedMs: 6000,
              headway: { n: 4, sumS: 40, sumSqS2: 500 },
              gap: { n: 4, sumS: 30, sumSqS2: 400 },
            },
          }),
          counts: {
            car: { n: isSeen ? 2 : 0, ...(hasSpeed && { speed }) },
            motorcycle: { n: isSeen ? 3 : 0 },
            person: { n: isSeen ? 1 : 0 },
          },
        }),
      );
    }
    all.push(
      trafficEventSchema.parse({
        ...{
          type: 'zone',
          zone: 'box',
          ...interval,
          observedMs: isSeen ? MINUTE_MS : 0,
          entries: { car: 2 },
        },
        ...{ exits: { car: 2 }, appeared: 0, lost: 0, presentMean: 1, presentMax: 2, timeOccupancy: 0.4 },
        queue: { maxVehicles: 3, maxM: 20, truncated: false },
      }),
    );
  }
  return all;
}

function healthAt(atMs: number): Health {
  return {
    ...{ v: 1, site: 's', agent: 'a', atMs, uptimeS: 5, cpu: 0.5, rssBytes: 1e8, loadAverage: 1 },
    ...{ temperatureC: 60, clockOffsetMs: 2, outbox: { batches: 1, bytes: 10, dropped: 0, oldestMs: atMs } },
    cameras: [
      {
        ...{ camera: 'c', fps: 10, framesAnalysed: 600, framesDropped: 1, reconnects: 0 },
        ...{ latencyMs: { p50: 50, p95: 90 }, inferenceMs: 20 },
      },
    ],
  };
}

function statusOf(agent: string, state: 'online' | 'offline'): Status {
  const camera = { sinceMs: START, width: 1280, height: 720 };
  return {
    ...{ v: 1, site: 's', agent, state, atMs: START, startedAtMs: START, version: '1.0.0' },
    ...(state === 'offline' && { reason: 'lost' as const }),
    cameras: [
      { ...camera, camera: 'c', state: 'live' },
      ...(agent === 'a'
        ? [{ ...camera, camera: 'dark', state: 'fault' as const, fault: 'black' as const }]
        : []),
    ],
  } as Status;
}
