// Verdicts on this machine's disk: the first place where each stands, before anybody is told of it. From here they go to
// the database and to the stream; what was not done when the collector ended is done when it starts again.

import { ClassicLevel } from 'classic-level';
import { makePrivateFolder } from '../durable-file.ts';
import { IncidentsError } from './incidents-error.ts';
import { byOrder, mergedVerdicts, type Verdict, verdictSchema } from './verdict.ts';

/** What is still to be done with a verdict. */
export const CHORES = ['store', 'tell'] as const;
export type Chore = (typeof CHORES)[number];

/** What is done and older than that stands in the database alone. */
export const KEPT_MS = 60 * 86_400_000;

/**
 * Keys: `verdict!NUMBER` holds the verdict, `store!NUMBER` and `tell!NUMBER` are there while that is to be done. One
 * batch writes all three.
 */
export class VerdictLog {
  readonly #directory: string;
  readonly #level: ClassicLevel<string, string>;
  readonly #byIncident = new Map<string, Verdict[]>();
  readonly #byKey = new Map<string, Verdict>();
  readonly #open: Readonly<Record<Chore, Map<number, Verdict>>> = { store: new Map(), tell: new Map() };
  #last = { number: 0, atMs: 0 };

  constructor(directory: string) {
    this.#directory = directory;
    this.#level = new ClassicLevel(directory, { cacheSize: 1024 * 1024 });
  }

  /** Reads what is kept, and lets go what is older than `KEPT_MS`. Throws IncidentsError. */
  async open(nowMs: number): Promise<void> {
    try {
      await makePrivateFolder(this.#directory);
      await this.#level.open();
      const old: string[] = [];
      const kept: Verdict[] = [];
      for await (const [key, value] of this.#level.iterator(rangeOf('verdict'))) {
        const verdict = verdictSchema.parse(JSON.parse(value));
        this.#last = { number: verdict.number, atMs: Math.max(verdict.atMs, this.#last.atMs) };
        if (verdict.atMs < nowMs - KEPT_MS) old.push(key);
        else kept.push(verdict);
      }
      for (const verdict of kept) this.#remember(verdict);
      const byNumber = new Map(kept.map((verdict) => [verdict.number, verdict]));
      for (const chore of CHORES) {
        for await (const key of this.#level.keys(rangeOf(chore))) {
          const number = Number(key.slice(chore.length + 1));
          const verdict = byNumber.get(number) ?? (await this.#read(number));
          if (verdict !== undefined) this.#open[chore].set(number, verdict);
        }
      }
      await this.#level.batch(old.filter((key) => !this.#isOpen(key)).map((key) => ({ type: 'del', key })));
    } catch (cause) {
      await this.close();
      throw this.#unusable(cause);
    }
  }

  /** Of the box's own id of an incident, in order. */
  on(incident: string): readonly Verdict[] {
    return this.#byIncident.get(incident) ?? [];
  }

  /** The verdict that this user gave with this key. */
  withKey(by: string, key: string): Verdict | undefined {
    return this.#byKey.get(keyOf(by, key));
  }

  /** Those with which something is to be done, in order. */
  undone(chore: Chore): Verdict[] {
    return [...this.#open[chore].values()].sort(byOrder);
  }

  /** All that are kept, for those who have lost sight of an incident. */
  get all(): readonly Verdict[] {
    return [...this.#byIncident.values()].flat();
  }

  /**
   * Resolves when the disk has it. Its number follows on the last one, its time never goes back. Not to be called again
   * before it has resolved. Throws IncidentsError `unavailable` when the disk does not take it.
   */
  async append(said: Omit<Verdict, 'number'>): Promise<Verdict> {
    const number = this.#last.number + 1;
    const verdict = { ...said, number, atMs: Math.max(said.atMs, this.#last.atMs) };
    try {
      await this.#level.batch(
        [
          { type: 'put', key: nameOf('verdict', number), value: JSON.stringify(verdict) },
          ...CHORES.map((chore) => ({ type: 'put', key: nameOf(chore, number), value: '' }) as const),
        ],
        { sync: true },
      );
    } catch (cause) {
      throw new IncidentsError(
        'unavailable',
        `the verdict could not be written to ${this.#directory}: ${whyOf(cause)}; nothing was done`,
        { cause },
      );
    }
    this.#last = { number, atMs: verdict.atMs };
    this.#remember(verdict);
    for (const chore of CHORES) this.#open[chore].set(number, verdict);
    return verdict;
  }

  /** A crash before this is on disk has it done again, which is harmless. */
  async done(chore: Chore, verdicts: readonly Verdict[]): Promise<void> {
    for (const { number } of verdicts) this.#open[chore].delete(number);
    await this.#level.batch(verdicts.map(({ number }) => ({ type: 'del', key: nameOf(chore, number) })));
  }

  /** Idempotent. */
  async close(): Promise<void> {
    await this.#level.close();
  }

  async #read(number: number): Promise<Verdict | undefined> {
    const value = await this.#level.get(nameOf('verdict', number));
    return value === undefined ? undefined : verdictSchema.parse(JSON.parse(value));
  }

  #isOpen(key: string): boolean {
    const number = Number(key.slice('verdict!'.length));
    return CHORES.some((chore) => this.#open[chore].has(number));
  }

  #remember(verdict: Verdict): void {
    const { incident, by, key } = verdict;
    this.#byIncident.set(incident, mergedVerdicts(this.#byIncident.get(incident) ?? [], [verdict]));
    if (key !== undefined) this.#byKey.set(keyOf(by, key), verdict);
  }

  #unusable(cause: unknown): IncidentsError {
    const locked = codesOf(cause).includes('LEVEL_LOCKED');
    const what = locked ? 'another collector uses it' : whyOf(cause);
    return new IncidentsError(
      'unusable',
      `the operators' verdicts in ${this.#directory} cannot be opened: ${what}; ${
        locked
          ? 'stop that one, or give this one a centre.directory of its own'
          : 'make room or rights there, or move the folder away: verdicts that InfluxDB has are read from there'
      }`,
      { cause },
    );
  }
}

function rangeOf(word: string): { gte: string; lt: string } {
  return { gte: `${word}!`, lt: `${word}"` };
}

function nameOf(word: string, number: number): string {
  return `${word}!${String(number).padStart(16, '0')}`;
}

function keyOf(by: string, key: string): string {
  return `${by}\n${key}`;
}

/** classic-level wraps what LevelDB said. */
function whyOf(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: unknown };
  return cause === undefined ? String(message ?? error) : `${message}: ${whyOf(cause)}`;
}

function codesOf(error: unknown): string[] {
  if (typeof error !== 'object' || error === null) return [];
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return [...(typeof code === 'string' ? [code] : []), ...codesOf(cause)];
}
