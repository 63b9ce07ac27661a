// `ngatu quarantine list`: what lies in a quarantine, as a table or as JSON.

import type { QuarantineEntry, QuarantineListing } from '../central-collector/ingest/quarantine-folder.ts';
import { many } from '../config/problems.ts';
import { harmless, sizeText, timeText } from './quarantine-words.ts';
import { printTable } from './table.ts';

export type ShownListing = QuarantineListing & {
  readonly directory: string;
  /** Messages in the folder, those left out included. */
  readonly of: number;
  readonly json: boolean;
};

export function printListing(listing: ShownListing): void {
  if (listing.json) printJson(listing);
  else printText(listing);
}

/** To standard error: a table or JSON on standard output stays whole. */
export function printUnreadable(unreadable: QuarantineListing['unreadable']): void {
  for (const { problem } of unreadable) console.error(harmless(problem));
}

function printText({ directory, entries, unreadable, of }: ShownListing): void {
  if (entries.length > 0) {
    printTable(['id', 'received', 'agent', 'reason', 'events', 'size'], entries.map(rowOf));
    console.log();
  }
  printUnreadable(unreadable);
  const left = of === entries.length ? '' : ` of ${of}`;
  if (of === 0) console.log(`the quarantine ${directory} is empty`);
  else {
    const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
    console.log(`${many(entries.length, 'message')}${left}, ${sizeText(bytes)} in all`);
  }
  for (const [reason, n] of totalsOf(entries)) console.log(`  ${String(n).padStart(6)}  ${harmless(reason)}`);
  if (unreadable.length > 0) console.log(`${many(unreadable.length, 'file')} cannot be read, see above`);
}

function rowOf({ id, receivedAtMs, sender, topic, reasons, events, bytes }: QuarantineEntry): string[] {
  const who = sender ? `${sender.site}/${sender.agent}` : topic.slice(0, 40);
  return [
    id,
    timeText(receivedAtMs),
    who,
    reasons.join(','),
    events?.toString() ?? 'all',
    sizeText(bytes),
  ].map(
    // A topic is a stranger's text.
    (cell) => harmless(cell).replace(/\s+/g, ' '),
  );
}

function printJson({ directory, entries, unreadable }: ShownListing): void {
  const messages = entries.map(({ receivedAtMs, sender, events, ...rest }) => ({
    ...rest,
    receivedAt: new Date(receivedAtMs).toISOString(),
    ...(sender ?? {}),
    events: events ?? null,
  }));
  const totals = Object.fromEntries(totalsOf(entries));
  process.stdout.write(`${JSON.stringify({ directory, messages, totals, unreadable }, undefined, 2)}\n`);
}

/** Messages by reason, most first; one with events refused for two reasons counts for both. */
function totalsOf(entries: readonly QuarantineEntry[]): [string, number][] {
  const totals = new Map<string, number>();
  for (const reason of entries.flatMap(({ reasons }) => reasons))
    totals.set(reason, (totals.get(reason) ?? 0) + 1);
  return [...totals].sort(([, a], [, b]) => b - a);
}
