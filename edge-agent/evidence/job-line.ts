// One piece of work at a time for the whole box: evidence must not take the cores from counting.

export class JobLine {
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Work that has not been done yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Runs the work when what was given before is done, whatever became of it. */
  run<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting += 1;
    const done = this.#tail.then(work).finally(() => {
      this.#waiting -= 1;
    });
    this.#tail = done.catch(() => undefined);
    return done;
  }
}
