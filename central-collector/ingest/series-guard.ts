// Bounds how many series one agent can make. Every combination of names that an agent sends becomes series in the
// database, which stay there: an agent that makes up names, by mistake or on purpose, would fill it for everybody.

import type { AgentAddress, TrafficEvent } from '../../contract/index.ts';
import type { ReadMessage, RejectedEvent } from './read-message.ts';

export type SeriesGuardOptions = {
  /**
   * Combinations of camera, line, direction and lane, of camera and zone, and of camera, entry and exit line that an agent
   * may use while this process runs. Each is at most 18 series. Default 10,000: a box with 64 cameras of 4 lines, 2
   * directions, 3 lanes, 8 zones and 16 movements each uses 5,000.
   */
  readonly maxPerAgent?: number | undefined;
  /** Remembered for all agents together, about 20 bytes each; the agent unheard of for longest is forgotten. Default 2,000,000. */
  readonly maxTotal?: number;
};

export class SeriesGuard {
  readonly #maxPerAgent: number;
  readonly #maxTotal: number;
  /** Hashes of names by agent, least recently heard first. */
  readonly #names = new Map<string, Set<number>>();
  /** Another for each process, so that nobody can make up names that are taken for known ones. */
  readonly #seed = Math.floor(Math.random() * 2 ** 32) | 0;
  #total = 0;

  constructor({ maxPerAgent = 10_000, maxTotal = 2_000_000 }: SeriesGuardOptions = {}) {
    this.#maxPerAgent = maxPerAgent;
    this.#maxTotal = maxTotal;
  }

  /** Combinations remembered. */
  get size(): number {
    return this.#total;
  }

  /** In words, for those who wonder why something was refused. */
  get limit(): string {
    return `this agent already used ${this.#maxPerAgent} combinations of names of cameras, lines and zones, which is limits.namesPerAgent`;
  }

  /** Whether the event's names are known or there is room for them; then they are known. */
  admits(agent: AgentAddress, event: TrafficEvent): boolean {
    switch (event.type) {
      case 'passage':
      case 'flow':
        return this.#admits(agent, [event.camera, event.line, event.direction, event.lane ?? '']);
      case 'zone':
        return this.#admits(agent, [event.camera, '', event.zone]);
      case 'journey':
        return this.#admits(agent, [event.camera, '', event.entryLine, event.exitLine]);
      case 'incident':
        return this.#admits(agent, [event.camera]);
    }
  }

  /** The same for all cameras of a status or health message. */
  admitsCameras(agent: AgentAddress, cameras: readonly { readonly camera: string }[]): boolean {
    return cameras.every(({ camera }) => this.#admits(agent, [camera]));
  }

  #admits({ site, agent }: AgentAddress, names: readonly string[]): boolean {
    const key = `${site}/${agent}`;
    let known = this.#names.get(key);
    if (!known) {
      known = new Set();
      this.#names.set(key, known);
    }
    const hash = this.#hash(names);
    if (known.has(hash)) return true;
    if (known.size >= this.#maxPerAgent) return false;
    known.add(hash);
    this.#total += 1;
    // Whoever sends new names was heard just now.
    this.#names.delete(key);
    this.#names.set(key, known);
    if (this.#total > this.#maxTotal) this.#forgetOldest();
    return true;
  }

  #forgetOldest(): void {
    const [oldest] = this.#names;
    if (!oldest || this.#names.size === 1) return;
    this.#names.delete(oldest[0]);
    this.#total -= oldest[1].size;
  }

  /** FNV-1a, 31 bits of it, which the engine keeps without a box. Two names alike in it count as one: no harm. */
  #hash(names: readonly string[]): number {
    let hash = this.#seed;
    for (const name of names) {
      for (let at = 0; at < name.length; at += 1) hash = Math.imul(hash ^ name.charCodeAt(at), 16_777_619);
      hash = Math.imul(hash ^ 0x2f, 16_777_619);
    }
    return hash >>> 1;
  }
}

/** The message without the events for whose names there is no room; these are refused. */
export function withinSeries(message: ReadMessage, guard: SeriesGuard | undefined): ReadMessage {
  if (!guard) return message;
  switch (message.kind) {
    case 'batch': {
      const { batch, rejected } = message;
      const excess = batch.events.filter(({ event }) => !guard.admits(batch, event));
      if (excess.length === 0) return message;
      const refused = excess.map(
        ({ position }): RejectedEvent => ({ position, reason: 'too-many-series', detail: guard.limit }),
      );
      const events = batch.events.filter((event) => !excess.includes(event));
      return { kind: 'batch', batch: { ...batch, events }, rejected: [...rejected, ...refused] };
    }
    case 'status':
    case 'health': {
      const told = message.kind === 'status' ? message.status : message.health;
      if (guard.admitsCameras(told, told.cameras)) return message;
      return { kind: 'rejected', reason: 'too-many-series', detail: guard.limit };
    }
    case 'rejected':
      return message;
  }
}
