// All verdicts that are known without asking the database: those of this machine's disk, and those that were read from
// there before.

import type { AgentAddress } from '../../contract/index.ts';
import { type IncidentAddress, idOf } from './incident-id.ts';
import type { IncidentRecord } from './incident-record.ts';
import { type Verdict, verdictSchema } from './verdict.ts';
import type { VerdictLog } from './verdict-log.ts';

export class VerdictBook {
  readonly #log: VerdictLog;
  readonly #stored = new Map<string, readonly Verdict[]>();

  constructor(log: VerdictLog) {
    this.#log = log;
  }

  /** In no order; one that both have comes twice. */
  on(address: IncidentAddress): Verdict[] {
    const stored = this.#stored.get(idOf(address)) ?? [];
    return [...this.#log.on(address.id).filter((verdict) => isOn(verdict, address)), ...stored];
  }

  /** Takes in what the database has; others may have written there, and what is no verdict is left out. */
  learn(rows: readonly unknown[]): Verdict[] {
    const verdicts = validVerdicts(rows);
    for (const verdict of verdicts) {
      const id = idOf({ ...verdict, id: verdict.incident });
      this.#stored.set(id, [...(this.#stored.get(id) ?? []), verdict]);
    }
    return verdicts;
  }
}

export function validVerdicts(rows: readonly unknown[]): Verdict[] {
  return rows.flatMap((row) => verdictSchema.safeParse(row).data ?? []);
}

export function addressOfRecord({ site, agent, event }: IncidentRecord): IncidentAddress {
  return { site, agent, id: event.id };
}

/** Boxes make their ids alone: the same one may stand for another incident elsewhere. */
export function isOn(
  verdict: AgentAddress & { readonly incident: string },
  { site, agent, id }: IncidentAddress,
): boolean {
  return verdict.incident === id && verdict.site === site && verdict.agent === agent;
}
