// The database and its retention policies, made when missing, and queries. Through the influx package; its pool would
// disable the only host after a failure and refuse everything meanwhile, so its back-off is switched off and
// retry.ts decides.

import { type AgentOptions, Agent as PlainAgent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { InfluxDB } from 'influx';
import { plainText } from '../../contract/index.ts';
import { type RetryPolicy, retry } from '../retry.ts';
import { hideCredentials } from './hide-credentials.ts';
import { name as quotedName } from './queries/influxql.ts';
import { StoreError, storeErrorOf } from './store-error.ts';
import type { InfluxTarget } from './write-request.ts';

export type DatabaseOptions = InfluxTarget & {
  readonly retentionPolicy: string;
  /** How long points are kept, InfluxQL: `90d`, `52w`, `INF`. */
  readonly keep: string;
  /** Further policies, of the roll-ups; none of them is the default one. */
  readonly policies?: readonly PolicyOptions[];
  readonly timeoutMs?: number;
};

export type PolicyOptions = {
  readonly name: string;
  readonly keep: string;
  /** Length of the files that a policy is kept in and deleted by, when it is made. Default: InfluxDB's own choice. */
  readonly shard?: string;
};

export type Row = Readonly<Record<string, unknown>>;

/** Never disables the host: it is the only one. */
const NO_BACKOFF = { getDelay: () => 0, next: () => NO_BACKOFF, reset: () => NO_BACKOFF };

export class Database {
  readonly #influx: InfluxDB;
  readonly #agent: PlainAgent;
  readonly #options: DatabaseOptions;
  readonly #hide: (text: string) => string;

  constructor(options: DatabaseOptions) {
    const { url, database, username, password, timeoutMs = 15_000 } = options;
    const { protocol, hostname, port, pathname } = new URL(url);
    const scheme = protocol === 'https:' ? 'https' : 'http';
    const keptOpen: AgentOptions = { keepAlive: true, maxSockets: 4 };
    this.#options = options;
    this.#hide = hideCredentials(options);
    this.#agent = scheme === 'https' ? new TlsAgent(keptOpen) : new PlainAgent(keptOpen);
    this.#influx = new InfluxDB({
      database,
      hosts: [
        {
          protocol: scheme,
          host: hostname,
          port: Number(port) || (scheme === 'https' ? 443 : 80),
          path: pathname,
          options: { agent: this.#agent },
        },
      ],
      pool: { backoff: NO_BACKOFF, maxRetries: 0, requestTimeout: timeoutMs },
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
    });
  }

  get name(): string {
    return this.#options.database;
  }

  /** Waits until InfluxDB answers, then sees to database and retention policy. Throws StoreError. */
  async ensure(
    signal: AbortSignal,
    onFailure?: (error: StoreError) => void,
    policy?: RetryPolicy,
  ): Promise<void> {
    await retry(() => this.ensureOnce(), {
      signal,
      ...(policy && { policy }),
      onFailure: (error) => onFailure?.(error as StoreError),
    });
  }

  /** The same without waiting. Nothing changes when everything is as configured. */
  async ensureOnce(): Promise<void> {
    const { database, retentionPolicy, keep, policies = [] } = this.#options;
    await this.#asking(async () => {
      const databases = await this.#influx.getDatabaseNames();
      // Not the package's createDatabase: it leaves a policy `autogen` beside ours, which keeps for ever and stays empty.
      if (!databases.includes(database)) {
        await this.#post(
          `CREATE DATABASE ${quotedName(database)} WITH DURATION ${keep} REPLICATION 1 NAME ${quotedName(retentionPolicy)}`,
        );
      }
      const present = await this.#influx.showRetentionPolicies(database);
      for (const policy of [{ name: retentionPolicy, keep }, ...policies]) {
        const isDefault = policy.name === retentionPolicy;
        await this.#ensurePolicy(
          policy,
          isDefault,
          present.find(({ name }) => name === policy.name),
        );
      }
    });
  }

  async #ensurePolicy(
    { name, keep, shard }: PolicyOptions,
    isDefault: boolean,
    present: { readonly duration: string; readonly default: boolean } | undefined,
  ): Promise<void> {
    const on = `RETENTION POLICY ${quotedName(name)} ON ${quotedName(this.#options.database)} DURATION ${keep}`;
    const files = shard === undefined ? '' : ` SHARD DURATION ${shard}`;
    const asDefault = isDefault ? ' DEFAULT' : '';
    if (!present) await this.#post(`CREATE ${on} REPLICATION 1${files}${asDefault}`);
    else if (durationMs(present.duration) !== durationMs(keep) || (isDefault && !present.default)) {
      // Without its own, a policy that shrinks below the length of its files is refused.
      await this.#post(`ALTER ${on} SHARD DURATION ${shard ?? usualShard(keep)}${asDefault}`);
    }
  }

  /** Runs a `SELECT … INTO …` and tells how many points it wrote. Throws StoreError. */
  async selectInto(influxql: string): Promise<number> {
    const [row] = await this.#asking(() => this.#post(influxql));
    return Number(row?.written ?? 0);
  }

  /** InfluxDB's own clock, to the second; undefined where a proxy keeps it to itself. Throws StoreError. */
  async clockMs(): Promise<number | undefined> {
    return this.#asking(async () => {
      const [host] = await this.#influx.ping(this.#options.timeoutMs ?? 15_000);
      if (!host?.online) throw new Error('it does not answer to a ping');
      const atMs = Date.parse(String(host.res?.headers.date));
      return Number.isFinite(atMs) ? atMs : undefined;
    });
  }

  async #post(influxql: string): Promise<Row[]> {
    const { database } = this.#options;
    const answer: { results: RawResult[] } = await this.#influx.queryRaw(influxql, {
      database,
      method: 'POST',
    });
    return answer.results.flatMap(rowsOf);
  }

  /** Rows with the tags of GROUP BY beside the columns, `time` in ms since 1970. Throws StoreError. */
  async query(influxql: string): Promise<Row[]> {
    const { database, retentionPolicy } = this.#options;
    return this.#asking(async () => {
      const answer: { results: RawResult[] } = await this.#influx.queryRaw(influxql, {
        database,
        retentionPolicy,
        precision: 'ms',
      });
      return answer.results.flatMap(rowsOf);
    });
  }

  /** The same in columns, as InfluxDB gives them, for much data. POST, because statements may be long. Throws StoreError. */
  async series(influxql: string): Promise<Series[]> {
    const { database, retentionPolicy } = this.#options;
    return this.#asking(async () => {
      const answer: { results: RawResult[] } = await this.#influx.queryRaw(influxql, {
        database,
        retentionPolicy,
        precision: 'ms',
        method: 'POST',
      });
      return answer.results.flatMap(wholeSeriesOf);
    });
  }

  /** Ends what is under way; a server that hangs must not hold up the end of the process. */
  close(): void {
    this.#agent.destroy();
  }

  async #asking<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (cause) {
      if (cause instanceof StoreError) throw cause;
      // An answer may be of any length, and the search below takes the square of it.
      const said = (cause as Error).message.slice(0, 4000);
      const message = this.#hide(said);
      // The package gives the status code only inside its sentence.
      const [, code, body = ''] = /A (\d{3}) .*? error occurred: (.*)/s.exec(message) ?? [];
      if (code !== undefined) throw storeErrorOf(Number(code), body);
      const host = new URL(this.#options.url).host;
      throw new StoreError(
        'unavailable',
        `InfluxDB at ${host} gave no usable answer: ${plainText(message)}`,
        // A cause is logged with what it says.
        message === said ? { cause } : {},
      );
    }
  }
}

