// Frames that wait for a thread: bounded for each camera, taken in turn over the cameras, so that a fast or
// talkative camera cannot starve the others.

export class FairQueue<Item> {
  readonly #limitPerKey: number;
  /** Keys with waiting items; insertion order is the order of turns. */
  readonly #waiting = new Map<string, Item[]>();
  #size = 0;

  /** @param limitPerKey most items that one key may have waiting, at least 1. */
  constructor(limitPerKey: number) {
    this.#limitPerKey = limitPerKey;
  }

  get size(): number {
    return this.#size;
  }

  /** Appends to the key's line; false, and nothing changed, when it is full. */
  add(key: string, item: Item): boolean {
    const line = this.#waiting.get(key) ?? [];
    if (line.length >= this.#limitPerKey) return false;
    line.push(item);
    this.#waiting.set(key, line);
    this.#size++;
    return true;
  }

  /** The oldest item of the key whose turn it is; the key then goes to the end of the round. */
  take(): Item | undefined {
    const turn = this.#waiting.entries().next();
    if (turn.done) return undefined;
    const [key, line] = turn.value;
    const item = line.shift();
    this.#size--;
    this.#waiting.delete(key);
    if (line.length > 0) this.#waiting.set(key, line);
    return item;
  }

  /** Takes everything out, in turn. */
  drain(): Item[] {
    const items: Item[] = [];
    for (let item = this.take(); item !== undefined; item = this.take()) items.push(item);
    return items;
  }
}
