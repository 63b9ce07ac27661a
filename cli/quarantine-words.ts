// What the reasons of the quarantine mean, and how messages of strangers are shown without harm to a terminal.

import type { RejectionReason } from '../central-collector/ingest/read-message.ts';

/** Reason → what it means, and what helps. */
const REASONS: Readonly<Record<RejectionReason, readonly [means: string, helps: string]>> = {
  'foreign-topic': ['it came on a topic that is none of ngatu', 'look who publishes there'],
  'too-large': [
    'it is larger than the 1 MiB that a collector takes',
    'replay stores it, if it is otherwise good',
  ],
  'not-utf8': ['it is no text in UTF-8', 'nothing: it was damaged, or made by something else'],
  'not-json': ['it is no JSON', 'nothing: it was damaged, or made by something else'],
  'newer-version': [
    'it was made by a newer agent than this collector knows',
    'upgrade the collector, then replay',
  ],
  'invalid-envelope': [
    'a field that every message has is missing or wrong',
    'upgrade, then replay; else report it',
  ],
  forged: [
    'it names another agent than the one whose topic it came on',
    'look into that agent; it is never stored',
  ],
  'unknown-type': [
    'an event of a type that this collector does not know',
    'upgrade the collector, then replay',
  ],
  'invalid-event': ['a field of an event is missing or wrong', 'upgrade, then replay; else report it'],
  'future-dated': [
    "it is dated more than an hour ahead of the collector's clock",
    'set the clock that is wrong, replay later',
  ],
  'past-dated': ['it is dated before 2020, by a clock that was not set', 'set the clock of the box'],
  'too-many-series': [
    'its agent used too many names of cameras, lines and zones',
    'raise limits.namesPerAgent if they are right, then replay',
  ],
  'store-refused': [
    'InfluxDB refused it for good, in the words below',
    'put right what InfluxDB says, then replay',
  ],
  failed: [
    'the collector itself failed on it',
    'report it; after an upgrade the agent sends it again, or replay',
  ],
};

export const KNOWN_REASONS = Object.keys(REASONS);

export function meaningOf(reason: string): { readonly means: string; readonly helps: string } {
  const [means, helps] = (REASONS as Readonly<Record<string, readonly [string, string]>>)[reason] ?? [
    'a newer collector put it here',
    'use the version that did',
  ];
  return { means, helps };
}

/**
 * Text that cannot steer a terminal: control characters (C0 but tab and newline, C1, DEL), and those that turn the direction
 * of writing or are invisible, become escapes.
 */
export function harmless(text: string): string {
  return text.replace(/[^\P{C}\t\n]|[\u2028\u2029]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** 1.2 KiB. */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

/** UTC, to the second. */
export function timeText(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
