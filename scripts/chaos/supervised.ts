// A process of the run that may be ended, paused and started again, and that nobody but the run ends: one that ends by
// itself is told, and started again.

export type Started = {
  readonly pid: number;
  /** Resolves when the process has ended. */
  readonly exited: Promise<unknown>;
  /** SIGTERM, and after a while SIGKILL. */
  stop(): Promise<unknown>;
};

export type SupervisedOptions<T extends Started> = {
  readonly name: string;
  readonly start: () => Promise<T>;
  /** Called with what is known of an end or a start that nobody ordered. */
  readonly onTrouble: (what: string) => void;
};

/** Tries to start it, each with what the last one left behind. */
const MOST_STARTS = 3;
const ITSELF_MS = 1000;

export class Supervised<T extends Started> {
  readonly #options: SupervisedOptions<T>;
  #running: T | undefined;
  #starting: Promise<void> | undefined;
  #paused = false;
  #over = false;
  /** Most memory that any of its lives had, bytes. */
  peakBytes = 0;

  constructor(options: SupervisedOptions<T>) {
    this.#options = options;
  }

  get running(): T | undefined {
    return this.#running;
  }

  /** Starts it if it does not run. */
  start(): Promise<void> {
    if (this.#running || this.#over) return Promise.resolve();
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  /** kill -9 for good, also of one that is being started. */
  async end(): Promise<void> {
    this.#over = true;
    await this.kill();
    await this.#starting?.catch(() => undefined);
    await this.kill();
  }

  /** kill -9; with `itself`, the process is first asked to do so at a moment of its own, and given a second. */
  async kill(itself?: () => void): Promise<void> {
    const running = this.#take();
    if (!running) return;
    itself?.();
    const timer = setTimeout(() => signal(running.pid, 'SIGKILL'), itself ? ITSELF_MS : 0);
    await running.exited;
    clearTimeout(timer);
  }

  /** SIGTERM, as an operator or the system would. */
  async stop(): Promise<void> {
    this.resume();
    await this.#take()?.stop();
  }

  pause(): void {
    if (!this.#running) return;
    this.#paused = true;
    signal(this.#running.pid, 'SIGSTOP');
  }

  resume(): void {
    if (!this.#running || !this.#paused) return;
    this.#paused = false;
    signal(this.#running.pid, 'SIGCONT');
  }

  async #start(): Promise<void> {
    const { name, start, onTrouble } = this.#options;
    for (let attempt = 1; !this.#over; attempt += 1) {
      try {
        const running = await start();
        this.#running = running;
        running.exited.then((exit) => this.#ended(running, exit)).catch(() => undefined);
        return;
      } catch (error) {
        onTrouble(`${name} did not start: ${(error as Error).message}`);
        if (attempt >= MOST_STARTS) throw error;
      }
    }
  }

  #take(): T | undefined {
    const running = this.#running;
    this.#running = undefined;
    this.#paused = false;
    return running;
  }

  #ended(running: T, exit: unknown): void {
    if (this.#running !== running) return;
    this.#take();
    const { name, onTrouble } = this.#options;
    onTrouble(`${name} ended by itself: ${JSON.stringify(exit)}`);
    this.start().catch(() => undefined);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // It has ended in this very moment.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
