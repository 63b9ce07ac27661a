// One message in quarantine as a file: its name, its content, and how it gets to disk and back. What is read is not
// trusted: a crash, another program or a newer collector may have written it.

import { createHash } from 'node:crypto';
import { readFile, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { epochMsSchema } from '../../contract/index.ts';
import { replaceFile } from '../durable-file.ts';

/** An event of a batch that was refused; `reason` is a word of this collector or of a newer one. */
export type QuarantinedEvent = {
  /** In the batch, from 0. */
  readonly position: number;
  readonly reason: string;
  readonly detail: string;
};

export type QuarantinedMessage = {
  readonly topic: string;
  /** The bytes as they came. */
  readonly payload: Uint8Array;
  readonly receivedAtMs: number;
  readonly reason: string;
  /** A sentence for people. */
  readonly detail: string;
  /** The events of the batch that were refused; without it, the whole message was. */
  readonly events?: readonly QuarantinedEvent[];
};

export class QuarantineError extends Error {
  override readonly name = 'QuarantineError';
  /** A full or read-only disk gets repaired; until then nothing bad is acknowledged. */
  readonly retryable = true;
}

/** A file that is not what this program writes: half written, changed or damaged. */
export class QuarantineFileError extends Error {
  override readonly name = 'QuarantineFileError';
  readonly retryable = false;
}

/** Left by a crash before its rename. */
export const PART = '.json.part';
/** An operator of the collector's group looks into them. */
const READABLE_BY_GROUP = 0o640;

const NAME = /^(\d{15})-([0-9a-f]{32})\.json$/;

const factsSchema = z.object({
  topic: z.string(),
  receivedAtMs: epochMsSchema,
  reason: z.string(),
  detail: z.string(),
  events: z
    .array(z.object({ position: z.int().min(0), reason: z.string(), detail: z.string() }))
    .exactOptional(),
  payloadBase64: z.string(),
});

/** Time of receipt and hash of a file's name; undefined for files that are none of ours. */
export function parseName(
  file: string,
): { readonly receivedAtMs: number; readonly hash: string } | undefined {
  const [, time, hash] = NAME.exec(file) ?? [];
  return hash === undefined ? undefined : { receivedAtMs: Number(time), hash };
}

/** The same for the same topic, bytes and refused events, whenever they came: 32 hexadecimal digits. */
export function hashOf({ topic, payload, events = [] }: QuarantinedMessage): string {
  return createHash('sha256')
    .update(topic)
    .update('\0')
    .update(payload)
    .update('\0')
    .update(JSON.stringify(events.map(({ position, reason, detail }) => ({ position, reason, detail }))))
    .digest('hex')
    .slice(0, 32);
}

/** Sorts by time of receipt. */
export function nameOf(message: QuarantinedMessage): string {
  return `${String(message.receivedAtMs).padStart(15, '0')}-${hashOf(message)}.json`;
}

/** What is put aside of a batch of which some events were refused. Throws RangeError without events. */
export function refusedEvents<E extends QuarantinedEvent>(
  { topic, payload, receivedAtMs }: Pick<QuarantinedMessage, 'topic' | 'payload' | 'receivedAtMs'>,
  events: readonly E[],
) {
  const [first] = events;
  if (!first) throw new RangeError('expected at least one refused event');
  const detail = `${events.length} of the batch's events; first: event ${first.position}: ${first.detail}`;
  return { topic, payload, receivedAtMs, reason: first.reason as E['reason'], detail, events };
}

/** Resolves with name and size when the message is safely on disk. Throws QuarantineError. */
export async function writeQuarantined(
  directory: string,
  message: QuarantinedMessage,
): Promise<{ readonly file: string; readonly bytes: number }> {
  const { payload, ...facts } = message;
  const text = `${JSON.stringify({ ...facts, payloadBase64: Buffer.from(payload).toString('base64') })}\n`;
  const file = nameOf(message);
  try {
    await replaceFile(join(directory, file), text, READABLE_BY_GROUP);
  } catch (cause) {
    throw unusable(directory, cause);
  }
  return { file, bytes: Buffer.byteLength(text) };
}

/** Throws QuarantineFileError for what is no whole file of a quarantine, and errors of the file system as they are. */
export async function readQuarantined(path: string): Promise<QuarantinedMessage> {
  const text = await readFile(path, 'utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    const ends = text.endsWith('\n') ? 'damaged' : 'cut off';
    throw new QuarantineFileError(`${path} is ${ends}: expected one line of JSON`, { cause });
  }
  const { data, error } = factsSchema.safeParse(json);
  if (!data) {
    const [issue] = error.issues;
    const where = issue?.path.join('.') || 'the whole';
    throw new QuarantineFileError(`${path} is no message in quarantine: ${where}: ${issue?.message}`);
  }
  const { payloadBase64, ...facts } = data;
  const message = { ...facts, payload: Buffer.from(payloadBase64, 'base64') };
  const hash = parseName(basename(path))?.hash;
  if (hash !== undefined && hash !== hashOf(message)) {
    throw new QuarantineFileError(`${path} is damaged or was changed: its content does not fit its name`);
  }
  return message;
}

/** False when somebody else took it away before. Throws QuarantineError. */
export async function removeQuarantined(directory: string, file: string): Promise<boolean> {
  try {
    await unlink(join(directory, file));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw unusable(directory, error);
  }
}

export function unusable(directory: string, cause: unknown): QuarantineError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new QuarantineError(
    `cannot write to the quarantine directory ${directory}: ${why}; make room or rights there`,
    { cause },
  );
}
