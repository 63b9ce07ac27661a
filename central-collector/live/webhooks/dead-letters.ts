// Events that receivers did not take: kept until somebody sends them again, the oldest go when there are too many. What is
// known of them is in memory, their text in the database.

import type { DeadLetterAnswer } from '../../api/schemas/stream.ts';
import type { EventLog, StateChange } from '../event-log.ts';
import { type DeadLetter, MAX_DEAD_LETTERS, WEBHOOK_KEYS } from './webhook.ts';

export class DeadLetters {
  readonly #log: EventLog;
  /** By webhook, then event, oldest first. */
  readonly #known = new Map<string, Map<string, DeadLetterAnswer>>();

  constructor(log: EventLog) {
    this.#log = log;
  }

  async open(): Promise<void> {
    const stored = await this.#log.state(WEBHOOK_KEYS.dead);
    const letters = stored.map(([key, text]) => ({
      webhook: key.slice(0, key.indexOf('!')),
      letter: letterIn(text),
    }));
    letters.sort((a, b) => a.letter.atMs - b.letter.atMs);
    for (const { webhook, letter } of letters) this.#of(webhook).set(letter.id, answerOf(letter));
  }

  count(webhook: string): number {
    return this.#known.get(webhook)?.size ?? 0;
  }

  list(webhook: string): DeadLetterAnswer[] {
    return [...(this.#known.get(webhook)?.values() ?? [])];
  }

  async get(webhook: string, event: string): Promise<DeadLetter | undefined> {
    const text = await this.#log.valueOf(keyOf(webhook, event));
    return text === undefined ? undefined : letterIn(text);
  }

  /** What is to be stored for it. */
  add(webhook: string, letter: DeadLetter): StateChange[] {
    const known = this.#of(webhook);
    const changes: StateChange[] = [{ key: keyOf(webhook, letter.id), value: JSON.stringify(letter) }];
    known.set(letter.id, answerOf(letter));
    for (const oldest of known.keys()) {
      if (known.size <= MAX_DEAD_LETTERS) break;
      known.delete(oldest);
      changes.push({ key: keyOf(webhook, oldest), value: undefined });
    }
    return changes;
  }

  take(webhook: string, event: string): StateChange[] {
    this.#known.get(webhook)?.delete(event);
    return [{ key: keyOf(webhook, event), value: undefined }];
  }

  forget(webhook: string): StateChange[] {
    const changes = this.list(webhook).map(({ id }) => ({ key: keyOf(webhook, id), value: undefined }));
    this.#known.delete(webhook);
    return changes;
  }

  #of(webhook: string): Map<string, DeadLetterAnswer> {
    const known = this.#known.get(webhook) ?? new Map<string, DeadLetterAnswer>();
    this.#known.set(webhook, known);
    return known;
  }
}

function keyOf(webhook: string, event: string): string {
  return `${WEBHOOK_KEYS.dead}${webhook}!${event}`;
}

function letterIn(text: string): DeadLetter {
  return JSON.parse(text);
}

function answerOf({ id, body, atMs, attempts, why }: DeadLetter): DeadLetterAnswer {
  const { type, subject } = JSON.parse(body) as { type: string; subject?: string };
  return { id, type, subject: subject ?? null, at: new Date(atMs).toISOString(), attempts, why };
}
