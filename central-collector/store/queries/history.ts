// What was measured, by interval, from minutes to months: answers of api/schemas/history.ts out of InfluxDB and the days
// that were summed up before. docs/influxdb.md, "History", says what is read from where.

import type {
  FlowsAnswer,
  Group as GroupBy,
  HeadwaysAnswer,
  HistoryQuery,
  OccupancyAnswer,
  SpeedsAnswer,
  TurningAnswer,
  ZonesAnswer,
} from '../../api/schemas/history.ts';
import { localIso } from '../../local-time.ts';
import type { Row, Series } from '../database.ts';
import type { KnownFields } from '../rollup-statements.ts';
import { ROLLED_MEASUREMENTS } from '../rollup-statements.ts';
import { StoreError } from '../store-error.ts';
import { flowColumns, headwayColumns, speedColumns, zoneColumns } from './answer-columns.ts';
import { type CameraLines, Catalogue } from './catalogue.ts';
import { type AnswerPage, coverageOf, headOf } from './coverage.ts';
import { DayCache } from './day-cache.ts';
import type { DayStore } from './day-store.ts';
import { HistoryError } from './history-error.ts';
import { type Page, pageOf } from './history-page.ts';
import { KIND, type Kind, type KindName } from './kinds.ts';
import { occupancyTable } from './occupancy-table.ts';
import { type Level, planOf } from './plan.ts';
import { RollupReach } from './reach.ts';
import { readDays } from './read-days.ts';
import { readSums, type Visit } from './reader.ts';
import { type RecentFlow, recentFlows } from './recent-flows.ts';
import { type SumGroup, SumTable } from './sum-table.ts';
import { turningIntervals } from './turning-intervals.ts';

export type HistoryOptions = {
  readonly database: {
    query(influxql: string): Promise<readonly Row[]>;
    series(influxql: string): Promise<readonly Series[]>;
  };
  /** Of requests that name none, IANA. */
  readonly timeZone: string;
  /** Open. */
  readonly store?: DayStore | undefined;
  readonly now?: () => number;
  /** Of finished days in memory. Default 128 MiB. */
  readonly maxBytes?: number;
  /** How long a request waits for days that must be summed up first. Default 20 s. */
  readonly patienceMs?: number;
  readonly onProblem?: (problem: string) => void;
};

const FIELDS_KNOWN_FOR_MS = 60_000;
const PATIENCE_MS = 20_000;
const DEFAULT_BY: readonly GroupBy[] = ['camera', 'line', 'direction'];
const TAG_OF: Readonly<Record<GroupBy, string | undefined>> = {
  camera: undefined,
  line: 'line',
  direction: 'direction',
  lane: 'lane',
  roadUser: 'road_user',
};

/** Of more cameras than this, what is told late is seen when the roll-ups have it, usually within a minute. */
const CAMERAS_WITH_LATE = 20;

/** How long was watched, and nothing else. */
const WATCH: Kind = {
  ...KIND.flows,
  columns: () => [{ name: 'observed_ms', role: 'observed', select: { of: 'sum', field: 'observed_ms' } }],
};

export class History {
  readonly #options: HistoryOptions;
  readonly #now: () => number;
  readonly #fields = new Map<Level, { atMs: number; fields: Promise<KnownFields> }>();
  readonly rollups: RollupReach;
  readonly catalogue: Catalogue;
  readonly days: DayCache;

