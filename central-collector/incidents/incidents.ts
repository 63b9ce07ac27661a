// Incidents of the city: what cameras say and what operators said about it, from the live stream, the database and this
// machine's disk. One lives in a centre; centre.ts hands it what it needs.

import type { Logger } from 'pino';
import type { AgentAddress, Incident } from '../../contract/index.ts';
import type {
  IncidentAnswer,
  IncidentStatisticsAnswer,
  IncidentsAnswer,
  VerdictBody,
} from '../api/schemas/incidents.ts';
import type { RetryPolicy } from '../retry.ts';
import { type AlarmFilter, AlarmHistory } from './alarm-history.ts';
import { type ActiveIncidents, Board } from './board.ts';
import { BoardLoader } from './board-loader.ts';
import { type IncidentDetail, incidentAnswerOf, incidentDetailOf, type Telling } from './incident-answer.ts';
import { findIncident, readIncident } from './incident-finder.ts';
import { type IncidentAddress, idOf } from './incident-id.ts';
import { type IncidentRecord, withVerdicts } from './incident-record.ts';
import { statisticsOf } from './incident-statistics.ts';
import { cursorOf, type IncidentFilter, type IncidentHistory, type Place, walk } from './incident-walk.ts';
import { IncidentsError } from './incidents-error.ts';
import { StoredVerdicts } from './stored-verdicts.ts';
import type { Verdict } from './verdict.ts';
import { addressOfRecord, isOn, VerdictBook } from './verdict-book.ts';
import { VerdictChores, type VerdictChoresOptions } from './verdict-chores.ts';
import { VerdictLog } from './verdict-log.ts';

/** As the stream tells it, kind `verdict`. */
export type ToldVerdict = AgentAddress & {
  readonly camera: string;
  readonly atMs: number;
  readonly data: Pick<Verdict, 'verdict' | 'by'> & {
    readonly note: string | null;
    readonly incident: IncidentAnswer;
  };
};

export type IncidentsOptions = Telling & {
  /** For verdicts; made if missing. */
  readonly directory: string;
  readonly history: IncidentHistory;
  readonly storeVerdicts: VerdictChoresOptions['store'];
  /** Resolves when the stream has it. */
  readonly onVerdict: (told: ToldVerdict) => void | Promise<void>;
  readonly log: Logger;
  readonly now?: () => number;
  /** How far back memory goes where it has room. Default 30 days. */
  readonly spanMs?: number;
  /** In memory. Default 10,000: with six versions each they take 22 MB. */
  readonly maxIncidents?: number;
  /** How often the database is looked at again. Default 5 min. */
  readonly refreshMs?: number;
  readonly policy?: RetryPolicy;
};

export type IncidentsPage = IncidentFilter & {
  readonly fromMs: number;
  readonly toMs: number;
  readonly after?: Place | undefined;
  readonly limit: number;
  readonly timeZone?: string | undefined;
};

export type Judging = Pick<VerdictBody, 'verdict' | 'note' | 'key'> & {
  /** Name of the user. */
  readonly by: string;
  /** Told before anything is done, and again when it failed. */
  readonly audit: (outcome: 'asked' | 'not-done') => Promise<void>;
  readonly timeZone?: string | undefined;
};

/** Which file of the box shows it; without a hash where an older collector stored none. */
export type EvidenceFile = AgentAddress & {
  readonly camera: string;
  readonly kind: 'snapshot' | 'clip';
  readonly file: string;
  readonly sha256: string | undefined;
  readonly bytes: number | undefined;
};

const SPAN_MS = 30 * 86_400_000;

/** Verdicts that wait for the disk; more are refused. */
const MAX_WAITING = 200;

/** A page of a list reads no more of the database than so many pages of its own; the next one goes on there. */
const MAX_STEPS = 25;

/** Alarms that statistics are made of; a longer range has to be asked in parts. */
export const MAX_ALARMS = 200_000;

const UNKNOWN_SHA256 = '0'.repeat(64);

