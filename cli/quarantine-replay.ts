// `ngatu quarantine replay`: stores what can be stored now, and takes from the quarantine what is stored as a whole.

import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  nameOf,
  type QuarantinedMessage,
  readQuarantined,
  removeQuarantined,
  writeQuarantined,
} from '../central-collector/ingest/quarantine-file.ts';
import type { QuarantineEntry } from '../central-collector/ingest/quarantine-folder.ts';
import type { Replayed } from '../central-collector/ingest/quarantine-replay.ts';
import { many } from '../config/problems.ts';
import { harmless } from './quarantine-words.ts';

export type ReplayRun = {
  readonly directory: string;
  readonly entries: readonly QuarantineEntry[];
  /** Stores one message, or says what would become of it. */
  readonly replay: (message: QuarantinedMessage) => Promise<Replayed>;
  readonly dryRun: boolean;
  readonly print: (line: string) => void;
};

export type ReplaySummary = {
  readonly stored: number;
  readonly partly: number;
  readonly stays: number;
  /** Taken away by somebody else meanwhile. */
  readonly gone: number;
};

/** One after the other, oldest first. Throws what ends all: StoreError, QuarantineError. */
export async function replayAll({
  directory,
  entries,
  replay,
  dryRun,
  print,
}: ReplayRun): Promise<ReplaySummary> {
  const summary = { stored: 0, partly: 0, stays: 0, gone: 0 };
  for (const { id, file, sender, topic } of entries) {
    const message = await readIfThere(join(directory, file));
    if (!message) {
      summary.gone += 1;
      continue;
    }
    const outcome = await replay(message);
    if (!dryRun) await keepWhatIsLeft(directory, file, message, outcome);
    const who = sender ? `${sender.site}/${sender.agent}` : topic;
    print(harmless(`${id}  ${who}  ${wordsFor(outcome, dryRun)}`));
    if (outcome.kind === 'stored') summary.stored += 1;
    else summary[outcome.events > 0 ? 'partly' : 'stays'] += 1;
  }
  return summary;
}

/** A damaged file was told when the folder was listed; a collector may make room while this runs. */
async function readIfThere(path: string): Promise<QuarantinedMessage | undefined> {
  try {
    return await readQuarantined(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** New before old: a crash in between leaves both, and doing both again changes nothing. */
async function keepWhatIsLeft(
  directory: string,
  file: string,
  before: QuarantinedMessage,
  outcome: Replayed,
): Promise<void> {
  if (outcome.kind === 'stored') {
    await removeQuarantined(directory, file);
    return;
  }
  const { left } = outcome;
  if (isDeepStrictEqual({ ...left, payload: 0 }, { ...before, payload: 0 })) return;
  await writeQuarantined(directory, left);
  if (nameOf(left) !== file) await removeQuarantined(directory, file);
}

function wordsFor(outcome: Replayed, dryRun: boolean): string {
  if (outcome.kind === 'stored') return `${dryRun ? 'would be stored' : 'stored'}: ${outcome.what}`;
  const { reason, detail, events } = outcome;
  const some = events > 0 ? `${many(events, 'event')} ${dryRun ? 'would be ' : ''}stored, the rest ` : '';
  return `${some}${dryRun ? 'would stay' : 'stays'}: ${reason}: ${detail}`;
}
