// `ngatu quarantine show`: one message of the quarantine, for people or byte for byte.

import { isUtf8 } from 'node:buffer';
import { type QuarantinedMessage, readQuarantined } from '../central-collector/ingest/quarantine-file.ts';
import type { QuarantineEntry } from '../central-collector/ingest/quarantine-folder.ts';
import { rehearsal } from '../central-collector/replay.ts';
import { harmless, meaningOf } from './quarantine-words.ts';

/** What a screen bears; --raw gives all of it. */
const MAX_LINES = 120;
const MAX_LINE_LENGTH = 400;
const MAX_EVENTS = 20;

/** Prints the message of `path`. Throws QuarantineFileError. */
export async function showMessage(path: string, entry: QuarantineEntry, raw: boolean): Promise<void> {
  const message = await readQuarantined(path);
  if (raw) {
    await written(message.payload);
    return;
  }
  const { topic, receivedAtMs, payload, reason, detail, events } = message;
  const { means, helps } = meaningOf(reason);
  const facts: [string, string][] = [
    ['id', entry.id],
    ['file', entry.file],
    ['received', new Date(receivedAtMs).toISOString()],
    ['topic', topic],
    ['size', `${payload.byteLength} bytes`],
    [
      'refused',
      events ? `${events.length} of the batch's events; the others are stored` : 'the whole message',
    ],
    ['reason', `${reason}: ${means}`],
    ['detail', detail],
    ['what helps', helps],
    ['replay', await forecast(message)],
  ];
  for (const [name, text] of facts) console.log(`${name.padEnd(11)}${shortened(harmless(text))}`);
  const json = jsonOf(payload);
  if (events) showEvents(events, json);
  console.log('\nAs it came:');
  console.log(bodyText(payload, json));
}

async function forecast(message: QuarantinedMessage): Promise<string> {
  const outcome = await rehearsal().message(message);
  if (outcome.kind === 'stored') return `would store it now: ${outcome.what}`;
  const { reason, detail, events } = outcome;
  return `would ${events > 0 ? `store ${events} of its events` : 'not store it'} now: ${reason}: ${detail}`;
}

function showEvents(events: NonNullable<QuarantinedMessage['events']>, json: unknown): void {
  console.log('\nEvents that were refused, numbered from 0 in their batch:');
  const all = (json as { events?: unknown } | undefined)?.events;
  for (const { position, reason, detail } of events.slice(0, MAX_EVENTS)) {
    console.log(`  ${position}: ${reason}: ${shortened(harmless(detail))}`);
    const event = Array.isArray(all) ? oneLine(all[position]) : undefined;
    if (event !== undefined) console.log(`     ${shortened(harmless(event))}`);
  }
  if (events.length > MAX_EVENTS) console.log(`  … and ${events.length - MAX_EVENTS} more`);
}

function bodyText(payload: Uint8Array, json: unknown): string {
  if (payload.byteLength === 0) return '(nothing)';
  if (!isUtf8(payload)) return hexText(payload);
  const pretty = json === undefined ? undefined : stringified(json, 2);
  const lines = harmless(pretty ?? textOf(payload)).split('\n');
  const shown = lines.slice(0, MAX_LINES).map((line) => shortened(line));
  if (lines.length > MAX_LINES) shown.push(`… ${lines.length - MAX_LINES} more lines; --raw gives all of it`);
  return shown.join('\n');
}

function hexText(payload: Uint8Array): string {
  const shown = Buffer.from(payload.subarray(0, MAX_LINES * 4)).toString('hex');
  const lines = shown.match(/.{1,64}/g) ?? [];
  const more = payload.byteLength - shown.length / 2;
  return [...lines, ...(more > 0 ? [`… ${more} more bytes; --raw gives all of it`] : [])].join('\n');
}

/** The beginning of what would take too long to print anyway. */
function textOf(payload: Uint8Array): string {
  return Buffer.from(payload.subarray(0, MAX_LINES * MAX_LINE_LENGTH)).toString();
}

function jsonOf(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString());
  } catch {
    // No JSON: shown as text or as bytes.
    return undefined;
  }
}

function oneLine(value: unknown): string | undefined {
  return value === undefined ? undefined : stringified(value);
}

/** Undefined for what is nested too deeply to be written by a function that calls itself. */
function stringified(value: unknown, indent?: number): string | undefined {
  try {
    return JSON.stringify(value, undefined, indent);
  } catch {
    // RangeError: the stack.
    return undefined;
  }
}

function shortened(line: string): string {
  return line.length > MAX_LINE_LENGTH ? `${line.slice(0, MAX_LINE_LENGTH)}…` : line;
}

/** Exactly these bytes, all of them out before the process ends. */
function written(bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}
