// Boxes that publish passages as they happen: a batch every quarter of a second each, dated by the moment of publishing;
// flows at every full minute, health every ten seconds. Numbered by camera, so that whoever reads can tell what is missing.

import type { Flow, Passage, TrafficEvent } from '../../../contract/index.ts';
import { CONTRACT_VERSION, topicOf } from '../../../contract/index.ts';
import { healthOf, statusOf } from '../collector/agent-words.ts';
import { publishPacket, RawSession } from '../collector/raw-session.ts';
import type { Published } from './clients-child.ts';
import { agentOf, SITE } from './stream-plan.ts';

export type PublisherPlan = {
  readonly port: number;
  readonly agents: number;
  readonly cameras: number;
  readonly eventsPerS: number;
};

export type PublisherNews =
  | { readonly is: 'ready' }
  | { readonly is: 'done'; readonly events: number; readonly published: Published }
  | { readonly is: 'failed'; readonly problem: string };

const plan: PublisherPlan = JSON.parse(process.argv[2] ?? '{}');
const send = (news: PublisherNews) => process.send?.(news);
process.on('disconnect', () => process.exit(0));

const BATCH_MS = 250;
const STEP_MS = 10;
const MINUTE_MS = 60_000;
const HEALTH_MS = 10_000;
const WAYS = [
  ['north', 'in'],
  ['north', 'out'],
  ['south', 'in'],
  ['south', 'out'],
] as const;

type Box = {
  readonly session: RawSession;
  readonly address: { site: string; agent: string };
  readonly epoch: number;
  seq: number;
  /** Passages that are due and not whole yet. */
  owed: number;
  nextMs: number;
  minute: number;
  healthMs: number;
};

const tracks: Record<string, number> = {};
let events = 0;
let stopping = false;

process.on('message', (message: { do: 'start' | 'stop' }) => {
  if (message.do === 'stop') stopping = true;
  else void run().catch((error: Error) => send({ is: 'failed', problem: error.message }));
});
const boxes: Box[] = [];
void open().catch((error: Error) => send({ is: 'failed', problem: error.message }));

async function open(): Promise<void> {
  for (let at = 0; at < plan.agents; at += 1) {
    const address = { site: SITE, agent: agentOf(at) };
    const session = await RawSession.open({
      ...{ port: plan.port, clientId: address.agent },
      onClosed: (problem) => send({ is: 'failed', problem }),
    });
    const nowMs = Date.now();
    session.send(publishPacket(topicOf(address, 'status'), statusOf(address, plan.cameras, nowMs), 1));
    boxes.push({ session, address, epoch: nowMs, seq: 0, owed: 0, nextMs: 0, minute: 0, healthMs: 0 });
  }
  send({ is: 'ready' });
}

async function run(): Promise<void> {
  const startMs = Date.now();
  for (const [at, box] of boxes.entries()) {
    const phase = at / boxes.length;
    box.nextMs = startMs + phase * BATCH_MS;
    box.healthMs = startMs + phase * HEALTH_MS;
    box.minute = Math.floor(startMs / MINUTE_MS);
  }
  while (!stopping) {
    const nowMs = Date.now();
    for (const box of boxes) work(box, nowMs);
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
  send({ is: 'done', events, published: tracks });
}

function work(box: Box, nowMs: number): void {
  const told: TrafficEvent[] = [];
  if (nowMs >= box.nextMs) {
    box.nextMs += BATCH_MS;
    box.owed += (plan.eventsPerS * BATCH_MS) / 1000 / plan.agents;
    for (; box.owed >= 1; box.owed -= 1) told.push(passage(box));
  }
  const minute = Math.floor((nowMs - 3000) / MINUTE_MS);
  if (minute > box.minute) {
    told.push(...flows(box.minute * MINUTE_MS));
    box.minute = minute;
  }
  if (told.length > 0) publish(box, told);
  if (nowMs < box.healthMs) return;
  box.healthMs += HEALTH_MS;
  const text = healthOf(box.address, plan.cameras, nowMs, 1);
  box.session.send(publishPacket(topicOf(box.address, 'health'), text, 0));
}

function publish(box: Box, told: readonly TrafficEvent[]): void {
  const { address, epoch, session } = box;
  box.seq += 1;
  const batch = { v: CONTRACT_VERSION, ...address, epoch, seq: box.seq, sentAtMs: Date.now(), events: told };
  events += told.length;
  session.send(publishPacket(topicOf(address, 'events'), JSON.stringify(batch), 1));
}

function passage({ address, seq, owed }: Box): Passage {
  const camera = `cam-${((seq + Math.floor(owed)) % plan.cameras) + 1}`;
  const id = `${address.site}/${address.agent}/${camera}`;
  const track = (tracks[id] ?? 0) + 1;
  tracks[id] = track;
  const [line, direction] = WAYS[track % WAYS.length] as (typeof WAYS)[number];
  return {
    ...{ type: 'passage', camera, line, direction, roadUser: track % 4 === 0 ? 'car' : 'motorcycle' },
    ...{
      roadUserShare: 0.912,
      confidence: 0.834,
      atMs: Date.now(),
      track,
      speedKmh: 31.412,
      headwayS: 2.113,
      gapS: 1.2,
    },
  };
}

function flows(fromMs: number): Flow[] {
  return Array.from({ length: plan.cameras }, (_, at) =>
    WAYS.map(
      ([line, direction]): Flow => ({
        ...{ type: 'flow', camera: `cam-${at + 1}`, fromMs, toMs: fromMs + MINUTE_MS, observedMs: MINUTE_MS },
        ...{ framesAnalysed: 600, framesDropped: 0, line, direction },
        counts: { motorcycle: { n: 60 }, car: { n: 15 }, bus: { n: 0 }, truck: { n: 0 }, bicycle: { n: 0 } },
      }),
    ),
  ).flat();
}
