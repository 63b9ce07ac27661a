// Walks over incidents, newest first, from memory on into the database: one order for lists, tables and statistics.

import type { AgentAddress, Incident } from '../../contract/index.ts';
import { type Board, byDetection, heardMs } from './board.ts';
import { idOf } from './incident-id.ts';
import { type IncidentRecord, withEvent, withVerdicts } from './incident-record.ts';
import type { Severity, Verdict } from './verdict.ts';
import { addressOfRecord, isOn } from './verdict-book.ts';

/** What the walk needs of the database; it throws where that is away. */
export type IncidentHistory = {
  versions(range: {
    readonly fromMs: number;
    readonly toMs: number;
    readonly detectedToMs?: number | undefined;
    readonly site?: string | undefined;
    readonly kind?: readonly string[] | undefined;
    readonly camera?: readonly string[] | undefined;
  }): AsyncIterable<{
    readonly versions: readonly (AgentAddress & { readonly event: Incident })[];
    readonly downToMs: number;
  }>;
  versionsOf(
    incident: AgentAddress & { readonly id: string },
  ): Promise<readonly (AgentAddress & { readonly event: Incident })[]>;
  versionsOn(
    incidents: readonly IncidentPlace[],
    sinceMs: number,
  ): Promise<readonly (AgentAddress & { readonly event: Incident })[]>;
  /** Of all versions told in this time, oldest first. */
  alarms(fromMs: number, toMs: number): AsyncIterable<readonly ToldAlarm[]>;
  verdicts(fromMs: number, toMs: number): Promise<readonly StoredVerdict[]>;
  verdictsOn(ids: readonly string[], sinceMs?: number): Promise<readonly StoredVerdict[]>;
};

/** Where it stands in the database. */
export type IncidentPlace = AgentAddress & {
  /** As the box calls it. */
  readonly id: string;
  /** As the box calls it. */
  readonly camera: string;
  readonly kind: Incident['kind'];
};

/** What statistics need of a version. */
export type ToldAlarm = IncidentPlace & {
  readonly version: number;
  readonly state: string;
  readonly detectedAtMs: number;
};

/** As the database has it: to be checked. */
export type StoredVerdict = AgentAddress & { readonly incident: string };

export type IncidentFilter = {
  readonly state?: 'active' | 'cleared' | undefined;
  readonly verdict?: 'confirmed' | 'false-alarm' | 'none' | undefined;
  /** `site/agent/camera` */
  readonly camera?: readonly string[] | undefined;
  readonly site?: string | undefined;
  readonly kind?: readonly string[] | undefined;
  readonly severity?: readonly Severity[] | undefined;
};

/** A place in the order: what comes after it. */
export type Place = { readonly detectedAtMs: number; readonly id: string };

export type Walk = IncidentFilter & {
  /** Of detection, inclusive. */
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
  readonly after?: Place | undefined;
};

export type Step = {
  /** Follow on those of the step before. */
  readonly records: readonly IncidentRecord[];
  /** Nothing newer than this is still to come. */
  readonly place: Place;
};

/** After all of one moment. */
const LAST_ID = '\uffff';

export type WalkParts = {
  readonly board: Board;
  readonly history: IncidentHistory;
  /** Verdicts on these incidents, of the database and of this machine. Throws where the database is away. */
  readonly verdictsOn: (records: readonly IncidentRecord[]) => Promise<readonly Verdict[]>;
};

/**
 * The first step is from memory and never fails. Where the database is away, the last step is what is known of the rest,
 * and then it throws what `history` threw.
 */
