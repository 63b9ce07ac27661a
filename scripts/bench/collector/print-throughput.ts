// Tables of `npm run bench -- collector`: shares of the slower of broker and InfluxDB, and what each process costs.

import { availableParallelism, loadavg } from 'node:os';
import type { Placement } from './stack.ts';
import { type Kind, measure, type Result, type ThroughputOptions } from './throughput.ts';

const KINDS: readonly Kind[] = ['broker', 'influxdb', 'whole'];

/** Rounds of all kinds, each round beginning with another one, and a table for each placement. */
export async function printThroughput(
  placements: readonly Placement[],
  rounds: number,
  options: ThroughputOptions,
): Promise<void> {
  const all = placements.map((placement) => ({ placement, results: [] as Result[] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { placement, results } of all) {
      for (const [at] of KINDS.entries()) {
        const kind = KINDS[(at + round) % KINDS.length] as Kind;
        process.stderr.write(`round ${round + 1}, ${placement.name}: ${kind} … `);
        const result = await measure(kind, placement, options);
        process.stderr.write(`${result.seconds.toFixed(1)} s, load ${loadavg()[0]?.toFixed(1)}\n`);
        results.push(result);
      }
    }
  }
  for (const { placement, results } of all) process.stdout.write(tableOf(placement, results));
}

function tableOf(placement: Placement, results: readonly Result[]): string {
  const of = (kind: Kind) => results.filter((result) => result.kind === kind);
  const workload = of('broker')[0] as Result;
  const { points } = of('influxdb')[0] as Result;
  const perMessage = points / workload.messages;
  const rate = (kind: Kind) => median(of(kind).map(({ seconds }) => workload.messages / seconds));
  const slower: Kind = rate('broker') < rate('influxdb') ? 'broker' : 'influxdb';
  const lines = [
    `\n${placement.name}: ${placement.influxdb === undefined ? 'every process on every core' : `InfluxDB on core ${placement.influxdb}, everything else on core ${placement.others}`}`,
    `${workload.messages} messages of ${(workload.events / workload.messages).toFixed(2)} events, ${perMessage.toFixed(2)} points (its mark is one), ${Math.round(workload.bytes / workload.messages)} bytes`,
    '                     messages/s    points/s    rounds, messages/s',
  ];
  const names: Record<Kind, string> = {
    broker: 'Mosquitto + MQTT.js',
    influxdb: 'InfluxDB, raw lines',
    whole: 'the whole way',
  };
  for (const kind of KINDS) {
    const each = of(kind).map(({ seconds }) => Math.round(workload.messages / seconds));
    lines.push(
      `${names[kind].padEnd(20)} ${Math.round(rate(kind)).toString().padStart(10)} ${Math.round(
        rate(kind) * perMessage,
      )
        .toString()
        .padStart(11)}    ${each.join(' ')}`,
    );
  }
  lines.push(
    `share of the slower one (${names[slower]}): ${(rate('whole') / rate(slower)).toFixed(2)}`,
    `share of Mosquitto + MQTT.js ${(rate('whole') / rate('broker')).toFixed(2)}, of InfluxDB ${(rate('whole') / rate('influxdb')).toFixed(2)}; lines in a request: ${median(of('whole').map((r) => r.points / r.requests)).toFixed(0)}, InfluxDB alone ${median(of('influxdb').map((r) => r.points / r.requests)).toFixed(0)}`,
    `computed from CPU time, as if nothing else ran: ${computedText(placement, of)}`,
    'CPU time           µs/message  µs/event  µs/point  share of a core',
  );
  for (const kind of KINDS) {
    for (const process of Object.keys(of(kind)[0]?.cpuMs ?? {})) {
      const us = median(of(kind).map(({ cpuMs }) => ((cpuMs[process] ?? 0) * 1000) / workload.messages));
      const share = median(of(kind).map(({ cpuMs, seconds }) => (cpuMs[process] ?? 0) / 1000 / seconds));
      lines.push(
        `  ${kind.padEnd(9)}${process.padEnd(20)} ${us.toFixed(1).padStart(7)} ${((us * workload.messages) / workload.events).toFixed(1).padStart(9)} ${(us / perMessage).toFixed(2).padStart(9)} ${share.toFixed(2).padStart(9)}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

/**
 * What each could do if its processes never waited for other programs on this machine: limited by the core that has most
 * to do, or, where they share the cores, by all together and by the one thread that broker and Node programs have each.
 */
function computedText(placement: Placement, of: (kind: Kind) => Result[]): string {
  const rates = KINDS.map((kind) => {
    const results = of(kind);
    const { messages } = of('broker')[0] as Result;
    const us = Object.keys(results[0]?.cpuMs ?? {}).map((name) => ({
      name,
      each: median(results.map(({ cpuMs }) => ((cpuMs[name] ?? 0) * 1000) / messages)),
    }));
    const sum = (some: typeof us) => some.reduce((total, { each }) => total + each, 0);
    const database = us.filter(({ name }) => name === 'InfluxDB');
    const others = us.filter(({ name }) => name !== 'InfluxDB');
    const busiest =
      placement.influxdb === undefined
        ? Math.max(sum(us) / availableParallelism(), ...others.map(({ each }) => each))
        : Math.max(sum(database), sum(others));
    return { kind, perS: 1e6 / busiest };
  });
  const rate = (kind: Kind) => rates.find((one) => one.kind === kind)?.perS ?? 0;
  const texts = rates.map(({ kind, perS }) => `${kind} ${perS.toFixed(0)}/s`);
  return `${texts.join(', ')}; share ${(rate('whole') / Math.min(rate('broker'), rate('influxdb'))).toFixed(2)}`;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >>> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
