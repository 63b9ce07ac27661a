// Looks at a run while it goes on, and at what it leaves: how far everybody is, memory, connections, files.

import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import type { World } from './world.ts';

/** Of all events, how many are not known to be confirmed. */
export function shareInOutboxes(world: World, goal: number): number {
  const confirmed = world.agents.reduce((sum, { process }) => sum + process.confirmed, 0);
  return 1 - confirmed / (goal * world.agents.length);
}

export function stateOf(world: World): string {
  const sum = (of: (report: NonNullable<World['agents'][number]['process']['report']>) => number) =>
    world.agents.reduce((total, { process: { report } }) => total + (report ? of(report) : 0), 0);
  const silent = world.agents.filter(({ process }) => process.report === undefined).length;
  return [
    `published ${sum(({ published }) => published ?? 0)}`,
    `waiting for disks ${sum(({ waiting }) => waiting)}`,
    `batches in outboxes ${sum(({ batches }) => batches)}`,
    `agents connected ${sum(({ connected }) => Number(connected))} of ${world.agents.length}`,
    ...(silent > 0 ? [`${silent} starting`] : []),
  ].join(', ');
}

export function linksOf(world: World) {
  return [
    ...world.agents.map(({ link }) => link),
    ...world.collectors.flatMap(({ brokerLink, databaseLink }) => [brokerLink, databaseLink]),
  ];
}

/** The kernel keeps the most that a process ever had; read while it lives. */
export function watchMemory(world: World): void {
  for (const { process } of world.collectors) {
    const { running } = process;
    if (running) process.peakBytes = Math.max(process.peakBytes, peakOf(running.pid));
  }
}

function peakOf(pid: number): number {
  try {
    const [, kib = '0'] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kib) * 1024;
  } catch {
    // It has ended in this very moment, or the system keeps no such files.
    return 0;
  }
}

export async function filesIn(folders: readonly string[]): Promise<number> {
  const lists = await Promise.all(
    folders.map((folder) => readdir(folder, { recursive: true }).catch((): string[] => [])),
  );
  return lists.flat().length;
}