export async function* walk({ board, history, verdictsOn }: WalkParts, asked: Walk): AsyncGenerator<Step> {
  const { fromMs, toMs, after } = asked;
  const { completeSinceMs } = board;
  const fits = (record: IncidentRecord) => matches(record, asked);
  const isInRange = (record: IncidentRecord) =>
    record.event.detectedAtMs >= fromMs && record.event.detectedAtMs < toMs && isAfter(record, after);
  const held = board.newestFirst.filter(isInRange);
  const whole = held.filter(({ event }) => event.detectedAtMs >= completeSinceMs);
  yield {
    records: whole.filter(fits),
    place: afterAllOf(Math.max(fromMs, Math.min(completeSinceMs, toMs)) - 1),
  };
  if (fromMs >= completeSinceMs) return;

  // Of others memory may have heard a late version alone.
  const known = new Set(
    board.newestFirst.filter((record) => heardMs(record) >= completeSinceMs).map(({ id }) => id),
  );
  const waiting = new Map(held.slice(whole.length).map((record) => [record.id, record]));
  const lastMs = Math.min(toMs - 1, after?.detectedAtMs ?? toMs);
  const pages = history.versions({
    fromMs,
    toMs: Math.min(completeSinceMs, lastMs + USUAL_LIFE_MS, FAR_FUTURE_MS),
    detectedToMs: lastMs,
    site: asked.site,
    kind: asked.kind,
    camera: asked.camera,
  });
  try {
    for await (const { versions, downToMs } of pages) {
      for (const { event, ...address } of versions) {
        const id = idOf({ ...address, id: event.id });
        if (!known.has(id)) waiting.set(id, withEvent(waiting.get(id), address, event));
      }
      const ready = [...waiting.values()].filter(({ event }) => event.detectedAtMs >= downToMs);
      const whole = await withEnds(ready.filter(isInRange), history);
      const records = await judged(whole, verdictsOn);
      for (const { id } of ready) waiting.delete(id);
      yield { records: records.filter(fits).sort(byDetection), place: afterAllOf(downToMs - 1) };
    }
  } catch (error) {
    // What is known is shown; who asked says that it is not all.
    const rest = [...waiting.values()].filter((record) => isInRange(record) && fits(record));
    yield { records: rest.sort(byDetection), place: afterAllOf(fromMs - 1) };
    throw error;
  }
}

/** What lasted longer than usual may have ended since: it is looked for by its id. */
async function withEnds(
  records: readonly IncidentRecord[],
  history: Pick<IncidentHistory, 'versionsOn'>,
): Promise<IncidentRecord[]> {
  const open = records.filter(({ event }) => event.clearedAtMs === undefined);
  if (open.length === 0) return [...records];
  const sinceMs = Math.min(...open.map(heardMs));
  const later = new Map(open.map((record) => [record.id, record]));
  const places = open.map(({ site, agent, event: { id, camera, kind } }) => ({
    site,
    agent,
    camera,
    kind,
    id,
  }));
  for (const { event, ...address } of await history.versionsOn(places, sinceMs)) {
    const id = idOf({ ...address, id: event.id });
    const record = later.get(id);
    if (record !== undefined) later.set(id, withEvent(record, address, event));
  }
  return records.map((record) => later.get(record.id) ?? record);
}

async function judged(
  records: readonly IncidentRecord[],
  verdictsOn: WalkParts['verdictsOn'],
): Promise<IncidentRecord[]> {
  if (records.length === 0) return [];
  const verdicts = await verdictsOn(records);
  return records.map((record) =>
    withVerdicts(
      record,
      verdicts.filter((verdict) => isOn(verdict, addressOfRecord(record))),
    ),
  );
}

function afterAllOf(detectedAtMs: number): Place {
  return { detectedAtMs, id: LAST_ID };
}

/** Versions of incidents that last longer are looked for by their ids. */
export const USUAL_LIFE_MS = 2 * 86_400_000;

/** The first moment of the year 2200, of which InfluxDB still knows. */
const FAR_FUTURE_MS = 7_258_118_400_000;

function matches({ view, event, site, camera }: IncidentRecord, asked: IncidentFilter): boolean {
  return (
    (asked.state === undefined || view.state === asked.state) &&
    (asked.verdict === undefined || (view.verdict ?? 'none') === asked.verdict) &&
    (asked.site === undefined || site === asked.site) &&
    (asked.camera === undefined || asked.camera.includes(camera)) &&
    (asked.kind === undefined || asked.kind.includes(event.kind)) &&
    (asked.severity === undefined || asked.severity.includes(event.severity))
  );
}

function isAfter({ event, id }: IncidentRecord, place: Place | undefined): boolean {
  if (place === undefined) return true;
  return (
    event.detectedAtMs < place.detectedAtMs || (event.detectedAtMs === place.detectedAtMs && id > place.id)
  );
}

/** An opaque text for a place; `placeFrom` reads it. */
export function cursorOf({ detectedAtMs, id }: Place): string {
  return Buffer.from(`${detectedAtMs}!${id}`).toString('base64url');
}

/** Undefined for a text that is none of ours. */
export function placeFrom(cursor: string): Place | undefined {
  const [, atText, id] = /^(\d{1,15})!(.*)$/su.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  return atText === undefined || id === undefined ? undefined : { detectedAtMs: Number(atText), id };
}
