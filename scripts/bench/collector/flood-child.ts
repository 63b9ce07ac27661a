// A process that publishes a workload as fast as it is taken, over a few sessions, and says when it began and ended.
// Messages are encoded beforehand. A bounded number is on the way between here and whoever confirms: collectors over
// MQTT, as agents hear them, or the parent process, which counts for a plain subscriber.

import { ackSchema, filterOf } from '../../../contract/index.ts';
import { type PublishPacket, publishPacket, RawSession } from './raw-session.ts';
import { SITE, type WorkloadPlan, workloadOf } from './workload.ts';

export type FloodPlan = WorkloadPlan & {
  readonly port: number;
  readonly sessions: number;
  /** Messages sent and not confirmed at most. */
  readonly window: number;
  readonly confirmedBy: 'acks' | 'parent';
  /** Messages a second at most; without it, as many as are taken. */
  readonly perS?: number;
};

export type FloodNews =
  | {
      readonly is: 'ready';
      readonly warmUp: number;
      readonly messages: number;
      readonly events: number;
      readonly bytes: number;
    }
  | { readonly is: 'begun' }
  | { readonly is: 'done'; readonly seconds: number }
  | { readonly is: 'failed'; readonly problem: string };

const plan: FloodPlan = JSON.parse(process.argv[2] ?? '{}');
const send = (news: FloodNews) => process.send?.(news);

let confirmed = 0;
let onProgress: () => void = () => undefined;

function confirm(count: number): void {
  confirmed += count;
  onProgress();
}

process.on('message', (message: { confirmed: number }) => {
  confirmed = message.confirmed;
  onProgress();
});
// The parent is gone: nobody wants to know any more.
process.on('disconnect', () => process.exit(0));

async function main(): Promise<void> {
  const warmUp: PublishPacket[] = [];
  const measured: PublishPacket[] = [];
  let events = 0;
  let bytes = 0;
  for (const minute of workloadOf(plan)) {
    const into = warmUp.length === 0 ? warmUp : measured;
    for (const message of minute) {
      into.push(publishPacket(message.topic, message.payload, 1));
      if (into === warmUp) continue;
      events += message.events;
      bytes += message.payload.length;
    }
  }
  const sessions = await openSessions();
  send({ is: 'ready', warmUp: warmUp.length, messages: measured.length, events, bytes });
  await new Promise<void>((resolve) => process.once('message', () => resolve()));
  confirmed = 0;
  await flood(warmUp, sessions, 0);
  send({ is: 'begun' });
  const startedMs = performance.now();
  await flood(measured, sessions, warmUp.length);
  send({ is: 'done', seconds: (performance.now() - startedMs) / 1000 });
  for (const session of sessions) session.close();
}

async function openSessions(): Promise<RawSession[]> {
  const onClosed = (problem: string) => fail(problem);
  const onPuback = () => onProgress();
  const sessions = await Promise.all(
    Array.from({ length: plan.sessions }, (_, at) =>
      RawSession.open({ port: plan.port, clientId: `flood-${at}`, onPuback, onClosed }),
    ),
  );
  if (plan.confirmedBy === 'acks') {
    const onMessage = (_: string, payload: Buffer) => {
      for (const [first, last] of ackSchema.parse(JSON.parse(payload.toString())).ranges)
        confirm(last - first + 1);
    };
    const listener = await RawSession.open({ port: plan.port, clientId: 'flood-acks', onMessage, onClosed });
    await listener.subscribe(filterOf('ack').replace('+', SITE));
    sessions.push(listener);
  }
  return sessions;
}

/** Sends all and waits until they are confirmed, `before` others having been so. */
function flood(packets: readonly PublishPacket[], all: readonly RawSession[], before: number): Promise<void> {
  const sessions = all.slice(0, plan.sessions);
  const startedMs = performance.now();
  let sent = 0;
  return new Promise((resolve) => {
    let lastMs = performance.now();
    const watch = setInterval(() => {
      if (performance.now() - lastMs > STALLED_MS) {
        fail(
          `${before + sent - confirmed} of ${sent} messages were not confirmed for ${STALLED_MS / 1000} s`,
        );
      }
      if (plan.perS !== undefined) onProgress();
    }, 20);
    onProgress = () => {
      lastMs = performance.now();
      const due = plan.perS === undefined ? packets.length : ((lastMs - startedMs) / 1000) * plan.perS;
      for (const session of sessions) {
        session.cork();
        while (
          sent < Math.min(packets.length, due) &&
          sent - (confirmed - before) < plan.window &&
          session.inFlight < session.receiveMaximum
        ) {
          session.send(packets[sent] as PublishPacket);
          sent += 1;
          // A few to each, or the first session would have them all.
          if (sent % 8 === 0) break;
        }
        session.uncork();
      }
      if (confirmed - before < packets.length) return;
      clearInterval(watch);
      onProgress = () => undefined;
      resolve();
    };
    onProgress();
  });
}

const STALLED_MS = 30_000;

function fail(problem: string): void {
  send({ is: 'failed', problem });
  process.exitCode = 1;
  setTimeout(() => process.exit(), 100);
}

main().catch((error: Error) => fail(error.message));
