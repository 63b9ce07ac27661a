// Incidents, verdicts and a database in memory for tests of the board.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { IncidentHistory } from '../../../central-collector/incidents/incident-walk.ts';
import {
  Incidents,
  type IncidentsOptions,
  type ToldVerdict,
} from '../../../central-collector/incidents/incidents.ts';
import type { Verdict } from '../../../central-collector/incidents/verdict.ts';
import { type AgentAddress, type Incident, incidentSchema } from '../../../contract/index.ts';

export const T0 = Date.parse('2026-03-02T08:00:00+07:00');
export const BOX: AgentAddress = { site: 'hai-phong', agent: 'box-017' };
export const ID = 'hai-phong.box-017.i-1';
export const CAMERA = 'hai-phong/box-017/nga-tu-1';

/** Version n of an incident that was detected at T0, n - 1 tens of seconds later. */
export function incident(version = 1, more: Partial<Incident> = {}): Incident {
  const detectedAtMs = more.detectedAtMs ?? T0;
  const updatedAtMs = more.updatedAtMs ?? detectedAtMs + (version - 1) * 10_000;
  const state = more.state ?? (version === 1 ? 'detected' : 'updated');
  return incidentSchema.parse({
    type: 'incident',
    id: 'i-1',
    version,
    camera: 'nga-tu-1',
    kind: 'stopped-vehicle',
    severity: 'low',
    probability: 'probable',
    confidence: 0.8,
    startedAtMs: detectedAtMs - 10_000,
    measures: { durationS: version * 10 },
    ...more,
    ...{ detectedAtMs, updatedAtMs, state },
    ...(state === 'cleared' && { clearedAtMs: more.clearedAtMs ?? updatedAtMs }),
  });
}

/** Holds what it is told; away when told so. */
export class MemoryHistory implements IncidentHistory {
  readonly rows: { address: AgentAddress; event: Incident }[] = [];
  readonly verdictRows: Verdict[] = [];
  isAway = false;
  pageRows = 2000;
  queries = 0;

  async *versions(range: Parameters<IncidentHistory['versions']>[0]) {
    this.#ask();
    const rows = this.rows
      .filter(
        ({ event }) =>
          event.updatedAtMs >= range.fromMs &&
          event.updatedAtMs < range.toMs &&
          event.detectedAtMs <= (range.detectedToMs ?? Number.POSITIVE_INFINITY),
      )
      .sort((a, b) => b.event.updatedAtMs - a.event.updatedAtMs);
    for (let at = 0; at <= rows.length; at += this.pageRows) {
      const page = rows.slice(at, at + this.pageRows);
      const isLast = page.length < this.pageRows;
      // As the real one: the rest of the last millisecond is asked for again.
      yield {
        versions: page.map(({ address, event }) => ({ ...address, event })),
        downToMs: isLast ? range.fromMs : (page.at(-1)?.event.updatedAtMs ?? 0) + 1,
      };
      if (isLast) return;
      this.#ask();
    }
  }

  async versionsOf({ site, agent, id }: AgentAddress & { id: string }) {
    this.#ask();
    return this.rows
      .filter(({ address, event }) => event.id === id && address.site === site && address.agent === agent)
      .map(({ address, event }) => ({ ...address, event }));
  }

  async versionsOn(incidents: readonly { readonly id: string }[], sinceMs: number) {
    this.#ask();
    const ids = incidents.map(({ id }) => id);
    return this.rows
      .filter(({ event }) => ids.includes(event.id) && event.updatedAtMs >= sinceMs)
      .map(({ address, event }) => ({ ...address, event }));
  }

  async *alarms(fromMs: number, toMs: number) {
    this.#ask();
    yield this.rows
      .filter(({ event }) => event.updatedAtMs >= fromMs && event.updatedAtMs < toMs)
      .map(({ address, event: { id, camera, kind, version, state, detectedAtMs } }) => ({
        ...{ ...address, id, camera, kind, version, state, detectedAtMs },
      }));
  }

  async verdicts(fromMs: number, toMs: number) {
    this.#ask();
    return this.verdictRows.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
  }

  async verdictsOn(ids: readonly string[]) {
    this.#ask();
    return this.verdictRows.filter(({ incident: id }) => ids.includes(id));
  }

  #ask(): void {
    this.queries += 1;
    if (this.isAway) throw new Error('InfluxDB is away');
  }
}

export type IncidentsRig = {
  readonly incidents: Incidents;
  readonly history: MemoryHistory;
  readonly clock: { nowMs: number };
  readonly told: ToldVerdict[];
  readonly directory: string;
  /** A centre that starts anew on the same folder and database. */
  restart(options?: Partial<IncidentsOptions>): Promise<IncidentsRig>;
};

const open = new Set<Incidents>();
const folders = new Set<string>();

export async function openIncidents(
  options: Partial<IncidentsOptions> = {},
  kept: { directory?: string; history?: MemoryHistory; clock?: { nowMs: number } } = {},
): Promise<IncidentsRig> {
  const directory = kept.directory ?? (await mkdtemp(join(tmpdir(), 'ngatu-incidents-')));
  folders.add(directory);
  const history = kept.history ?? new MemoryHistory();
  const clock = kept.clock ?? { nowMs: T0 + 60_000 };
  const told: ToldVerdict[] = [];
  const incidents = new Incidents({
    directory: join(directory, 'verdicts'),
    history,
    storeVerdicts: async (verdicts) => {
      if (history.isAway) throw new Error('InfluxDB is away');
      for (const verdict of verdicts) {
        if (!history.verdictRows.some(({ number }) => number === verdict.number)) {
          history.verdictRows.push(verdict);
        }
      }
      return [];
    },
    onVerdict: (verdict) => void told.push(verdict),
    timeZone: 'Asia/Ho_Chi_Minh',
    cameraName: () => 'Ngã tư Lạch Tray',
    pictureOf: () => ({ width: 1280, height: 720 }),
    log: pino({ level: 'silent' }),
    now: () => clock.nowMs,
    policy: { firstDelayMs: 5, maxDelayMs: 20, factor: 2, jitter: 0 },
    ...options,
  });
  await incidents.open();
  open.add(incidents);
  return {
    ...{ incidents, history, clock, told, directory },
    restart: async (again = {}) => {
      await incidents.close();
      return openIncidents({ ...options, ...again }, { directory, history, clock });
    },
  };
}

/** For `afterEach`. */
export async function closeIncidents(): Promise<void> {
  for (const incidents of open) await incidents.close();
  open.clear();
  for (const directory of folders) await rm(directory, { recursive: true, force: true });
  folders.clear();
}

export const noAudit = async () => undefined;
