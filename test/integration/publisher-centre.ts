// A stand-in for the control centre: remembers every batch, status and health, and confirms batches if told to.

import { connectAsync } from 'mqtt';
import {
  type Ack,
  eventBatchSchema,
  filterOf,
  type Health,
  healthSchema,
  parseTopic,
  type ReceivedBatch,
  type Status,
  statusSchema,
  topicOf,
} from '../../contract/index.ts';

export type TestCentre = {
  /** In order of arrival, repetitions included. */
  readonly batches: ReceivedBatch[];
  status: Status | undefined;
  health: Health | undefined;
  acknowledge: boolean;
  stop(): Promise<void>;
};

export async function startTestCentre(
  url: string,
  { acknowledge }: { acknowledge: boolean },
): Promise<TestCentre> {
  const client = await connectAsync(url, {
    protocolVersion: 5,
    reconnectPeriod: 100,
    clientId: `centre-${process.pid}-${performance.now()}`,
  });
  const centre: TestCentre = {
    batches: [],
    status: undefined,
    health: undefined,
    acknowledge,
    stop: async () => {
      await client.endAsync(true);
    },
  };
  client.on('message', (topic, payload) => {
    const address = parseTopic(topic);
    const message: unknown = JSON.parse(payload.toString());
    if (address?.channel === 'status') centre.status = statusSchema.parse(message);
    if (address?.channel === 'health') centre.health = healthSchema.parse(message);
    if (address?.channel !== 'events') return;
    const batch = eventBatchSchema.parse(message);
    centre.batches.push(batch);
    if (!centre.acknowledge) return;
    const { agent, epoch, seq } = batch;
    const ack: Ack = { v: 1, agent, epoch, ranges: [[seq, seq]], atMs: Date.now() };
    client.publish(topicOf(address, 'ack'), JSON.stringify(ack), { qos: 1 });
  });
  await client.subscribeAsync([filterOf('events'), filterOf('status')], { qos: 1 });
  await client.subscribeAsync(filterOf('health'), { qos: 0 });
  return centre;
}

/** Waits for a condition; throws with its name after the bound. */
export async function until(condition: () => boolean, what: string, withinMs = 20_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
