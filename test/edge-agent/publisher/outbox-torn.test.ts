// What a power cut or a bad disk leaves of an outbox's files: what was confirmed as stored is there, or its loss is told.

import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BATCH_CLASSES } from '../../../edge-agent/publisher/batch-class.ts';
import { Outbox } from '../../../edge-agent/publisher/outbox.ts';
import { seededRandom } from '../tracker/make-detections.ts';
import { flow, incident, passage, T0 } from './sample-events.ts';

/** Every byte is one place to be torn at; by default each fifth is tried. */
const STEP = Number(process.env.NGATU_TORN_STEP ?? 10);
const RUNS = Number(process.env.NGATU_TORN_RUNS ?? 15);
let directory: string;
let wallMs = T0;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-torn-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

function open(name: string): Outbox {
  return new Outbox({
    directory: join(directory, name),
    maxBytes: 10_000_000,
    maxAgeMs: 86_400_000,
    logger: pino({ level: 'silent' }),
    now: () => {
      wallMs += 1000;
      return wallMs;
    },
    monotonicMs: () => 0,
  });
}

function drafts(n: number) {
  return [
    { class: 'passages' as const, events: { passage: 1 }, json: [JSON.stringify(passage(n))] },
    { class: 'counts' as const, events: { flow: 1 }, json: [JSON.stringify(flow(n, 1))] },
    { class: 'incidents' as const, events: { incident: 1 }, json: [JSON.stringify(incident(`i${n}`))] },
  ];
}

/** Bodies by number. */
async function bodies(outbox: Outbox): Promise<Map<number, string>> {
  const pages = [];
  for (const batchClass of BATCH_CLASSES) pages.push(await outbox.page(batchClass, 0, 1e6, 1e9));
  return new Map(pages.flat().map(({ seq, body }) => [seq, body]));
}

async function filesOf(name: string): Promise<string[]> {
  return (await readdir(join(directory, name, 'batches'))).filter((file) => !/^(LOCK|LOG)/.test(file));
}

async function copy(from: string, to: string): Promise<void> {
  await rm(join(directory, to), { recursive: true, force: true });
  await mkdir(join(directory, to, 'batches'), { recursive: true });
  for (const file of await filesOf(from)) {
    await copyFile(join(directory, from, 'batches', file), join(directory, to, 'batches', file));
  }
}

/** Opens what is left and gives what it holds; it works again, and whatever happened, it takes more. */
async function revive(name: string) {
  const outbox = open(name);
  await outbox.recover();
  const found = await bodies(outbox);
  const hasReport = outbox.hasReport;
  const [batch] = await outbox.append(drafts(1000).slice(0, 1));
  expect((await bodies(outbox)).get(batch?.seq ?? 0)).toBe(batch?.body);
  await outbox.close();
  return { found, hasReport, seq: batch?.seq ?? 0, epoch: outbox.epoch };
}

test('a power cut in a write leaves it whole or not at all, wherever it was, and all that was confirmed before', async () => {
  const outbox = open('whole');
  await outbox.recover();
  await outbox.append(drafts(1));
  await outbox.append(drafts(2).slice(0, 2));
  const confirmed = await bodies(outbox);
  const [log = ''] = (await filesOf('whole')).filter((file) => file.endsWith('.log'));
  const { size: from } = await stat(join(directory, 'whole', 'batches', log));
  await outbox.append(drafts(3).slice(0, 1));
  const all = await bodies(outbox);
  const { size: to } = await stat(join(directory, 'whole', 'batches', log));
  expect(to - from).toBeGreaterThan(300);
  const whole = await readFile(join(directory, 'whole', 'batches', log));
  for (let at = from; at <= to; at += STEP) {
    await copy('whole', 'torn');
    const torn = join(directory, 'torn', 'batches', log);
    // The file was not lengthened yet; or it was, and the rest holds zeros or what had been there before.
    if (at % 3 === 0) await truncate(torn, at);
    else if (at % 3 === 1)
      await writeFile(torn, Buffer.concat([whole.subarray(0, at), Buffer.alloc(to - at)]));
    else await writeFile(torn, Buffer.concat([whole.subarray(0, at), Buffer.alloc(to - at, 0xa5)]));
    const { found, epoch } = await revive('torn');
    expect(epoch).toBe(outbox.epoch);
    const expected = found.size === all.size ? all : confirmed;
    expect(found, `cut at ${at - from} of ${to - from}`).toEqual(expected);
  }
  await outbox.close();
}, 120_000);

test.each(['CURRENT', 'MANIFEST', '.ldb', '.log'])(
  'garbage anywhere in %s does not stop the outbox, and what it costs is told',
  async (kind) => {
    const random = seededRandom(7);
    // Closed and opened again, a log has become a table; what follows is in the log.
    for (const n of [1, 2]) {
      const outbox = open('whole');
      await outbox.recover();
      for (let at = 0; at < 12; at += 1) await outbox.append(drafts(100 * n + at));
      await outbox.acknowledge(outbox.epoch ?? 0, [[2, 5]]);
      await outbox.close();
    }
    const before = open('whole');
    await copy('whole', 'reading');
    await before.close();
    const reading = open('reading');
    await reading.recover();
    const confirmed = await bodies(reading);
    const { epoch } = reading;
    await reading.close();
    expect(confirmed.size).toBe(68);
    const files = (await filesOf('whole')).filter((file) => file.includes(kind));
    expect(files.length).toBeGreaterThan(0);
    let told = 0;
    for (let run = 0; run < RUNS; run += 1) {
      await copy('whole', 'damaged');
      const file = join(directory, 'damaged', 'batches', files[Math.floor(random() * files.length)] ?? '');
      const bytes = await readFile(file);
      const at = Math.floor(random() * bytes.length);
      const length = Math.min(1 + Math.floor(random() * 40), bytes.length - at);
      for (let n = 0; n < length; n += 1) bytes[at + n] = Math.floor(random() * 256);
      await writeFile(file, bytes);
      const { found, hasReport, seq, epoch: after } = await revive('damaged');
      if (hasReport) told += 1;
      const what = `${kind}, run ${run}, ${length} bytes at ${at} of ${bytes.length}`;
      for (const [number, body] of found) expect(body, what).toBe(confirmed.get(number));
      if (found.size < confirmed.size) expect(hasReport, what).toBe(true);
      // A number that may have been sent is not given again in the same life.
      if (after === epoch) expect(seq, what).toBeGreaterThan(72);
    }
    expect(told).toBeGreaterThan(0);
  },
  120_000,
);
