// What tests of commands share: a box with two real cameras and a real broker, and somebody at the centre who asks it.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { stringify } from 'yaml';
import {
  type Command,
  type CommandResult,
  filterOf,
  type Reply,
  replySchema,
  type TrafficEvent,
  topicOf,
  trafficEventSchema,
} from '../../contract/index.ts';
import { startMosquitto } from '../../scripts/services/mosquitto.ts';
import { freePort } from '../../scripts/services/ports.ts';
import { startProcess } from '../../scripts/services/process.ts';
import { startRtspServer } from '../../scripts/services/rtsp-server.ts';
import { SCENE_CAMERA, SCENE_CLIP, type TestModel } from '../support/scene.ts';
import { startTestCentre, type TestCentre } from './publisher-centre.ts';

const NGATU = join(import.meta.dirname, '../../dist/cli/ngatu.js');
const ADDRESS = { site: 'hai-phong', agent: 'box-1' };

type Asked = {
  [N in Command['name']]: Omit<Extract<Command, { name: N }>, 'v' | 'id' | 'expiresAtMs'>;
}[Command['name']];

export type CommandsRig = {
  readonly folder: string;
  readonly centre: TestCentre;
  readonly broker: string;
  /** Address of a camera's stream. */
  url(path: string): string;
  /** Starts the agent; its files are written once, by `write`. */
  start(): Promise<{ readonly pid: number; stop(): Promise<unknown> }>;
  /** Writes `edge.yaml` and a file for each camera. */
  write(cameras: Readonly<Record<string, string>>, more?: Record<string, unknown>): Promise<void>;
  ask(command: Asked, more?: { id?: string; expiresAtMs?: number }): Promise<Reply>;
  /** The result, or an error that tells the reply. */
  done<N extends CommandResult['name']>(
    command: Asked & { name: N },
  ): Promise<Extract<CommandResult, { name: N }>>;
  /** Publishes anything on the command topic. */
  send(payload: string): Promise<void>;
  /** Tells the centre of events as if the box had. */
  tell(events: readonly TrafficEvent[]): Promise<void>;
  readonly replies: Reply[];
  /** Each event once, however often its batch came. */
  events(): TrafficEvent[];
  metric(name: string): Promise<number>;
  stop(): Promise<void>;
};

export async function startCommandsRig(model: TestModel | undefined): Promise<CommandsRig> {
  const folder = await mkdtemp(join(tmpdir(), 'ngatu-commands-'));
  const running: { stop(): Promise<unknown> }[] = [];
  const keep = <T extends { stop(): Promise<unknown> }>(service: T): T => {
    running.push(service);
    return service;
  };
  const broker = keep(await startMosquitto({ directory: join(folder, 'broker') }));
  const centre = keep(await startTestCentre(broker.url, { acknowledge: true }));
  const server = keep(
    await startRtspServer({ mounts: { '/north': { clip: SCENE_CLIP }, '/south': { clip: SCENE_CLIP } } }),
  );
  const http = await freePort();
  const client = await connectAsync(broker.url, { protocolVersion: 5 });
  keep({ stop: () => client.endAsync(true) });
  const replies: Reply[] = [];
  client.on(
    'message',
    (_topic, payload) => void replies.push(replySchema.parse(JSON.parse(payload.toString()))),
  );
  await client.subscribeAsync(filterOf('reply'), { qos: 1 });
  let number = 0;
  const send = async (payload: string) => {
    await client.publishAsync(topicOf(ADDRESS, 'command'), payload, { qos: 1 });
  };
  const ask: CommandsRig['ask'] = async (command, more = {}) => {
    number += 1;
    const id = more.id ?? `test-${number}`;
    const before = replies.length;
    const expiresAtMs = more.expiresAtMs ?? Date.now() + 60_000;
    await send(JSON.stringify({ v: 1, id, expiresAtMs, ...command }));
    await until(() => replies.slice(before).some((reply) => reply.id === id), `an answer to ${command.name}`);
    return replies.slice(before).find((reply) => reply.id === id) as Reply;
  };
  return {
    folder,
    centre,
    broker: broker.url,
    url: (path) => server.url(path),
    send,
    ask,
    tell: async (events) => {
      const batch = { v: 1, ...ADDRESS, epoch: 1, seq: 1, sentAtMs: Date.now(), events };
      await client.publishAsync(topicOf(ADDRESS, 'events'), JSON.stringify(batch), { qos: 1 });
    },
    replies,
    done: async (command) => {
      const { result, code, problems } = await ask(command);
      if (result?.name !== command.name)
        throw new Error(`${command.name}: ${code} ${JSON.stringify(problems)}`);
      return result as never;
    },
    write: async (cameras, more = {}) => {
      for (const [camera, text] of Object.entries(cameras))
        await writeFile(join(folder, `${camera}.yaml`), text);
      await writeFile(
        join(folder, 'edge.yaml'),
        stringify({
          ...ADDRESS,
          mqtt: { url: broker.url },
          http: { port: http },
          outbox: { directory: './outbox' },
          evidence: { directory: './evidence', minFreeMiB: 0 },
          slitScans: { directory: './slit-scans', minFreeMiB: 0 },
          commands: { directory: './commands' },
          detector: model,
          cameras: Object.keys(cameras).map((camera) => ({ file: `${camera}.yaml` })),
          ...more,
        }),
      );
    },
    start: async () => {
      const sinceMs = Date.now();
      const agent = await startProcess({
        name: 'The agent',
        command: process.execPath,
        args: [NGATU, 'edge', '--config', join(folder, 'edge.yaml')],
        logFile: join(folder, 'edge.log'),
        ready: () =>
          fetch(`http://127.0.0.1:${http}/metrics`).then(
            ({ ok }) => ok,
            () => false,
          ),
      });
      keep(agent);
      // What is asked before it listens is asked of nobody.
      await until(() => (centre.status?.startedAtMs ?? 0) >= sinceMs, 'the agent at the broker');
      return agent;
    },
    events: () =>
      [...new Map(centre.batches.map((batch) => [batch.seq, batch])).values()].flatMap(({ events }) =>
        events.map((event) => trafficEventSchema.parse(event)),
      ),
    metric: async (name) => {
      const text = await (await fetch(`http://127.0.0.1:${http}/metrics`)).text();
      const line = text.split('\n').find((each) => each.startsWith(`${name} `));
      return line === undefined ? 0 : Number(line.slice(name.length + 1));
    },
    stop: async () => {
      for (const service of running.reverse()) await service.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The file of a camera of the scene, as somebody writes it, with a line or without. */
export function cameraFile(camera: string, url: string, more = ''): string {
  const { width, height } = SCENE_CAMERA.picture;
  return `camera: ${camera} # once in a box
picture: { width: ${width}, height: ${height} }
source: # from the mast
  url: ${url}
  analysisFps: 5
intervalS: 5
${more}`;
}

const [{ line, from, to, directions }] = SCENE_CAMERA.lines as [(typeof SCENE_CAMERA.lines)[0]];

/** The line of the scene, drawn. */
export const LINE = `lines:
  - line: ${line} # drawn in the page
    from: [${from.join(', ')}]
    to: [${to.join(', ')}]
    directions: { toLeft: ${directions.toLeft}, toRight: ${directions.toRight} }
`;

export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within 60 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
