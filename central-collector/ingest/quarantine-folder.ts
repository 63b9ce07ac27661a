// Looks into a quarantine from outside, while its collector runs or not. Changes nothing.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type AgentAddress, parseTopic } from '../../contract/index.ts';
import { PART, parseName, QuarantineFileError, readQuarantined } from './quarantine-file.ts';

/** What is known of one message without its bytes: there may be a hundred thousand. */
export type QuarantineEntry = {
  /** Names the message within its folder: the first ten digits of its hash. */
  readonly id: string;
  readonly file: string;
  readonly receivedAtMs: number;
  readonly topic: string;
  /** Whose topic it is; undefined for a topic that is none of ours. */
  readonly sender: AgentAddress | undefined;
  /** Of the message, or of each of its refused events; each once. */
  readonly reasons: readonly string[];
  readonly detail: string;
  /** Refused events; undefined when the whole message was refused. */
  readonly events: number | undefined;
  /** Of the message as it came. */
  readonly bytes: number;
};

export type QuarantineListing = {
  /** Oldest first. */
  readonly entries: readonly QuarantineEntry[];
  /** Files that are damaged or none of ours. */
  readonly unreadable: readonly { readonly file: string; readonly problem: string }[];
};

/** The folder is not there or may not be read. */
export class QuarantineFolderError extends Error {
  override readonly name = 'QuarantineFolderError';
  readonly retryable = false;
}

const ID_LENGTH = 10;

/** Throws QuarantineFolderError. Files that a running collector removes meanwhile are left out. */
export async function listQuarantine(directory: string): Promise<QuarantineListing> {
  const entries: QuarantineEntry[] = [];
  const unreadable: { file: string; problem: string }[] = [];
  for (const file of await filesIn(directory)) {
    try {
      entries.push(await entryOf(directory, file));
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') continue;
      if (!(error instanceof QuarantineFileError) && code === undefined) throw error;
      unreadable.push({ file, problem: message });
    }
  }
  return { entries, unreadable };
}

async function filesIn(directory: string): Promise<string[]> {
  try {
    // Names begin with the time of receipt. A part is a file that is being written.
    return (await readdir(directory)).filter((file) => !file.endsWith(PART)).sort();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const advice =
      code === 'ENOENT'
        ? 'there is no such folder; a collector makes it when it starts'
        : code === 'EACCES'
          ? 'you may not read it; run this as the user of the collector'
          : message;
    throw new QuarantineFolderError(`cannot read the quarantine ${directory}: ${advice}`, { cause });
  }
}

async function entryOf(directory: string, file: string): Promise<QuarantineEntry> {
  const path = join(directory, file);
  const name = parseName(file);
  if (!name) throw new QuarantineFileError(`${path} is none of the collector's files`);
  const { topic, receivedAtMs, reason, detail, events, payload } = await readQuarantined(path);
  const address = parseTopic(topic);
  return {
    id: name.hash.slice(0, ID_LENGTH),
    file,
    receivedAtMs,
    topic,
    sender: address && { site: address.site, agent: address.agent },
    reasons: [...new Set(events?.map((event) => event.reason) ?? [reason])],
    detail,
    events: events?.length,
    bytes: payload.byteLength,
  };
}
