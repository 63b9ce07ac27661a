// Many simulated boxes in one process, in real time: a session each, batches when the real agent would send them,
// acknowledgements read, health every 10 s, a status at the start. Tells how long each event took to be confirmed.

import { type Ack, topicOf } from '../../../contract/index.ts';
import { AgentTraffic, type TimedBatch, toldAtMs } from './agent-traffic.ts';
import { healthOf, statusOf } from './agent-words.ts';
import { LatencyTally } from './latency-tally.ts';
import { publishPacket, RawSession } from './raw-session.ts';
import { agentName, SITE } from './workload.ts';

export type AgentsPlan = {
  readonly port: number;
  /** Numbers of the boxes, `[first, first + agents)`. */
  readonly first: number;
  readonly agents: number;
  readonly cameras: number;
  readonly passagesPerS: number;
  readonly minutes: number;
  /** Not measured: series are made, programs warm up. */
  readonly warmUpMinutes: number;
};

export type AgentsNews =
  | { readonly is: 'ready' }
  /** Once a second. */
  | { readonly is: 'beat'; readonly sent: number; readonly open: number }
  | { readonly is: 'begun' }
  | {
      readonly is: 'done';
      readonly seconds: number;
      readonly sent: number;
      /** Again, because they were not confirmed in time. */
      readonly resent: number;
      readonly events: number;
      readonly bytes: number;
      readonly healths: number;
      /** Sent and never confirmed within the patience of a minute. */
      readonly lost: number;
      /** Events by type since the process began, the warm-up's too. */
      readonly everSent: Readonly<Record<string, number>>;
      /** From the frame to the confirmation, by kind of event, and from sending. */
      readonly latency: Readonly<Record<string, readonly number[]>>;
    }
  | { readonly is: 'failed'; readonly problem: string };

type Sent = TimedBatch & { tries: number; dueAtMs: number };

type Box = {
  readonly session: RawSession;
  readonly traffic: AgentTraffic;
  readonly topic: string;
  readonly health: string;
  /** Of this minute, and from some moment in it of the next. */
  batches: TimedBatch[];
  next: number;
  /** Sent and not confirmed, by sequence number. */
  readonly open: Map<number, Sent>;
};

const plan: AgentsPlan = JSON.parse(process.argv[2] ?? '{}');
const send = (news: AgentsNews) => process.send?.(news);
process.on('disconnect', () => process.exit(0));

const STEP_MS = 10;
const HEALTH_MS = 10_000;
/** As the real agent: after 10 s, 20 s … 5 min. */
const RESEND_MS = { first: 10_000, most: 300_000 };
const PATIENCE_MS = 60_000;

const boxes: Box[] = [];
const tallies: Record<string, LatencyTally> = {};
const counts = { sent: 0, resent: 0, events: 0, bytes: 0, healths: 0 };
/** Events by type, the warm-up's too. */
const everSent: Record<string, number> = {};
let measuring = false;

async function main(): Promise<void> {
  const startMs = Math.ceil((Date.now() + 1000 + plan.agents * 3) / 60_000) * 60_000;
  for (let at = 0; at < plan.agents; at += 1) boxes.push(await openBox(plan.first + at, startMs));
  send({ is: 'ready' });
  await until(startMs);
  const beginMs = startMs + plan.warmUpMinutes * 60_000;
  const endMs = beginMs + plan.minutes * 60_000;
  let healthAt = 0;
  let madeAt = 0;
  let lookedAtMs = 0;
  for (let nowMs = Date.now(); nowMs < endMs; nowMs = Date.now()) {
    if (!measuring && nowMs >= beginMs) {
      measuring = true;
      send({ is: 'begun' });
    }
    for (const box of boxes) sendDue(box, nowMs);
    if (nowMs - lookedAtMs > 1000) {
      lookedAtMs = nowMs;
      for (const box of boxes) sendAgain(box, nowMs);
    }
    // Spread over the ten seconds, as boxes are that started at different times.
    const share = ((nowMs % HEALTH_MS) / HEALTH_MS) * boxes.length;
    for (; healthAt !== Math.floor(share); healthAt = (healthAt + 1) % boxes.length)
      sendHealth(healthAt, nowMs);
    // The next minute's traffic is made little by little: at once it would hold everything up.
    const made = ((nowMs % 60_000) / 60_000) * boxes.length;
    for (; madeAt !== Math.floor(made); madeAt = (madeAt + 1) % boxes.length)
      makeMinute(boxes[madeAt] as Box);
    await until(nowMs + STEP_MS);
  }
  const { sent, resent, events, bytes, healths } = counts;
  const seconds = plan.minutes * 60;
  const open = () => boxes.reduce((sum, box) => sum + box.open.size, 0);
  for (const endsMs = Date.now() + PATIENCE_MS; open() > 0 && Date.now() < endsMs; )
    await until(Date.now() + 50);
  const latency = Object.fromEntries(Object.entries(tallies).map(([name, tally]) => [name, tally.counts]));
  send({ is: 'done', seconds, sent, resent, events, bytes, healths, lost: open(), everSent, latency });
  for (const { session } of boxes) session.close();
}