  constructor(options: HistoryOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.rollups = new RollupReach(options.database, this.#now);
    this.catalogue = new Catalogue({
      database: options.database,
      now: this.#now,
      policy: async () => ((await this.rollups.state()) === undefined ? 'raw' : 'h1'),
    });
    this.days = new DayCache({
      database: options.database,
      known: (level) => this.knownFields(level),
      store: options.store,
      ...(options.maxBytes !== undefined && { maxBytes: options.maxBytes }),
      ...(options.onProblem && { onProblem: options.onProblem }),
    });
  }

  /** All throw HistoryError. */
  async flows(query: HistoryQuery): Promise<FlowsAnswer> {
    refuse(query, 'flows', ['zone']);
    return this.#answer('flows', query, flowColumns);
  }

  async speeds(query: HistoryQuery): Promise<SpeedsAnswer> {
    refuse(query, 'speeds', ['zone']);
    return this.#answer('speeds', query, speedColumns);
  }

  async headways(query: HistoryQuery): Promise<HeadwaysAnswer> {
    refuse(query, 'headways, which are of all vehicles', ['zone', 'roadUser']);
    return this.#answer('headways', query, headwayColumns);
  }

  async occupancy(query: HistoryQuery): Promise<OccupancyAnswer> {
    refuse(query, 'occupancy, which is of all vehicles', ['zone', 'roadUser']);
    return this.#asking(async () => {
      const page = await this.#page('occupancy', query);
      const { table, columns, visit } = occupancyTable(page);
      await this.#read('occupancy', page, visit);
      return answerOf(page, table, columns);
    });
  }

  async zones(query: HistoryQuery): Promise<ZonesAnswer> {
    refuse(query, 'zones', ['line', 'direction', 'lane', 'roadUser']);
    return this.#answer('zones', { ...query, by: ['camera'] }, zoneColumns);
  }

  async turningMovements(query: HistoryQuery): Promise<TurningAnswer> {
    refuse(query, 'turning movements', ['line', 'direction', 'lane', 'zone']);
    const [camera] = query.camera ?? [];
    if (camera === undefined || query.camera?.length !== 1) {
      throw new HistoryError(
        'invalid-request',
        'camera: expected one camera, site/agent/camera: turning movements are of one crossroads',
      );
    }
    return this.#asking(async () => {
      const page = await this.#page('turnings', { ...query, by: ['camera'] });
      const watched = new SumTable({
        by: ['camera'],
        intervals: page.intervals.length,
        pieces: page.pieces,
        cameras: page.asked,
      });
      await this.#read('flows', { ...page, tags: {} }, (tags, columns) => watched.series(tags, columns));
      const turnings = turningIntervals(page);
      await this.#read('turnings', page, turnings.visit);
      const [group] = watched.finish();
      const coverage = group === undefined ? page.intervals.map(() => 0) : coverageOf(page, watched, group);
      return { ...headOf(page), camera, intervals: turnings.intervals(coverage), next: page.next };
    });
  }

  /** Lines, directions and zones of each camera in the last 30 days. Known for a minute. */
  linesOf(): Promise<CameraLines[]> {
    return this.#asking(() => this.catalogue.lines());
  }

  /** Share of the time since a moment that each camera, `site/agent/camera`, watched. */
  async coverageSince(sinceMs: number): Promise<Map<string, number>> {
    return this.#asking(async () => {
      const nowMs = this.#now();
      const pieces = [{ level: 'raw' as const, fromMs: sinceMs, toMs: nowMs, interval: 0 }];
      const table = new SumTable({ by: ['camera'], intervals: 1, pieces });
      const plan = planOf([{ fromMs: sinceMs, toMs: nowMs }], { fromMs: 0, untilMs: 0 });
      const options = {
        kind: WATCH,
        plan,
        scope: {},
        tags: [],
        known: (level: Level) => this.knownFields(level),
      };
      await readSums(this.#options.database, options, (tags, columns) => table.series(tags, columns));
      const share = (group: SumGroup) => Math.min(1, (group.observedMs[0] ?? 0) / (nowMs - sinceMs));
      return new Map(table.finish().map((group) => [group.names.camera ?? '', share(group)]));
    });
  }

  /** Counts by interval as agents sent them. */
  recentFlows(sinceMs: number): Promise<RecentFlow[]> {
    return this.#asking(() => recentFlows(this.#options.database, sinceMs));
  }

  /** Fields that exist, by level; asked for once a minute. Throws StoreError. */
  knownFields(level: Level): Promise<KnownFields> {
    const nowMs = this.#now();
    const known = this.#fields.get(level);
    if (known !== undefined && Math.abs(nowMs - known.atMs) < FIELDS_KNOWN_FOR_MS) return known.fields;
    const fields = this.#askFields(level);
    this.#fields.set(level, { atMs: nowMs, fields });
    fields.catch(() => this.#fields.delete(level));
    return fields;
  }

  async #askFields(level: Level): Promise<KnownFields> {
    const fields = { flow: [] as string[], zone: [] as string[], journey: [] as string[] };
    for (const measurement of ROLLED_MEASUREMENTS) {
      const rows = await this.#options.database.query(`SHOW FIELD KEYS FROM "${level}".${measurement}`);
      fields[measurement] = rows.map(({ fieldKey }) => String(fieldKey));
    }
    return fields;
  }

  #answer<C extends object>(
    kind: KindName,
    query: HistoryQuery,
    columns: (group: SumGroup, page: AnswerPage) => C,
  ) {
    return this.#asking(async () => {
      const page = await this.#page(kind, query);
      const table = new SumTable({
        ...{ by: page.by, intervals: page.intervals.length, pieces: page.pieces },
        // A zone that never was has no name.
        ...(kind !== 'zones' && { cameras: page.asked }),
      });
      await this.#read(kind, page, (tags, read) => table.series(tags, read));
      return answerOf(page, table, columns);
    });
  }

  async #page(kind: KindName, query: HistoryQuery): Promise<Page> {
    const [reach, cameras, known] = await Promise.all([
      this.rollups.reach(),
      this.catalogue.cameras(),
      this.knownFields('raw'),
    ]);
    const wanted = {
      query,
      cameras,
      nowMs: this.#now(),
      timeZone: query.tz ?? this.#options.timeZone,
      by: query.by ?? DEFAULT_BY,
      columns: KIND[kind].columns('raw', known).length,
    };
    const page = pageOf({ ...wanted, reach });
    if (page.cameras.length > CAMERAS_WITH_LATE) return page;
    // What a box told late is in raw counts before it is in the roll-ups.
    const late = await this.rollups.earliestLate();
    const earliest = page.cameras.map(({ site, agent }) => late.get(`${site}/${agent}`) ?? reach.untilMs);
    const untilMs = Math.min(reach.untilMs, ...earliest);
    if (untilMs >= reach.untilMs || untilMs >= page.toMs) return page;
    try {
      return pageOf({ ...wanted, reach: { ...reach, untilMs } });
    } catch (error) {
      // Too much of it at once: as it was, until the roll-ups have it.
      if (error instanceof HistoryError) return page;
      throw error;
    }
  }

  async #read(kindName: KindName, page: Page, visit: Visit): Promise<void> {
    const kind = KIND[kindName];
    if (page.cameras.length === 0) return;
    const wanted = new Set(page.cameras.map(({ site, agent, camera }) => `${site}/${agent}/${camera}`));
    const known = (level: Level) => this.knownFields(level);
    // Bounds of counts are of one class each; other kinds are told apart in all that they have.
    const bounded = kindName !== 'flows' || (await known('raw')).flow.includes('n_low');
    const by = [...new Set([...page.by, ...(bounded ? ['roadUser' as const] : [])])];
    const tags = by.flatMap((one) => TAG_OF[one] ?? []);
    const tagsOfKind = Object.fromEntries(
      Object.entries(page.tags).filter(([tag]) => kind.tags.includes(tag)),
    );
    await readSums(
      this.#options.database,
      {
        ...{ kind, known, plan: page.direct },
        scope: { cameras: page.cameras, tags: tagsOfKind },
        ...(kindName === 'flows' && { tags }),
      },
      (series, columns) =>
        wanted.has(`${series.site}/${series.agent}/${series.camera}`) ? visit(series, columns) : undefined,
    );
    if (page.slots.length === 0) return;
    await this.#patiently((signal) =>
      readDays({ kind, page, tags: tagsOfKind, cache: this.days, known: known('h1'), visit, signal }),
    );
  }

  /** Sums of days are made once; who asks for many first is told to come back, and they are made on. */
  async #patiently(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const closing = new AbortController();
    const working = work(closing.signal);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), this.#options.patienceMs ?? PATIENCE_MS);
    });
    try {
      if ((await Promise.race([working, late])) !== 'late') return;
    } finally {
      clearTimeout(timer);
    }
    working.catch((error: Error) => this.#options.onProblem?.(error.message));
    throw new HistoryError(
      'unavailable',
      'the days of this request are being summed up for the first time: ask again shortly, or for a shorter time',
      { retryAfterS: 10 },
    );
  }

  async #asking<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (cause) {
      if (!(cause instanceof StoreError)) throw cause;
      const message =
        'InfluxDB did not answer: the page of health and /healthz tell why; nothing is lost, ask again when it is back';
      throw new HistoryError('unavailable', message, { retryAfterS: 10, cause });
    }
  }
}

function answerOf<C extends object>(
  page: Page,
  table: SumTable,
  columns: (group: SumGroup, page: AnswerPage) => C,
) {
  const series = table.finish().map((group) => {
    const coverage = coverageOf(page, table, group);
    return { ...group.names, coverage, ...columns(group, { ...page, coverage }) };
  });
  return {
    ...headOf(page),
    intervals: page.intervals.map(({ fromMs }) => localIso(fromMs, page.timeZone)),
    series,
    next: page.next,
  };
}

function refuse(query: HistoryQuery, of: string, parameters: readonly (keyof HistoryQuery)[]): void {
  const parameter = parameters.find((one) => query[one] !== undefined);
  const apart = query.by?.find((one) => one === 'roadUser' && parameters.includes('roadUser'));
  if (parameter === undefined && apart === undefined) return;
  const what = parameter ?? `by=${apart}`;
  throw new HistoryError('invalid-request', `${what}: there is no such part of ${of}; leave it out`);
}
