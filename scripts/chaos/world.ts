// The system under test: real broker, database and collectors, agents with the real publisher, and a link between any
// two that talk.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { seededRandom } from '../scenes/random.ts';
import { startInfluxdb } from '../services/influxdb.ts';
import { startMosquitto } from '../services/mosquitto.ts';
import { startProcess } from '../services/process.ts';
import type { Server } from '../services/server.ts';
import { AgentProcess } from './agent-process.ts';
import { Link } from './link.ts';
import { agentName, type ChaosOptions, DATABASE } from './options.ts';
import { SmallDisk } from './small-disk.ts';
import { type Started, Supervised } from './supervised.ts';

export type Agent = {
  readonly process: AgentProcess;
  readonly link: Link;
  readonly disk: SmallDisk | undefined;
};

export type Collector = {
  readonly name: string;
  readonly process: Supervised<Started & { readonly httpUrl: string }>;
  readonly brokerLink: Link;
  readonly databaseLink: Link;
  readonly quarantine: string;
};

export type ServerBox = {
  readonly process: Supervised<Server>;
  readonly directory: string;
  readonly disk: SmallDisk | undefined;
};

export type World = {
  readonly agents: readonly Agent[];
  readonly collectors: readonly Collector[];
  readonly broker: ServerBox;
  readonly database: ServerBox;
  /** Ends everything; with `keep` the disks' contents stay as ordinary folders. */
  close(keep: boolean): Promise<void>;
};

const NGATU = join(import.meta.dirname, '../../cli/ngatu.js');

/** What stands on them in a run is a tenth of it. */
const DISK_BYTES = { agent: 256 * 1024 * 1024, server: 2 * 1024 * 1024 * 1024 };

export async function makeWorld(
  options: ChaosOptions,
  { disks, onTrouble }: { readonly disks: boolean; readonly onTrouble: (what: string) => void },
): Promise<World> {
  const { directory, seed } = options;
  const mounted: SmallDisk[] = [];
  const links: Link[] = [];
  const diskAt = async (path: string, bytes: number) => {
    await mkdir(path, { recursive: true });
    if (!disks) return undefined;
    const disk = new SmallDisk(path, bytes);
    await disk.mount();
    mounted.push(disk);
    return disk;
  };
  const linkTo = (to: Link[]) => {
    const link = new Link({ upstreamPort: 0, random: seededRandom(seed * 31 + links.length) });
    links.push(link);
    to.push(link);
    return link;
  };
  const toBroker: Link[] = [];
  const toDatabase: Link[] = [];

  const server = async (
    name: string,
    start: (options: { directory: string }) => Promise<Server>,
    to: Link[],
  ): Promise<ServerBox> => {
    const at = join(directory, name);
    const disk = await diskAt(at, DISK_BYTES.server);
    const process = new Supervised<Server>({
      name,
      onTrouble,
      start: async () => {
        const running = await start({ directory: at });
        for (const link of to) link.upstreamPort = running.port;
        return running;
      },
    });
    return { process, directory: at, disk };
  };

  const broker = await server('broker', startMosquitto, toBroker);
  const database = await server('influxdb', startInfluxdb, toDatabase);
  const collectors = await Promise.all(
    numbers(options.collectors).map((number) =>
      makeCollector(number, directory, linkTo(toBroker), linkTo(toDatabase), onTrouble),
    ),
  );
  const agents: Agent[] = [];
  for (const number of numbers(options.agents)) {
    const name = agentName(number);
    const outbox = join(directory, name, 'outbox');
    const disk = await diskAt(outbox, DISK_BYTES.agent);
    const link = linkTo(toBroker);
    const process = new AgentProcess({
      ...{ seed, name, outbox, onTrouble },
      agent: number,
      mqttUrl: `mqtt://127.0.0.1:${await link.listen()}`,
      journal: join(directory, name, 'journal.ndjson'),
      logFile: join(directory, name, 'agent.log'),
    });
    agents.push({ process, link, disk });
  }
  return {
    ...{ agents, collectors, broker, database },
    close: async (keep) => {
      const processes = [
        ...agents.map(({ process }) => process.process),
        ...collectors.map(({ process }) => process),
        broker.process,
        database.process,
      ];
      await Promise.all(processes.map((process) => process.end()));
      await Promise.all(links.map((link) => link.close()));
      for (const disk of mounted) await (keep ? disk.keep() : disk.unmount());
    },
  };
}

async function makeCollector(
  number: number,
  directory: string,
  brokerLink: Link,
  databaseLink: Link,
  onTrouble: (what: string) => void,
): Promise<Collector> {
  const name = `collector-${number}`;
  const folder = join(directory, name);
  const quarantine = join(folder, 'quarantine');
  const config = join(folder, 'collector.yaml');
  await mkdir(folder, { recursive: true });
  const settings = {
    mqtt: { url: `mqtt://127.0.0.1:${await brokerLink.listen()}`, clientId: name },
    influxdb: { url: `http://127.0.0.1:${await databaseLink.listen()}`, database: DATABASE },
    quarantine: { directory: quarantine },
    centre: { enabled: false },
    http: { port: 0 },
  };
  await writeFile(config, stringify(settings));
  const process = new Supervised({
    name,
    onTrouble,
    start: async () => {
      const running = await startProcess({
        name,
        command: globalThis.process.execPath,
        args: [NGATU, 'collector', '--config', config],
        logFile: join(folder, 'collector.log'),
        ready: (log) => STARTED.test(log),
        readyTimeoutMs: 60_000,
      });
      const [, httpUrl = ''] = STARTED.exec(running.log()) ?? [];
      return { pid: running.pid, exited: running.exited, stop: () => running.stop(), httpUrl };
    },
  });
  return { name, process, brokerLink, databaseLink, quarantine };
}

const STARTED = /"http":"(http:[^"]+)","msg":"collector started"/;

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at + 1);
}
