import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Append, Journal, readJournal } from '../../../scripts/chaos/journal.ts';

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ngatu-journal-'));
  file = join(directory, 'journal.ndjson');
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** The `n`th write: two events in a batch of its own. */
function append(n: number): Append {
  return { epoch: 1000, next: n + 1, batches: [{ seq: n, events: [2 * n - 2, 2 * n - 1] }] };
}

describe('the journal of an outbox', () => {
  it('goes on with the first event that is not on disk', () => {
    const journal = new Journal(file);
    expect(journal.nextIndex).toBe(0);
    journal.confirmed(journal.begins(append(1)));
    journal.confirmed(journal.begins(append(2)));
    expect(journal.nextIndex).toBe(4);
    journal.close();
    const again = new Journal(file);
    expect([again.settled, again.nextIndex]).toEqual([true, 4]);
    again.close();
    expect(readJournal(file).durable).toEqual([append(1), append(2)]);
  });

  it.each([
    ['landed, when the outbox has its number', { epoch: 1000, next: 3 }, 4, 1],
    ['is gone, when the outbox does not', { epoch: 1000, next: 2 }, 2, 0],
    ['is gone, when the outbox is another', { epoch: 2000, next: 9 }, 2, 0],
    ['is gone, when there is no outbox', undefined, 2, 0],
  ])('a write that nobody saw the end of %s', (_what, found, nextIndex, settled) => {
    const killed = new Journal(file);
    killed.confirmed(killed.begins(append(1)));
    killed.begins(append(2));
    killed.close();
    const journal = new Journal(file);
    expect(journal.settled).toBe(false);
    journal.settle(found);
    expect([journal.settled, journal.nextIndex]).toEqual([true, nextIndex]);
    journal.close();
    expect(readJournal(file).settled).toBe(settled);
  });

  it('tells when an event before the last one is missing', () => {
    const journal = new Journal(file);
    journal.confirmed(journal.begins(append(1)));
    journal.confirmed(journal.begins(append(3)));
    expect(() => journal.nextIndex).toThrow(
      'expected events 0 to 5 on disk, each once, but 4 were confirmed',
    );
    journal.close();
  });

  it('passes over a line that a kill has cut short', () => {
    const journal = new Journal(file);
    journal.confirmed(journal.begins(append(1)));
    journal.close();
    appendFileSync(file, '{"what":"writes","id":2,"epo');
    const again = new Journal(file);
    again.confirmed(again.begins(append(2)));
    again.close();
    expect(readJournal(file).durable).toEqual([append(1), append(2)]);
    expect(readJournal(file).open.size).toBe(0);
  });
});