export class Incidents {
  readonly #options: IncidentsOptions;
  readonly #now: () => number;
  readonly #log: VerdictLog;
  readonly #book: VerdictBook;
  readonly #board: Board;
  readonly #loader: BoardLoader;
  readonly #chores: VerdictChores;
  readonly #stored: StoredVerdicts;
  readonly #alarms: AlarmHistory;
  readonly #closing = new AbortController();
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(options: IncidentsOptions) {
    const { history, log, storeVerdicts, policy, spanMs = SPAN_MS, refreshMs = 300_000 } = options;
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#log = new VerdictLog(options.directory);
    this.#book = new VerdictBook(this.#log);
    this.#board = new Board(options.maxIncidents ?? 10_000, (address) => this.#book.on(address));
    this.#loader = new BoardLoader({
      ...{ board: this.#board, history, spanMs, refreshMs, log, policy, now: this.#now },
      readVerdicts: async (sinceMs) => void (await this.#stored.since(sinceMs)),
      onLoaded: () => {
        this.#chores.run();
        // Not waited for at the end: a database that hangs would hold it up, and there is nothing to lose.
        void this.#alarms.warm(this.#closing.signal);
      },
    });
    this.#stored = new StoredVerdicts({
      ...{ book: this.#book, history, now: this.#now },
      onLearned: (verdicts) => this.#judgeAll(verdicts),
    });
    this.#alarms = new AlarmHistory({
      ...{ board: this.#board, history, verdicts: this.#stored, log, now: this.#now },
    });
    this.#chores = new VerdictChores({
      log: this.#log,
      store: storeVerdicts,
      tell: (verdict) => this.#tell(verdict),
      logger: log,
      policy,
    });
  }

  /** Reads the verdicts of this machine, then begins to read the database. Throws IncidentsError `unusable`. */
  async open(): Promise<void> {
    await this.#log.open(this.#now());
    // The stream may have told of incidents meanwhile.
    this.#judgeAll(this.#log.all);
    this.#loader.open();
    this.#chores.run();
  }

  /** What operators should know, for /healthz and the heartbeat of the stream. */
  get problems(): string[] {
    return [this.#loader.problem, this.#chores.problem].filter((problem) => problem !== undefined);
  }

  get counts() {
    return {
      incidents: this.#board.size,
      incidents_forgotten_active: this.#board.evictedActive,
      verdicts_waiting: this.#chores.waiting,
    };
  }

  /** Every incident event of the live stream goes through here first. Never throws; again or out of order is harmless. */
  take(address: AgentAddress, event: Incident): IncidentAnswer {
    const record = this.#board.take(address, event);
    this.#alarms.forget(event.detectedAtMs);
    if (record.verdicts.length > 0 && this.#log.undone('tell').length > 0) this.#chores.run();
    return incidentAnswerOf(record, this.#options);
  }

  /** Of a camera `site/agent/camera`, or of a site. */
  activeOf(place: string): ActiveIncidents {
    return this.#board.activeOf(place);
  }

  /** Newest first. With the database away: what memory knows, and `problem`. */
  async list({ limit, timeZone, ...asked }: IncidentsPage): Promise<IncidentsAnswer> {
    const records: IncidentRecord[] = [];
    let next: Place | undefined;
    let problem: string | null = null;
    let steps = 0;
    try {
      for await (const step of walk(this.#parts, asked)) {
        records.push(...step.records);
        steps += 1;
        if (records.length > limit) break;
        next = steps > MAX_STEPS ? step.place : undefined;
        if (next !== undefined) break;
      }
    } catch (error) {
      problem = this.#partly(error);
    }
    const shown = records.slice(0, limit);
    if (records.length > limit) next = placeOf(shown.at(-1));
    return {
      incidents: shown.map((record) => incidentAnswerOf(record, this.#options, timeZone)),
      next: next === undefined ? null : cursorOf(next),
      problem,
    };
  }

  /** Throws IncidentsError `not-found`, or `unavailable` when only the database could know. */
  async get(id: string, timeZone?: string): Promise<IncidentDetail> {
    const { record, failure } = await findIncident(this.#parts, id);
    const problem = failure === undefined ? null : this.#partly(failure);
    return incidentDetailOf(record, this.#options, { timeZone, problem });
  }

  /** Throws as `get`; `not-found` too where the incident has no such file. */
  async evidenceOf(id: string, kind: 'snapshot' | 'clip'): Promise<EvidenceFile> {
    const { record } = await findIncident(this.#parts, id);
    const found = record.evidence[kind];
    if (found === undefined) {
      throw new IncidentsError('not-found', `the box has told of no ${kind} of this incident`);
    }
    const { site, agent, event } = record;
    const isKnown = found.sha256 !== UNKNOWN_SHA256;
    return {
      ...{ site, agent, camera: event.camera, kind, file: found.file },
      sha256: isKnown ? found.sha256 : undefined,
      bytes: isKnown ? found.bytes : undefined,
    };
  }

  /**
   * Resolves when the verdict is on disk. With a key that this user has given before, nothing is done again. Throws
   * IncidentsError as `get`, and `conflict` when the key stands for something else.
   */
  async judge(id: string, judging: Judging): Promise<IncidentAnswer> {
    const found = this.#board.get(id) ?? (await findIncident(this.#parts, id)).record;
    const record = await this.#inTurn(() => this.#judge(found, judging));
    this.#alarms.forget(record.event.detectedAtMs);
    this.#chores.run();
    return incidentAnswerOf(record, this.#options, judging.timeZone);
  }

  /** Throws RangeError when there are more alarms than it can take in. */
  async statistics(asked: AlarmFilter): Promise<Pick<IncidentStatisticsAnswer, 'all' | 'rows' | 'problem'>> {
    const { alarms, failure } = await this.#alarms.of(asked, MAX_ALARMS);
    if (alarms.length > MAX_ALARMS) {
      throw new RangeError(`expected at most ${MAX_ALARMS} alarms: ask for a shorter time, or for one site`);
    }
    const { all, rows } = statisticsOf(alarms);
    const named = rows.map((row) => ({ ...row, cameraName: this.#options.cameraName(row.camera) }));
    return { all, rows: named, problem: failure === undefined ? null : this.#partly(failure) };
  }

  /** For tests and an orderly end: resolves when verdicts are told. */
  async settled(): Promise<void> {
    await this.#chores.told();
  }

  /** What is not stored yet is so after the next start. Idempotent. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('closing'));
    await this.#loader.close();
    await this.#last;
    await this.#chores.close();
    await this.#log.close();
  }

  get #parts() {
    const { history } = this.#options;
    return {
      board: this.#board,
      book: this.#book,
      history,
      verdictsOn: async (records: readonly IncidentRecord[]) => {
        const fromMs = Math.min(...records.map(({ event }) => event.detectedAtMs));
        const verdictsOn = await this.#stored.onDetectedSince(fromMs);
        return records.flatMap((record) => verdictsOn(addressOfRecord(record)));
      },
    };
  }

  async #judge(found: IncidentRecord, { verdict, note, key, by, audit }: Judging): Promise<IncidentRecord> {
    const { id, site, agent, event } = found;
    const address = addressOfRecord(found);
    const repeated = key === undefined ? undefined : this.#log.withKey(by, key);
    if (repeated !== undefined) {
      const same = isOn(repeated, address) && repeated.verdict === verdict && repeated.note === plain(note);
      if (same) return this.#board.get(id) ?? withVerdicts(found, this.#book.on(address));
      throw new IncidentsError(
        'conflict',
        `the key ${JSON.stringify(key)} stands for another verdict; choose a new one`,
      );
    }
    await audit('asked');
    const known = this.#board.get(id) ?? found;
    let said: Verdict;
    try {
      said = await this.#log.append({
        ...{ site, agent, camera: event.camera, kind: event.kind, incident: event.id, verdict, by },
        ...{ atMs: this.#now(), version: known.event.version, severity: known.event.severity },
        ...(note !== undefined && { note: plain(note) ?? '' }),
        ...(key !== undefined && { key }),
      });
    } catch (error) {
      // A disk that is full does not take this either; who asked is told that it failed.
      await audit('not-done').catch(() => undefined);
      throw error;
    }
    return this.#board.judge(id, [said]) ?? withVerdicts(found, this.#book.on(address));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= MAX_WAITING) {
      const message = 'too many verdicts wait for the disk; try again in a few seconds';
      return Promise.reject(new IncidentsError('unavailable', message));
    }
    this.#waiting += 1;
    const done = this.#last.then(work).finally(() => {
      this.#waiting -= 1;
    });
    this.#last = done.catch(() => undefined);
    return done;
  }

  #judgeAll(verdicts: readonly Verdict[]): void {
    for (const verdict of verdicts) {
      this.#board.judge(idOf({ ...verdict, id: verdict.incident }), [verdict]);
    }
  }

  /** False as long as nobody knows the incident. */
  async #tell(said: Verdict): Promise<boolean> {
    const { site, agent, camera, verdict, by, atMs, note } = said;
    const address = { site, agent, id: said.incident };
    const record = this.#board.get(idOf(address)) ?? (await this.#read(address));
    if (record === undefined) return false;
    const incident = incidentAnswerOf(record, this.#options);
    const data = { verdict, by, note: note ?? null, incident };
    await this.#options.onVerdict({ site, agent, camera, atMs, data });
    return true;
  }

  /** Undefined too while the database is away. */
  #read(address: IncidentAddress): Promise<IncidentRecord | undefined> {
    return readIncident(this.#parts, address).catch(() => undefined);
  }

  #partly(error: unknown): string {
    return `what is older or was not heard here is missing: ${(error as Error).message}`;
  }
}

function placeOf(record: IncidentRecord | undefined): Place | undefined {
  return record && { detectedAtMs: record.event.detectedAtMs, id: record.id };
}

/** As the database gives it back: a note is one line there. */
function plain(note: string | undefined): string | undefined {
  return note?.replace(/\s*\p{Cc}\s*/gu, ' ').trim();
}
