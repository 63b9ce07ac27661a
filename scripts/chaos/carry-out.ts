// Carries out one fault: what it does to the system, and how it is repaired when it has lasted long enough.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from './faults.ts';
import type { Link, LinkMode } from './link.ts';
import type { SmallDisk } from './small-disk.ts';
import type { Started, Supervised } from './supervised.ts';
import type { Agent, Collector, ServerBox, World } from './world.ts';

/** Undoes a fault; resolves when the part is as it was. */
type Repair = () => Promise<void> | void;

const HOUR_MS = 3_600_000;
/** A write of the outbox takes about half of it. */
const MOST_IN_WRITE_MS = 1.5;

/** Begins the fault and gives how it is repaired. */
export async function begin(fault: Fault, world: World): Promise<Repair> {
  const { kind, target, chance } = fault;
  const agent = world.agents[target - 1] as Agent;
  const collector = world.collectors[target - 1] as Collector;
  const { broker, database } = world;
  switch (kind) {
    case 'agent killed (-9)':
      return killed(agent.process.process);
    case 'agent killed in a write':
      await agent.process.killInWrite(chance * MOST_IN_WRITE_MS);
      return () => agent.process.process.start();
    case 'agent stopped':
      return stopped(agent.process.process);
    case 'agent paused':
      return paused(agent.process.process);
    case 'agent disk full':
      return full(agent.disk, chance);
    case 'agent clock jumps':
      agent.process.setClock(Math.round((chance - 0.5) * 12 * HOUR_MS));
      // It stays wrong until the next jump, as clocks do.
      return () => undefined;
    case 'agent link cut':
      return torn(agent.link, { kind: 'cut' }, chance);
    case 'agent link dead':
      return torn(agent.link, dead(chance), chance);
    case 'agent link slow':
      return torn(agent.link, slow(chance), 1);
    case 'agent link resets':
      return torn(agent.link, resets(chance), 1);
    case 'collector killed (-9)':
      return killed(collector.process);
    case 'collector stopped':
      return stopped(collector.process);
    case 'collector paused':
      return paused(collector.process);
    case 'collector link cut':
      return torn(collector.brokerLink, { kind: 'cut' }, chance);
    case 'collector link dead':
      return torn(collector.brokerLink, dead(chance), chance);
    case 'collector link slow':
      return torn(collector.brokerLink, slow(chance), 1);
    case 'collector link resets':
      return torn(collector.brokerLink, resets(chance), 1);
    case 'database link cut':
      return torn(collector.databaseLink, { kind: 'cut' }, chance);
    case 'database link dead':
      return torn(collector.databaseLink, dead(chance), chance);
    case 'database link slow':
      return torn(collector.databaseLink, slow(chance), 1);
    case 'database link resets':
      return torn(collector.databaseLink, resets(chance), 1);
    case 'database answers 503':
      return torn(collector.databaseLink, { kind: 'refuses' }, 0);
    case 'database answers lost':
      return torn(collector.databaseLink, { kind: 'loses answers' }, 1);
    case 'broker killed (-9)':
      return killed(broker.process);
    case 'broker restarted':
      return stopped(broker.process);
    case 'broker forgets all':
      await broker.process.kill();
      await forget(broker);
      return () => broker.process.start();
    case 'broker paused':
      return paused(broker.process);
    case 'broker disk full':
      return full(broker.disk, chance);
    case 'InfluxDB killed (-9)':
      return killed(database.process);
    case 'InfluxDB restarted':
      return stopped(database.process);
    case 'InfluxDB paused':
      return paused(database.process);
    case 'centre loses power':
      return powerCut(world, chance);
    case 'InfluxDB disk full': {
      const repair = await full(database.disk, chance);
      return async () => {
        await repair();
        // It goes on refusing to write when there is room again, until it is started anew.
        await database.process.kill();
        await database.process.start();
      };
    }
  }
}

/** All of the centre at once, as its machine room would; every other time the broker's disk does not come back. */
async function powerCut({ broker, database, collectors }: World, chance: number): Promise<Repair> {
  const all = [broker.process, database.process, ...collectors.map(({ process }) => process)];
  await Promise.all(all.map((process) => process.kill()));
  if (chance < 0.5) await forget(broker);
  return async () => {
    await Promise.all(all.map((process) => process.start()));
  };
}

async function forget(broker: ServerBox): Promise<void> {
  await rm(join(broker.directory, 'mosquitto.db'), { force: true });
}

async function killed(process: Supervised<Started>): Promise<Repair> {
  await process.kill();
  return () => process.start();
}

async function stopped(process: Supervised<Started>): Promise<Repair> {
  await process.stop();
  return () => process.start();
}

function paused(process: Supervised<Started>): Repair {
  process.pause();
  return () => process.resume();
}

async function full(disk: SmallDisk | undefined, chance: number): Promise<Repair> {
  await disk?.fill(Math.floor(chance * 8));
  return () => disk?.free();
}

/** `chance` above a half: connections that were open outlive the fault. */
function torn(link: Link, mode: LinkMode, chance: number): Repair {
  link.set(mode);
  return () => link.heal(chance < 0.5);
}

function dead(chance: number): LinkMode {
  const lost = (['both', 'questions', 'answers'] as const)[Math.floor(chance * 1000) % 3] ?? 'both';
  return { kind: 'dead', lost };
}

function slow(chance: number): LinkMode {
  return { kind: 'slow', delayMs: 50 + chance * 800, bytesPerS: 4000 + chance * 60_000 };
}

function resets(chance: number): LinkMode {
  return { kind: 'resets', afterBytes: 200 + chance * 8000 };
}
