// A publisher in a process of its own, made to be killed: publishes passages with tracks from FIRST on and
// prints after each write how many of them are on disk. With COUNT 0 it only delivers what the outbox holds.
//
//   node publisher-child.mjs URL DIRECTORY FIRST COUNT

import { pino } from 'pino';
import { openPublisher } from '../../dist/edge-agent/publisher/publisher.js';

const [url, directory, first, count] = process.argv.slice(2);
const publisher = await openPublisher({
  address: { site: 'hai-phong', agent: 'box-1' },
  mqtt: { url },
  outbox: { directory, maxBytes: 50_000_000, maxAgeMs: 86_400_000 },
  version: '0',
  logger: pino({ level: 'silent' }),
  timing: { batchMs: 2, resend: { firstMs: 200, capMs: 400 }, reconnect: { firstMs: 50, capMs: 100 } },
});

let published = 0;
const timer = setInterval(() => {
  const stats = publisher.stats();
  const stored = published - (stats.waiting.passage ?? 0);
  process.stdout.write(`${JSON.stringify({ stored, batches: stats.batches, waiting: stats.waiting })}\n`);
  for (let n = 0; n < 20 && published < Number(count); n += 1) {
    publisher.publish([
      {
        type: 'passage',
        camera: 'nga-tu-1',
        line: 'north',
        direction: 'towards',
        roadUser: 'car',
        roadUserShare: 1,
        confidence: 1,
        atMs: 1_750_000_000_000,
        track: Number(first) + published,
      },
    ]);
    published += 1;
  }
}, 2);

process.on('SIGTERM', async () => {
  clearInterval(timer);
  await publisher.close();
  process.exit(0);
});
