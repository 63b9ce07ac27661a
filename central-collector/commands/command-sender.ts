// Asks boxes over MQTT and finds the answer that belongs to each question. A question has an end: after it nobody waits for it
// any more, and neither broker nor box act on it.

import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import {
  type AgentAddress,
  CONTRACT_VERSION,
  type Command,
  type CommandName,
  parseTopic,
  type Reply,
  type ResultOf,
  replySchema,
  topicOf,
} from '../../contract/index.ts';
import { CommandsError, refusedBy } from './commands-error.ts';

/** A connection to the broker that hears all agents' replies. */
export type CommandLink = {
  /**
   * At QoS 1; the broker throws it away after `expiryS`. `nobody`: the broker knows that no box listens there;
   * `away`: there is no connection.
   */
  publish(topic: string, payload: string, expiryS: number): Promise<'taken' | 'nobody' | 'away'>;
};

/** A command without what the sender adds. */
export type Question = {
  [N in CommandName]: Omit<Extract<Command, { name: N }>, 'v' | 'id' | 'expiresAtMs'>;
}[CommandName];

export type CommandSenderOptions = {
  /** What is known of a box. */
  readonly presence: (box: AgentAddress) => 'online' | 'offline' | 'unknown';
  readonly log: Logger;
  readonly now?: () => number;
};

/** How long an answer may take, ms: a change is tried for 20 s, and a camera takes a while to close and connect. */
const ANSWER_WITHIN_MS: Readonly<Record<CommandName, number>> = {
  snapshot: 20_000,
  evidence: 20_000,
  'get-configuration': 10_000,
  'set-configuration': 60_000,
  reload: 60_000,
  trajectories: 10_000,
  'slit-scan': 20_000,
};

/** Questions that wait for an answer; of one box, and of all. */
const MAX_OF_BOX = 20;
const MAX_OF_ALL = 1000;

type Waiting = {
  readonly box: string;
  readonly name: CommandName;
  readonly settle: (reply: Reply | CommandsError) => void;
};

export class CommandSender {
  readonly #options: CommandSenderOptions;
  readonly #now: () => number;
  readonly #waiting = new Map<string, Waiting>();
  #link: CommandLink | undefined;
  #closed = false;
  readonly counts = { commands_sent: 0, commands_unanswered: 0, commands_refused: 0 };

  constructor(options: CommandSenderOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** From now on questions go there. */
  attach(link: CommandLink): void {
    this.#link = link;
  }

  /** Rejects with a CommandsError. */
  async ask<Q extends Question>(
    box: AgentAddress,
    question: Q,
    withinMs = ANSWER_WITHIN_MS[question.name],
  ): Promise<ResultOf<Q['name']>> {
    const name = `${box.site}/${box.agent}`;
    if (this.#options.presence(box) === 'offline') throw new CommandsError('unavailable', offline(name));
    const ofBox = [...this.#waiting.values()].filter((waiting) => waiting.box === name).length;
    if (ofBox >= MAX_OF_BOX || this.#waiting.size >= MAX_OF_ALL || this.#closed) {
      throw new CommandsError(
        'unavailable',
        `${name} is being asked too much at once; try again in a moment`,
      );
    }
    const id = randomUUID();
    const answer = this.#answerTo(id, name, question.name, withinMs);
    const expiresAtMs = Math.round(this.#now() + withinMs);
    const command = { v: CONTRACT_VERSION, id, expiresAtMs, ...question };
    // Awaited below; it may fail while the broker still takes the question.
    answer.catch(() => undefined);
    await this.#publish(box, name, id, JSON.stringify(command), withinMs);
    const { result, code, problems = [] } = await answer;
    if (result?.name === question.name) return result as ResultOf<Q['name']>;
    this.counts.commands_refused += 1;
    throw refusedBy(name, code ?? 'failed', problems);
  }

  /** Takes a message of a reply topic. Never throws. */
  receive(topic: string, payload: Uint8Array): void {
    const address = parseTopic(topic);
    if (address?.channel !== 'reply') return;
    const box = `${address.site}/${address.agent}`;
    const reply = readReply(payload);
    const waiting = reply && this.#waiting.get(reply.id);
    if (reply === undefined) this.#options.log.warn({ box }, 'an answer of a box cannot be read');
    // Another box cannot answer for this one.
    if (reply === undefined || waiting === undefined || waiting.box !== box || reply.agent !== address.agent)
      return;
    waiting.settle(reply);
  }

  /** Ends every wait. Idempotent. */
  close(): void {
    this.#closed = true;
    for (const { settle } of [...this.#waiting.values()]) {
      settle(new CommandsError('unavailable', 'the centre is stopping', { unanswered: true }));
    }
  }

  #answerTo(id: string, box: string, name: CommandName, withinMs: number): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.counts.commands_unanswered += 1;
        const seconds = Math.round(withinMs / 1000);
        const message = `${box} did not answer within ${seconds} s: it may be offline, or its link is very slow`;
        settle(new CommandsError('unavailable', message, { unanswered: true }));
      }, withinMs);
      const settle = (reply: Reply | CommandsError) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        if (reply instanceof CommandsError) reject(reply);
        else resolve(reply);
      };
      this.#waiting.set(id, { box, name, settle });
    });
  }

  async #publish(
    box: AgentAddress,
    name: string,
    id: string,
    payload: string,
    withinMs: number,
  ): Promise<void> {
    this.counts.commands_sent += 1;
    const sent = await (this.#link?.publish(topicOf(box, 'command'), payload, Math.ceil(withinMs / 1000)) ??
      'away');
    if (sent === 'taken') return;
    const why =
      sent === 'away'
        ? 'the centre has no connection to the broker at the moment'
        : `${name} does not listen at the broker: it is offline, or its software is too old to be asked`;
    this.#waiting.get(id)?.settle(new CommandsError('unavailable', why));
  }
}

function offline(box: string): string {
  return `${box} is offline: it can be asked when it is back`;
}

function readReply(payload: Uint8Array): Reply | undefined {
  try {
    return replySchema.parse(JSON.parse(Buffer.from(payload).toString('utf8')));
  } catch {
    return undefined;
  }
}
