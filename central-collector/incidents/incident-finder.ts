// One incident by its name: from memory, with what only the database has of it.

import { within } from '../retry.ts';
import type { Board } from './board.ts';
import { addressOf, type IncidentAddress, idOf } from './incident-id.ts';
import { type IncidentRecord, withEvent, withVerdicts } from './incident-record.ts';
import type { IncidentHistory } from './incident-walk.ts';
import { IncidentsError } from './incidents-error.ts';
import { isOn, type VerdictBook, validVerdicts } from './verdict-book.ts';

export type FinderParts = {
  readonly board: Board;
  readonly book: VerdictBook;
  readonly history: Pick<IncidentHistory, 'versionsOf' | 'verdictsOn'>;
};

/** Nobody waits longer for the timeline of what memory knows anyway. */
const PATIENCE_MS = 2000;

/** Of a database that does not answer at all. */
const LONGEST_MS = 15_000;

/**
 * With all versions and verdicts that can be had, and why some may be missing. Throws IncidentsError `not-found`, or
 * `unavailable` when memory does not have it and the database cannot be asked.
 */
export async function findIncident(
  parts: FinderParts,
  id: string,
): Promise<{ record: IncidentRecord; failure: Error | undefined }> {
  const { board } = parts;
  const address = addressOf(id);
  if (address === undefined) throw notFound(id);
  let found: IncidentRecord | undefined;
  let failure: Error | undefined;
  const reading = readIncident(parts, address).then(
    (record) => {
      found = record;
    },
    (error: Error) => {
      failure = error;
    },
  );
  const patienceMs = board.get(id) === undefined ? LONGEST_MS : PATIENCE_MS;
  if ((await within(patienceMs, reading)) === 'late') {
    failure = new Error(`the database has not answered within ${patienceMs / 1000} s`);
  }
  // It may have changed meanwhile: what memory knows is always the newest.
  const held = board.get(id);
  if (held !== undefined) return { record: found === undefined ? held : joined(found, held), failure };
  if (failure !== undefined) {
    const message = `memory does not have this incident, and the database cannot be asked: ${failure.message}`;
    throw new IncidentsError('unavailable', message, { cause: failure });
  }
  if (found === undefined) throw notFound(id);
  return { record: found, failure: undefined };
}

/** From the database alone; undefined when that has none. */
export async function readIncident(
  { book, history }: FinderParts,
  address: IncidentAddress,
): Promise<IncidentRecord | undefined> {
  let record: IncidentRecord | undefined;
  for (const { event, ...of } of await history.versionsOf(address)) {
    if (idOf({ ...of, id: event.id }) === idOf(address)) record = withEvent(record, of, event);
  }
  if (record === undefined) return undefined;
  const stored = validVerdicts(await history.verdictsOn([address.id]));
  return withVerdicts(record, [...stored.filter((verdict) => isOn(verdict, address)), ...book.on(address)]);
}

function joined(stored: IncidentRecord, held: IncidentRecord): IncidentRecord {
  const versions = new Map(
    [...stored.versions, ...held.versions].map((version) => [version.version, version]),
  );
  return {
    ...withVerdicts(held, stored.verdicts),
    versions: [...versions.values()].sort((a, b) => a.version - b.version),
  };
}

function notFound(id: string): IncidentsError {
  return new IncidentsError('not-found', `there is no incident ${JSON.stringify(id.slice(0, 250))}`);
}
