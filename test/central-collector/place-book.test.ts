import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { boxLedger } from '../../central-collector/box-ledger.ts';
import type { LedgerEntry } from '../../central-collector/ingest/ledger.ts';
import { MapFileError, readMap } from '../../central-collector/map-file.ts';
import { PlaceBook, PlaceBookError } from '../../central-collector/place-book.ts';

const POSITION = { lat: 20.8561, lon: 106.6822 };

async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'ngatu-places-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

describe('where people placed things', () => {
  it('is there after a restart, for the collector’s user alone', async () => {
    const directory = await folder();
    const book = new PlaceBook(directory);
    await book.open();
    await Promise.all([
      book.setSite('hai-phong', { name: 'Hải Phòng' }),
      book.setSite('hai-phong', { position: POSITION }),
      book.setCamera('hai-phong/box-1/a', POSITION),
    ]);
    const again = new PlaceBook(directory);
    await again.open();
    expect(again.site('hai-phong')).toEqual({ name: 'Hải Phòng', position: POSITION });
    expect(again.position('hai-phong/box-1/a')).toEqual(POSITION);
    expect((await stat(join(directory, 'places.json'))).mode & 0o777).toBe(0o600);
    await again.setCamera('hai-phong/box-1/a', null);
    expect(again.position('hai-phong/box-1/a')).toBeUndefined();
  });

  it('is not overwritten when the file is damaged', async () => {
    const directory = await folder();
    await writeFile(join(directory, 'places.json'), '{"version":1,"sites":{');
    const book = new PlaceBook(directory);
    await expect(book.open()).rejects.toThrow(PlaceBookError);
    expect(await readFile(join(directory, 'places.json'), 'utf8')).toBe('{"version":1,"sites":{');
  });

  it('stays as it was when the disk does not take it', async () => {
    const directory = await folder();
    const book = new PlaceBook(directory);
    await book.open();
    await rm(directory, { recursive: true });
    await expect(book.setCamera('a/b/c', POSITION)).rejects.toThrow(/cannot write .*places\.json/);
    expect(book.position('a/b/c')).toBeUndefined();
  });
});

describe('the map', () => {
  it.each([
    ['no file', undefined],
    ['no JSON', 'roads'],
    ['no collection', '{"type":"Feature","geometry":null}'],
    ['features that are none', '{"type":"FeatureCollection","features":[1]}'],
  ])('is refused with what was expected: %s', async (_what, text) => {
    const path = join(await folder(), 'city.geojson');
    if (text !== undefined) await writeFile(path, text);
    await expect(readMap(path)).rejects.toThrow(MapFileError);
    await expect(readMap(path)).rejects.toThrow(/centre\.map: .*expected a GeoJSON FeatureCollection/s);
  });
});

describe('the ledger by box', () => {
  it('adds up all lives of an outbox, at most every two seconds', () => {
    const entry = (agent: string, missing: number, lastStoredAtMs?: number) =>
      ({ site: 's', agent, missing, ...(lastStoredAtMs && { lastStoredAtMs }) }) as LedgerEntry;
    let nowMs = 0;
    let asked = 0;
    const ledgerOf = boxLedger(
      () => {
        asked += 1;
        return [entry('a', 1, 500), entry('a', 2, 900), entry('b', 0)];
      },
      () => nowMs,
    );
    expect(ledgerOf({ site: 's', agent: 'a' })).toEqual({ batchesMissing: 3, lastBatchAtMs: 900 });
    expect(ledgerOf({ site: 's', agent: 'b' })).toEqual({ batchesMissing: 0, lastBatchAtMs: undefined });
    expect(ledgerOf({ site: 's', agent: 'c' }).batchesMissing).toBe(0);
    expect(asked).toBe(1);
    nowMs = 2000;
    ledgerOf({ site: 's', agent: 'a' });
    expect(asked).toBe(2);
  });
});