async function openBox(index: number, fromMs: number): Promise<Box> {
  const address = { site: SITE, agent: agentName(index) };
  const open = new Map<number, Sent>();
  const session = await RawSession.open({
    port: plan.port,
    clientId: address.agent,
    onMessage: (_, payload) => confirm(open, payload),
    onClosed: (problem) => send({ is: 'failed', problem }),
  });
  await session.subscribe(topicOf(address, 'ack'));
  const { cameras, passagesPerS } = plan;
  session.send(publishPacket(topicOf(address, 'status'), statusOf(address, cameras, Date.now()), 1));
  const traffic = new AgentTraffic({ address, cameras, passagesPerS, seed: index + 1, fromMs });
  const topics = { topic: topicOf(address, 'events'), health: topicOf(address, 'health') };
  return { session, traffic, ...topics, batches: traffic.nextMinute(), next: 0, open };
}

function sendDue(box: Box, nowMs: number): void {
  for (;;) {
    const due = box.batches[box.next];
    if (!due || due.atMs > nowMs) return;
    box.next += 1;
    box.open.set(due.batch.seq, { ...due, tries: 1, dueAtMs: nowMs + RESEND_MS.first });
    const payload = JSON.stringify({ ...due.batch, sentAtMs: nowMs });
    box.session.send(publishPacket(box.topic, payload, 1));
    for (const { type } of due.batch.events) everSent[type] = (everSent[type] ?? 0) + 1;
    if (!measuring) continue;
    counts.sent += 1;
    counts.events += due.batch.events.length;
    counts.bytes += payload.length;
  }
}

function sendAgain(box: Box, nowMs: number): void {
  for (const sent of box.open.values()) {
    if (sent.dueAtMs > nowMs) continue;
    sent.dueAtMs = nowMs + Math.min(RESEND_MS.most, RESEND_MS.first * 2 ** sent.tries);
    sent.tries += 1;
    counts.resent += 1;
    box.session.send(publishPacket(box.topic, JSON.stringify({ ...sent.batch, sentAtMs: nowMs }), 1));
  }
}

function makeMinute(box: Box): void {
  box.batches = [...box.batches.slice(box.next), ...box.traffic.nextMinute()];
  box.next = 0;
}

function sendHealth(at: number, nowMs: number): void {
  const { session, health, open } = boxes[at] as Box;
  const address = { site: SITE, agent: agentName(plan.first + at) };
  session.send(publishPacket(health, healthOf(address, plan.cameras, nowMs, open.size), 0));
  if (measuring) counts.healths += 1;
}

function confirm(open: Map<number, Sent>, payload: Buffer): void {
  const nowMs = Date.now();
  const { ranges } = JSON.parse(payload.toString()) as Ack;
  for (const [first, last] of ranges) {
    for (let seq = first; seq <= last; seq += 1) {
      const batch = open.get(seq);
      if (!batch) continue;
      open.delete(seq);
      if (!measuring) continue;
      tally('batch, from sending').add(nowMs - batch.atMs);
      for (const event of batch.batch.events)
        tally(`${event.type}, from its frame`).add(nowMs - toldAtMs(event));
    }
  }
}

function tally(name: string): LatencyTally {
  tallies[name] ??= new LatencyTally();
  return tallies[name];
}

function until(atMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(1, atMs - Date.now())));
}

setInterval(() => {
  send({ is: 'beat', sent: counts.sent, open: boxes.reduce((sum, box) => sum + box.open.size, 0) });
}, 1000).unref();

main().catch((error: Error) => send({ is: 'failed', problem: error.message }));
