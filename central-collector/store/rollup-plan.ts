// Which windows have to be summed up again, from which agents touched which quarter hours. Pure.

import type { AgentAddress } from '../../contract/index.ts';
import { QUARTER_MS, type QuarterRange } from './quarter-hours.ts';
import { type RollupWindow, windowOf } from './rollup-statements.ts';

/** A batch has at most 1000 events: longer ranges are not of our making. */
const MAX_RANGE = 1000;
/**
 * Agents of one statement, and quarter hours times agents. InfluxDB makes an iterator of about 4 KiB for each field of
 * each series: four boxes with four cameras are some 30,000. One statement for a thousand cameras took it 7 GiB.
 */
const MAX_AGENTS = 4;
const MAX_WINDOWS = 192;
const MAX_QUARTERS = 96;

/** The agents that touched each quarter hour. */
export class TouchedQuarters {
  readonly #agents = new Map<number, Map<string, AgentAddress>>();

  add(address: AgentAddress, ranges: readonly QuarterRange[]): void {
    // A slash is in no slug.
    const key = `${address.site}/${address.agent}`;
    for (const [first, last] of ranges) {
      for (let quarter = first; quarter <= Math.min(last, first + MAX_RANGE); quarter += 1) {
        const agents = this.#agents.get(quarter) ?? new Map<string, AgentAddress>();
        this.#agents.set(quarter, agents.set(key, address));
      }
    }
  }

  /** Leaves out the quarter hours that begin before a moment, and tells how many windows of one agent those were. */
  dropBefore(fromMs: number): number {
    let dropped = 0;
    for (const [quarter, agents] of this.#agents) {
      if (quarter * QUARTER_MS >= fromMs) continue;
      this.#agents.delete(quarter);
      dropped += agents.size;
    }
    return dropped;
  }

  /** Windows of one agent. */
  get size(): number {
    return [...this.#agents.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Those to sum up, newest first: what people look at. */
  windows(level: RollupWindow['level']): RollupWindow[] {
    const step = level === 'quarter' ? 1 : 4;
    const runs: { first: number; last: number; key: string; agents: Map<string, AgentAddress> }[] = [];
    for (const [window, agents] of [...this.#by(step)].sort(([a], [b]) => b - a)) {
      const key = [...agents.keys()].sort().join(' ');
      const run = runs.at(-1);
      if (run?.key === key && run.first === window + step && run.last - window < MAX_QUARTERS) {
        run.first = window;
      } else runs.push({ first: window, last: window, key, agents });
    }
    return runs.flatMap(({ first, last, agents }) => {
      const most = Math.min(MAX_AGENTS, Math.ceil(MAX_WINDOWS / (last - first + step)));
      return chunks([...agents.values()], most).map((some) => windowOf(level, [first, last], some));
    });
  }

  /** With a step of 4 by hour, named by its first quarter hour. */
  #by(step: number): Map<number, Map<string, AgentAddress>> {
    const windows = new Map<number, Map<string, AgentAddress>>();
    for (const [quarter, agents] of this.#agents) {
      const first = Math.floor(quarter / step) * step;
      const known = windows.get(first);
      windows.set(first, known === undefined ? agents : new Map([...known, ...agents]));
    }
    return windows;
  }
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  );
}
