// What the centre asks, from the command topic to the answer on the reply topic. Every command that can be read is
// answered, once for each time that it comes, and done once.

import type { Logger } from 'pino';
import {
  CONTRACT_VERSION,
  type Command,
  type CommandName,
  type CommandProblem,
  commandHeadSchema,
  commandSchema,
  type Refusal,
  type Reply,
  type ResultOf,
} from '../../contract/index.ts';
import { within } from '../abortable-wait.ts';
import { RefusedCommand } from './refusal.ts';

export type Handlers = {
  readonly [N in CommandName]: (command: Extract<Command, { name: N }>) => Promise<ResultOf<N>>;
};

export type CommandInboxOptions = {
  readonly agent: string;
  readonly handlers: Handlers;
  /** Rejects when it cannot be sent now. */
  readonly send: (payload: string, expiryS: number) => Promise<void>;
  /** UTC, ms. */
  readonly now: () => number;
  /** This clock minus the centre's, ms; undefined while that is not known. */
  readonly clockOffsetMs: () => number | undefined;
  readonly logger: Logger;
};

/** Those that change something, one after the other; what only looks does not wait for them. */
const CHANGES: readonly CommandName[] = ['set-configuration', 'reload'];

/** Commands that may wait behind one that is being done, in each of the two lines. */
const MAX_WAITING = 16;

/** Answers kept for a command that comes again, and for a link that is away; larger ones are made anew. */
const KEPT_ANSWERS = 100;
const MAX_KEPT_BYTES = 16 * 1024;

/** Nobody waits longer for an answer; the broker throws it away then. */
const ANSWER_EXPIRY_S = 300;

/** Closing waits so long for the command that is being done, ms. */
const CLOSE_MS = 1000;

type Known = { answer: string | undefined };

export class CommandInbox {
  readonly #options: CommandInboxOptions;
  readonly #known = new Map<string, Known>();
  readonly #lines = {
    look: { waiting: 0, tail: Promise.resolve() },
    change: { waiting: 0, tail: Promise.resolve() },
  };
  #unsent: { readonly payload: string; readonly untilMs: number }[] = [];
  #closed = false;

  constructor(options: CommandInboxOptions) {
    this.#options = options;
  }

  /** Takes a message of the command topic. Returns at once, never throws. */
  receive(payload: Buffer): void {
    if (this.#closed) return;
    const value = jsonOf(payload);
    const head = commandHeadSchema.safeParse(value).data;
    if (head === undefined) {
      this.#options.logger.warn({ bytes: payload.length }, 'a message that is no command is ignored');
      return;
    }
    const known = this.#known.get(head.id);
    if (known !== undefined) {
      // Still being done: it is answered then.
      if (known.answer !== undefined) this.#send(known.answer);
      return;
    }
    const { data: command, error } = commandSchema.safeParse(value);
    if (command === undefined) {
      this.#refuse(head.id, ...whyNot(head, error.issues));
      return;
    }
    const line = this.#lines[CHANGES.includes(command.name) ? 'change' : 'look'];
    if (line.waiting >= MAX_WAITING) {
      this.#refuse(command.id, 'busy', 'too many commands are waiting; ask again in a moment');
      return;
    }
    this.#remember(command.id);
    line.waiting += 1;
    line.tail = line.tail
      .then(() => this.#do(command))
      .finally(() => {
        line.waiting -= 1;
      });
  }

  /** There is a connection again: sends the answers that it was away for. */
  connected(): void {
    const unsent = this.#unsent;
    this.#unsent = [];
    for (const { payload, untilMs } of unsent) if (untilMs > this.#options.now()) this.#send(payload);
  }

  /** Runs work in line with the commands that change something. */
  inLine<T>(work: () => Promise<T>): Promise<T> {
    const { change } = this.#lines;
    const done = change.tail.then(work);
    change.tail = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  }

  /** Takes no more; waits a moment for what is being done. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await within(CLOSE_MS, Promise.all([this.#lines.look.tail, this.#lines.change.tail]));
  }

  async #do(command: Command): Promise<void> {
    const { logger, handlers } = this.#options;
    const told = { command: command.name, id: command.id };
    if (this.#closed) return;
    try {
      this.#checkExpiry(command);
      // The table has for each name the function that takes it.
      const handle = handlers[command.name] as (command: Command) => Promise<ResultOf<CommandName>>;
      const result = await handle(command);
      logger.info(told, 'did what the centre asked for');
      this.#answer(command.id, { ok: true, result });
    } catch (error) {
      const refused =
        error instanceof RefusedCommand
          ? error
          : new RefusedCommand('failed', 'the agent failed at it; its log tells more', { cause: error });
      const err = refused === error ? {} : { err: error };
      logger.warn(
        { ...told, ...err, code: refused.code, problem: refused.message },
        'refused what the centre asked',
      );
      this.#refuse(command.id, refused.code, refused.problems);
    }
  }

  #checkExpiry({ expiresAtMs }: Command): void {
    const { now, clockOffsetMs } = this.#options;
    const lateMs = now() - (clockOffsetMs() ?? 0) - expiresAtMs;
    if (lateMs <= 0) return;
    throw new RefusedCommand(
      'expired',
      `the command came ${Math.ceil(lateMs / 1000)} s after its end, by the clock of the box: if that is often so, check the clock`,
    );
  }

  #refuse(id: string, code: Refusal, problems: string | readonly CommandProblem[]): void {
    const told = typeof problems === 'string' ? [{ path: '', message: problems }] : [...problems];
    this.#answer(id, { ok: false, code, problems: told });
  }

  #answer(id: string, what: Pick<Reply, 'ok' | 'result' | 'code' | 'problems'>): void {
    const { agent, now } = this.#options;
    const reply: Reply = { v: CONTRACT_VERSION, id, agent, atMs: Math.round(now()), ...what };
    const payload = JSON.stringify(reply);
    this.#remember(id);
    const known = this.#known.get(id);
    if (Buffer.byteLength(payload) <= MAX_KEPT_BYTES && known) known.answer = payload;
    else this.#known.delete(id);
    this.#send(payload);
  }

  #send(payload: string): void {
    const { send, logger, now } = this.#options;
    send(payload, ANSWER_EXPIRY_S).catch((error: unknown) => {
      logger.debug({ err: error }, 'an answer could not be sent');
      if (Buffer.byteLength(payload) > MAX_KEPT_BYTES || this.#unsent.length >= KEPT_ANSWERS) return;
      this.#unsent.push({ payload, untilMs: now() + ANSWER_EXPIRY_S * 1000 });
    });
  }

  #remember(id: string): void {
    if (!this.#known.has(id)) this.#known.set(id, { answer: undefined });
    for (const [old, { answer }] of this.#known) {
      if (this.#known.size <= KEPT_ANSWERS) break;
      // One that is still being done stays.
      if (answer !== undefined) this.#known.delete(old);
    }
  }
}

function jsonOf(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch {
    return undefined;
  }
}

const NAMES: ReadonlySet<string> = new Set(commandSchema.options.map(({ shape }) => shape.name.value));

function whyNot(
  { v, name }: { readonly v: number; readonly name: string },
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): [Refusal, readonly CommandProblem[]] {
  if (v !== CONTRACT_VERSION || !NAMES.has(name)) {
    const message = `this agent does not know ${v === CONTRACT_VERSION ? `the command "${name}"` : `version ${v} of the messages`}: update it`;
    return ['unknown-command', [{ path: '', message }]];
  }
  return ['invalid', issues.slice(0, 20).map(({ path, message }) => ({ path: path.join('.'), message }))];
}
