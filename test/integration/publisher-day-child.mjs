// An agent's publisher through a simulated day of four cameras. With minutes to go through, it publishes them as fast as
// the disk takes them; without, it publishes a passage of camera "live" every quarter of a second, by the real clock.
//
//   node publisher-day-child.mjs URL DIRECTORY FROM_MS FIRST_MINUTE END_MINUTE STEP_S

import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { openPublisher } from '../../dist/edge-agent/publisher/publisher.js';
import { AgentTraffic, toldAtMs } from '../../dist/scripts/bench/collector/agent-traffic.js';

const [url, directory, ...numbers] = process.argv.slice(2);
const [fromMs, first, end, stepS] = numbers.map(Number);
const isLive = first === end;
let simulatedMs = fromMs + first * 60_000;
const clock = isLive ? {} : { now: () => simulatedMs, monotonicMs: () => simulatedMs };
const publisher = await openPublisher({
  address: { site: 'hai-phong', agent: 'box-1' },
  mqtt: { url },
  outbox: { directory, maxBytes: 512 * 1024 * 1024, maxAgeMs: 14 * 86_400_000 },
  version: '0',
  logger: pino({ level: 'silent' }),
  ...clock,
  timing: isLive ? { reconnect: { firstMs: 100, capMs: 500 } } : { batchMs: 0 },
});

const tell = () => {
  const { batches, bytes, waiting, ackedBatches } = publisher.stats();
  const rssMiB = Math.round(process.memoryUsage.rss() / 1048576);
  process.stdout.write(
    `${JSON.stringify({ minute, batches, bytes, waiting, ackedBatches, rssMiB, published })}\n`,
  );
};

let ticks;
let published = 0;
let minute = first;
if (isLive) {
  ticks = setInterval(() => {
    published += 1;
    const facts = { camera: 'live', line: 'north', direction: 'in', roadUser: 'car', roadUserShare: 1 };
    publisher.publish([{ type: 'passage', ...facts, confidence: 1, atMs: Date.now(), track: published }]);
    tell();
  }, 250);
} else {
  const traffic = new AgentTraffic({
    address: { site: 'hai-phong', agent: 'box-1' },
    cameras: 4,
    passagesPerS: 0.1157,
    seed: 1,
    fromMs,
  });
  for (let past = 0; past < first; past += 1) traffic.nextMinute();
  for (; minute < end; minute += 1) {
    const events = traffic.nextMinute().flatMap(({ batch }) => batch.events);
    for (let step = 0; step < 60 / stepS; step += 1) {
      const untilMs = fromMs + minute * 60_000 + (step + 1) * stepS * 1000;
      const isLast = step === 60 / stepS - 1;
      const due = events.filter((event) => toldAtMs(event) < untilMs || isLast);
      for (const event of due) events.splice(events.indexOf(event), 1);
      if (due.length === 0) continue;
      simulatedMs = untilMs;
      publisher.publish(due);
      while (Object.keys(publisher.stats().waiting).length > 0) await sleep(1);
    }
  }
  tell();
  // To be killed.
  setInterval(() => undefined, 1000);
}

process.on('SIGTERM', async () => {
  clearInterval(ticks);
  await publisher.close();
  process.exit(0);
});
