// How loaded the box is, as far as Linux tells: for health messages, never for decisions.

import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';

export type MachineLoad = {
  /** Share of all cores used by this process and its children since the previous reading, 0..1. */
  readonly cpu?: number;
  readonly rssBytes: number;
  readonly loadAverage: number;
  /** Hottest thermal zone, °C, where the kernel shows one. */
  readonly temperatureC?: number;
};

/** Returns a function that reads the load since its previous call. */
export function createLoadReader(): () => MachineLoad {
  let lastAtMs = performance.now();
  let lastCpuMs = cpuTimeMs();
  return () => {
    const atMs = performance.now();
    const cpuMs = cpuTimeMs();
    const share = (cpuMs - lastCpuMs) / Math.max(1, atMs - lastAtMs) / availableParallelism();
    lastAtMs = atMs;
    lastCpuMs = cpuMs;
    const temperatureC = hottestZoneC();
    return {
      // A child that ended takes its time along, so one reading can come out low, never above 1.
      cpu: Math.min(1, Math.max(0, share)),
      rssBytes: process.memoryUsage.rss(),
      loadAverage: loadavg()[0] ?? 0,
      ...(temperatureC === undefined ? {} : { temperatureC }),
    };
  };
}

/** User and system time of this process and its living children (ffmpeg), ms. */
function cpuTimeMs(): number {
  const own = process.cpuUsage();
  let totalMs = (own.user + own.system) / 1000;
  for (const pid of childPids()) totalMs += childCpuMs(pid);
  return totalMs;
}

function childPids(): string[] {
  try {
    return readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
      .split(' ')
      .filter(Boolean);
  } catch {
    return []; // no /proc: not Linux
  }
}

/** Kernel clock ticks a second as /proc reports them: 100 on every Linux that Node runs on. */
const TICKS_PER_S = 100;

function childCpuMs(pid: string): number {
  try {
    // proc(5): fields after the parenthesised name; utime and stime are the 12th and 13th of those.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop()?.split(' ') ?? [];
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_S;
  } catch {
    return 0; // ended between the two reads
  }
}

function hottestZoneC(): number | undefined {
  try {
    const root = '/sys/class/thermal';
    const zones = readdirSync(root).filter((name) => name.startsWith('thermal_zone'));
    const temperatures = zones.map((zone) => Number(readFileSync(`${root}/${zone}/temp`, 'utf8')) / 1000);
    const plausible = temperatures.filter((celsius) => celsius > -50 && celsius < 150);
    return plausible.length > 0 ? Math.max(...plausible) : undefined;
  } catch {
    return undefined; // no thermal zones, or not readable
  }
}