export type Series = {
  readonly tags?: Readonly<Record<string, string>>;
  /** The first is `time`, in ms since 1970. */
  readonly columns: readonly string[];
  readonly values?: readonly (readonly unknown[])[];
};

type RawResult = {
  readonly error?: string;
  readonly partial?: boolean;
  readonly series?: readonly (Series & { readonly partial?: boolean })[];
};

function wholeSeriesOf({ error, partial, series = [] }: RawResult): readonly Series[] {
  if (error !== undefined) throw storeErrorOf(400, error);
  if (partial || series.some((one) => one.partial)) {
    const message =
      'InfluxDB gave a part of the rows: set max-row-limit = 0 in the [http] part of its configuration';
    throw new StoreError('unavailable', message);
  }
  return series;
}

function rowsOf({ error, series = [] }: RawResult): Row[] {
  if (error !== undefined) throw storeErrorOf(400, error);
  return series.flatMap(({ tags, columns, values = [] }) =>
    values.map((value) => ({
      ...tags,
      ...Object.fromEntries(columns.map((column, at) => [column, value[at]])),
    })),
  );
}

const UNIT_MS: Readonly<Record<string, number>> = {
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
};

/** The length of files that InfluxDB chooses by itself (docs.influxdata.com/influxdb/v1, "SHARD DURATION"). */
function usualShard(keep: string): string {
  const lengthMs = durationMs(keep);
  if (lengthMs === 0 || lengthMs > 26 * (UNIT_MS.w ?? 0)) return '7d';
  return lengthMs < 2 * (UNIT_MS.d ?? 0) ? '1h' : '1d';
}

/** `90d` and InfluxDB's own `2160h0m0s` are the same; for ever is 0. */
export function durationMs(duration: string): number {
  if (/^inf$/i.test(duration)) return 0;
  const parts = [...duration.matchAll(/(\d+)(w|d|h|m|s)/g)];
  if (parts.map(([part]) => part).join('') !== duration || parts.length === 0) {
    throw new RangeError(`expected a duration such as 90d, 12h or INF, got "${duration}"`);
  }
  return parts.reduce((sum, [, n, unit]) => sum + Number(n) * (UNIT_MS[unit ?? ''] ?? 0), 0);
}
