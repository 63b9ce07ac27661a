// What the collector's integration tests share: an agent that publishes and remembers what was acknowledged, and
// a few questions to InfluxDB.

import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync, type MqttClient } from 'mqtt';
import { pino } from 'pino';
import { type RunningCollector, startCollector } from '../../central-collector/main.ts';
import { ackSchema, type EventBatch, type TrafficEvent, topicOf } from '../../contract/index.ts';

export const T0 = Date.UTC(2026, 0, 1, 6, 0, 0);

export function passage(n: number): TrafficEvent {
  return {
    type: 'passage',
    camera: 'nga-tu-1',
    line: 'north',
    direction: n % 2 ? 'away' : 'towards',
    roadUser: 'motorcycle',
    roadUserShare: 0.9,
    confidence: 0.8,
    atMs: T0 + n,
    track: n + 1,
  };
}

export function batch(agent: string, seq: number, events: readonly TrafficEvent[], epoch = T0): EventBatch {
  return { v: 1, site: 'hai-phong', agent, epoch, seq, sentAtMs: T0 + seq * 1000, events };
}

/** Passages `from` to `to - 1`, `perBatch` of them in each batch, numbered from 1. */
export function batches(agent: string, count: number, perBatch: number): EventBatch[] {
  return Array.from({ length: count }, (_, at) =>
    batch(
      agent,
      at + 1,
      Array.from({ length: perBatch }, (_, n) => passage(at * perBatch + n)),
    ),
  );
}

/** Speaks MQTT as an agent does: publishes, listens to its acks, sends again what was not acknowledged. */
export class FakeAgent {
  readonly #client: MqttClient;
  readonly acknowledged = new Set<number>();
  acks = 0;

  constructor(client: MqttClient, agent: string, epoch = T0) {
    this.#client = client;
    client.on('message', (topic, payload) => {
      if (topic !== topicOf({ site: 'hai-phong', agent }, 'ack')) return;
      const ack = ackSchema.parse(JSON.parse(payload.toString()));
      this.acks += 1;
      if (ack.epoch !== epoch) return;
      for (const [first, last] of ack.ranges)
        for (let seq = first; seq <= last; seq += 1) this.acknowledged.add(seq);
    });
  }

  static async connect(url: string, agent: string): Promise<FakeAgent> {
    const client = await connectAsync(url, {
      protocolVersion: 5,
      clientId: `test-${agent}`,
      reconnectPeriod: 100,
    });
    const fake = new FakeAgent(client, agent);
    await client.subscribeAsync(topicOf({ site: 'hai-phong', agent }, 'ack'), { qos: 1 });
    return fake;
  }

  async send(message: EventBatch): Promise<void> {
    await this.publish(topicOf(message, 'events'), JSON.stringify(message));
  }

  async publish(topic: string, payload: string | Buffer, qos: 0 | 1 = 1): Promise<void> {
    await this.#client.publishAsync(topic, payload, { qos });
  }

  /** Sends again, as an outbox does, until everything is acknowledged. */
  async deliver(messages: readonly EventBatch[], withinMs = 60_000, pauseMs = 1000): Promise<void> {
    const endMs = Date.now() + withinMs;
    for (;;) {
      const open = messages.filter(({ seq }) => !this.acknowledged.has(seq));
      if (open.length === 0) return;
      if (Date.now() > endMs)
        throw new Error(`${open.length} of ${messages.length} batches not acknowledged`);
      await Promise.all(open.map((message) => this.send(message)));
      await until(() => open.every(({ seq }) => this.acknowledged.has(seq)), pauseMs).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    await this.#client.endAsync();
  }
}

export async function until(
  condition: () => boolean | Promise<boolean>,
  withinMs = 30_000,
  what = 'condition',
): Promise<void> {
  const endMs = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > endMs) throw new Error(`${what} not met within ${withinMs} ms`);
    await sleep(20);
  }
}

export type RigOptions = {
  readonly name: string;
  readonly mqtt: string;
  readonly influx: string;
  readonly directory: string;
  /** For an mqtts address. */
  readonly tls?: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };
  /** Default: a group of its own; the broker goes on sending to a group's members for a while after they left. */
  readonly group?: string;
  readonly receiveMaximum?: number;
  readonly ledgerPeriodMs?: number;
  /** Gets each line of the log. */
  readonly onLog?: (line: LogLine) => void;
};

export type LogLine = { readonly level: number; readonly msg: string; readonly problem?: string };

export async function collector(options: RigOptions): Promise<RunningCollector> {
  const { name, mqtt, influx, directory, group = name, receiveMaximum, ledgerPeriodMs, onLog, tls } = options;
  return startCollector({
    name,
    mqtt: { url: mqtt, sharedGroup: group, ...(receiveMaximum && { receiveMaximum }), ...(tls && { tls }) },
    influxdb: { url: influx, database: 'ngatu', retentionPolicy: 'raw', keep: 'INF' },
    quarantine: { directory, maxBytes: 1e7 },
    http: { host: '127.0.0.1', port: 0 },
    log: onLog
      ? pino({ level: 'info' }, { write: (line) => onLog(JSON.parse(line)) })
      : pino({ level: process.env.NGATU_TEST_LOG ?? 'silent' }),
    ...(ledgerPeriodMs && { ledgerPeriodMs }),
  });
}

/** Rows of an InfluxQL query against the database ngatu. */
export async function ask(influx: string, influxql: string): Promise<Record<string, unknown>[]> {
  const response = await fetch(
    `${influx}/query?${new URLSearchParams({ db: 'ngatu', q: influxql, epoch: 'ns' })}`,
  );
  const { results } = (await response.json()) as {
    results: { series?: { columns: string[]; values: unknown[][]; tags?: Record<string, string> }[] }[];
  };
  return (results ?? []).flatMap(({ series = [] }) =>
    series.flatMap(({ columns, values, tags }) =>
      values.map((row) => ({
        ...tags,
        ...Object.fromEntries(columns.map((column, at) => [column, row[at]])),
      })),
    ),
  );
}

export async function countOf(influx: string, measurement: string, field: string): Promise<number> {
  const [row] = await ask(influx, `SELECT count(${field}) FROM ${measurement}`);
  return Number(row?.count ?? 0);
}
