// A simulated agent as the run sees it: a process with an outbox on a disk of its own, told how far to go.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentOrder, AgentReport, AgentSettings } from './agent-program.ts';
import { Supervised } from './supervised.ts';

export type AgentProcessOptions = Omit<AgentSettings, 'clockOffsetMs'> & {
  readonly name: string;
  readonly logFile: string;
  readonly onTrouble: (what: string) => void;
};

const PROGRAM = join(import.meta.dirname, 'agent-program.js');
/** More than the 5 s that a publisher may take to close. */
const STOP_TIMEOUT_MS = 15_000;

export class AgentProcess {
  readonly #options: AgentProcessOptions;
  readonly process: Supervised<{ pid: number; exited: Promise<unknown>; stop(): Promise<unknown> }>;
  #child: ChildProcess | undefined;
  #clockOffsetMs = 0;
  #goal = 0;
  /** The latest of the process that runs; undefined until it has reported. */
  report: AgentReport | undefined;
  /** Events of all lives that are confirmed; of those that are not, a whole batch counts as one. */
  confirmed = 0;
  /** Of all lives, as far as they were reported. */
  readonly totals = { sent: 0, resent: 0 };

  constructor(options: AgentProcessOptions) {
    this.#options = options;
    const { name, onTrouble } = options;
    this.process = new Supervised({ name, onTrouble, start: () => this.#start() });
  }

  get name(): string {
    return this.#options.name;
  }

  get journal(): string {
    return this.#options.journal;
  }

  /** Has it publish its events up to this index. */
  order(goal: number): void {
    this.#goal = goal;
    this.#tell();
  }

  /** Its clock is wrong by this from now on, also after restarts. */
  setClock(offsetMs: number): void {
    this.#clockOffsetMs = offsetMs;
    this.#tell();
  }

  /** Everything up to `goal` is on disk, and all of it has been confirmed. */
  isDone(goal: number): boolean {
    const { report } = this;
    return report?.published === goal && report.waiting === 0 && report.batches === 0;
  }

  /** kill -9 in the middle of a write. */
  killInWrite(afterMs: number): Promise<void> {
    return this.process.kill(() => this.#tell({ dieInWriteMs: afterMs }));
  }

  #tell(more: Pick<AgentOrder, 'dieInWriteMs'> = {}): void {
    const order: AgentOrder = { goal: this.#goal, clockOffsetMs: this.#clockOffsetMs, ...more };
    if (this.#child?.connected) this.#child.send(order, () => undefined);
  }

  async #start() {
    const { seed, agent, mqttUrl, outbox, journal, logFile } = this.#options;
    const settings: AgentSettings = {
      ...{ seed, agent, mqttUrl, outbox, journal },
      clockOffsetMs: this.#clockOffsetMs,
    };
    const log = openSync(logFile, 'a');
    const child = spawn(process.execPath, [PROGRAM, JSON.stringify(settings)], {
      // Ctrl-C in the terminal is for the run alone.
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    const exited = new Promise<unknown>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
      child.once('error', (error) => resolve({ error: error.message }));
    });
    this.#child = child;
    this.report = undefined;
    let before = { sent: 0, resent: 0 };
    child.on('message', (report: AgentReport) => {
      if (this.#child !== child) return;
      this.report = report;
      if (report.published !== undefined) {
        this.confirmed = Math.max(this.confirmed, report.published - report.waiting - report.batches);
      }
      this.totals.sent += report.sent - before.sent;
      this.totals.resent += report.resent - before.resent;
      before = report;
    });
    this.#tell();
    const { pid } = child;
    if (pid === undefined)
      throw new Error(`the agent's process was not made: ${JSON.stringify(await exited)}`);
    const stop = async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(timer);
    };
    return { pid, exited, stop };
  }
}
