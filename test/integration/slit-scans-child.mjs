// Writes slit scans as fast as it can, and says how many are on disk, until it is killed. Arguments: folder.

import { pino } from 'pino';
import { ScanStore } from '../../dist/edge-agent/slit-scans/scan-store.js';

const [, , directory] = process.argv;
const store = new ScanStore({
  directory,
  maxBytes: 1e9,
  maxAgeMs: 1e12,
  minFreeBytes: 0,
  logger: pino({ level: 'silent' }),
  now: Date.now,
});
const fromMs = Date.UTC(2026, 4, 1, 6);
const found = await store.find('north', 'stop', fromMs, fromMs + 3_600_000);
for (let i = found.length; ; i++) {
  const piece = { fromMs: fromMs + i, toMs: fromMs + i, width: 6, height: 32, frames: [0] };
  const jpeg = Buffer.alloc(50_000 + (i % 7) * 30_000, i % 256);
  await store.append('north', [{ header: { line: 'stop', piece, marks: [] }, jpeg }], fromMs);
  process.stdout.write(`${i + 1}\n`);
}
