// What a box keeps of incidents, on a real disk.

import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type EvidenceStoreOptions, openEvidenceStore } from '../../../edge-agent/evidence/store.ts';
import { incidentOf } from './make-incident.ts';

const NOW_MS = 1_795_000_000_000;
const JPEG = Buffer.alloc(50_000, 1);
const FACTS = { width: 640, height: 360, atMs: NOW_MS, blurred: true, from: 'stream' as const };

async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'ngatu-evidence-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

async function openStore(directory: string, options: Partial<EvidenceStoreOptions> = {}) {
  return openEvidenceStore({
    directory,
    maxBytes: 1e9,
    maxAgeMs: 86_400_000,
    minFreeBytes: 0,
    logger: pino({ level: 'silent' }),
    now: () => NOW_MS,
    ...options,
  });
}

const filesIn = async (directory: string) =>
  (await readdir(directory, { recursive: true })).filter((path) => /\.\w+$/.test(path)).sort();

describe('a store of evidence', () => {
  it('keeps a picture and later a clip of an incident under its id and version, with their hashes', async () => {
    const directory = await folder();
    const store = await openStore(directory);
    const incident = incidentOf({ id: 'nga-tu-1/7', camera: 'nga-tu-1' });
    const first = await store.putSnapshot(incident, JPEG, FACTS);
    expect(first).toEqual({
      snapshot: {
        ...FACTS,
        file: 'nga-tu-1/nga-tu-1_7.v1.jpg',
        bytes: JPEG.length,
        sha256: createHash('sha256').update(JPEG).digest('hex'),
      },
    });
    const draft = store.draft();
    await writeFile(draft, 'a clip');
    const both = await store.putClip(incident, draft, { fromMs: NOW_MS, toMs: NOW_MS + 1000 });
    expect(both.snapshot).toEqual(first.snapshot);
    expect(await filesIn(directory)).toEqual([
      'nga-tu-1/nga-tu-1_7.v1.jpg',
      'nga-tu-1/nga-tu-1_7.v1.json',
      'nga-tu-1/nga-tu-1_7.v1.mp4',
    ]);
    const [record] = store.list();
    if (record === undefined) throw new Error('no record');
    expect(record).toMatchObject({ incident, evidence: both, madeAtMs: NOW_MS });
    expect((await store.read(record, 'clip')).toString()).toBe('a clip');
    expect(store.find('nga-tu-1/7')).toEqual(record);
    expect(store.find('nga-tu-1/8')).toBeUndefined();
  });

  it('knows after a restart what it has, and clears away what a power cut left half done', async () => {
    const directory = await folder();
    const before = await openStore(directory);
    for (const id of ['a', 'b']) await before.putSnapshot(incidentOf({ id }), JPEG, FACTS);
    await writeFile(join(directory, 'north', 'c.v1.jpg'), 'written, but its record was not');
    await writeFile(join(directory, '4.part'), 'half a fi');
    await writeFile(join(directory, 'north', 'b.v1.json'), '{"v": 1, "inci');
    await writeFile(join(directory, 'notes.txt'), 'of somebody else');
    const after = await openStore(directory);
    expect(after.list().map(({ incident }) => incident.id)).toEqual(['a']);
    expect(await filesIn(directory)).toEqual(['north/a.v1.jpg', 'north/a.v1.json', 'notes.txt']);
  });

  it('lets the oldest go when it is full', async () => {
    const directory = await folder();
    let nowMs = NOW_MS;
    const store = await openStore(directory, { maxBytes: 200_000, now: () => nowMs });
    for (let i = 0; i < 10; i++) {
      nowMs += 1000;
      await store.putSnapshot(incidentOf({ id: `i${i}` }), JPEG, FACTS);
      expect(store.bytes).toBeLessThanOrEqual(200_000);
    }
    expect(store.list().map(({ incident }) => incident.id)).toEqual(['i7', 'i8', 'i9']);
    expect((await filesIn(directory)).filter((file) => file.endsWith('.jpg'))).toHaveLength(3);
  });

  it('lets go what is too old, also at its start', async () => {
    const directory = await folder();
    let nowMs = NOW_MS;
    const store = await openStore(directory, { maxAgeMs: 10_000, now: () => nowMs });
    await store.putSnapshot(incidentOf({ id: 'old' }), JPEG, FACTS);
    nowMs += 20_000;
    await store.putSnapshot(incidentOf({ id: 'new' }), JPEG, FACTS);
    expect(store.list().map(({ incident }) => incident.id)).toEqual(['new']);
    const later = await openStore(directory, { maxAgeMs: 10_000, now: () => nowMs + 20_000 });
    expect(later.list()).toEqual([]);
    expect(await filesIn(directory)).toEqual([]);
  });

  it('writes nothing where the disk is needed for other things', async () => {
    const store = await openStore(await folder(), { minFreeBytes: 2 ** 60 });
    await expect(store.putSnapshot(incidentOf(), JPEG, FACTS)).rejects.toThrow(
      /MiB free, and \d+ MiB are left to others/,
    );
    await expect(store.checkRoom()).rejects.toMatchObject({ retryable: true });
  });

  it('says what is wrong with a folder that cannot be written, and goes on when it can', async () => {
    const directory = await folder();
    const store = await openStore(join(directory, 'evidence'));
    await rm(join(directory, 'evidence'), { recursive: true });
    await writeFile(join(directory, 'evidence'), 'a file where the folder should be');
    await expect(store.putSnapshot(incidentOf(), JPEG, FACTS)).rejects.toThrow('cannot be written to');
    await expect(openStore(join(directory, 'evidence'))).rejects.toThrow('cannot be written to');
    await rm(join(directory, 'evidence'));
    await expect(store.putSnapshot(incidentOf(), JPEG, FACTS)).resolves.toHaveProperty('snapshot');
  });

  it('notices a picture that was changed since', async () => {
    const directory = await folder();
    const store = await openStore(directory);
    await store.putSnapshot(incidentOf({ id: 'a' }), JPEG, FACTS);
    const [record] = store.list();
    if (record === undefined) throw new Error('no record');
    expect(await store.read(record, 'snapshot')).toEqual(JPEG);
    await writeFile(join(directory, 'north', 'a.v1.jpg'), 'another picture');
    await expect(store.read(record, 'snapshot')).rejects.toThrow('its hash differs');
    await rm(join(directory, 'north', 'a.v1.jpg'));
    await expect(store.read(record, 'snapshot')).rejects.toThrow('not kept any more');
    await expect(store.read(record, 'clip')).rejects.toThrow('has no clip');
  });

  it('has files that only its owner can read', async () => {
    const directory = await folder();
    const store = await openStore(directory);
    await store.putSnapshot(incidentOf({ id: 'a' }), JPEG, FACTS);
    expect((await stat(join(directory, 'north', 'a.v1.jpg'))).mode & 0o077).toBe(0);
    expect(await readFile(join(directory, 'north', 'a.v1.jpg'))).toEqual(JPEG);
  });
});
