import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyChain } from '../../../../central-collector/api/accounts/audit-chain.ts';
import { AuditLog } from '../../../../central-collector/api/accounts/audit-log.ts';

const ENTRIES = 12;

let directory: string;
let path: string;
let whole: Buffer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-chain-'));
  path = join(directory, 'audit.ndjson');
  const log = new AuditLog({ directory, now: () => 1_772_400_000_000 });
  await log.open();
  for (let n = 1; n <= ENTRIES; n += 1) {
    await log.append({
      by: 'session',
      who: 'lan',
      action: 'incident-confirmed',
      target: `i${n}`,
      detail: { n },
    });
  }
  whole = await readFile(path);
});
afterAll(() => rm(directory, { recursive: true }));

async function verdictOn(bytes: Buffer) {
  await writeFile(path, bytes);
  return (await verifyChain(directory)).verdict;
}

describe('whatever somebody does to the bytes of the audit log', () => {
  it('an untouched log is whole', async () => {
    expect(await verdictOn(whole)).toMatchObject({ intact: true, entries: ENTRIES });
  });

  it('any byte that was changed shows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at] ?? 0) ^ mask;
        expect((await verdictOn(bytes)).intact).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('any part that was cut out, put in or repeated shows', async () => {
    const place = fc.nat(whole.length);
    await fc.assert(
      fc.asyncProperty(place, place, fc.uint8Array({ maxLength: 40 }), async (from, to, inserted) => {
        const bytes = Buffer.concat([whole.subarray(0, from), inserted, whole.subarray(to)]);
        // What is left of the beginning when whole lines were taken away is a log that begins later, and says so.
        const { intact, firstSeq } = await verdictOn(bytes);
        expect(intact).toBe(
          bytes.equals(whole) || (firstSeq !== 1 && whole.subarray(-bytes.length).equals(bytes)),
        );
      }),
      { numRuns: 300 },
    );
  });
});
