// Wires a collector: broker → intake → InfluxDB → ledger and answers, with its HTTP pages. Nothing imports this but
// the command line and tests.

import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { type Admits, admitsBearer } from '../config/bearer.ts';
import { type CertificateWatch, watchCertificates } from '../config/certificate-watch.ts';
import { readCertificates } from '../config/certificates.ts';
import type { CollectorConfig } from '../config/collector.ts';
import { watchHttpsCertificate } from '../config/https-certificate.ts';
import type { FirstPassword } from './api/accounts/accounts.ts';
import type { CollectorState } from './api/collector-state.ts';
import { startApi } from './api/server.ts';
import { type Centre, openCentre } from './centre.ts';
import type { CentreOptions } from './centre-options.ts';
import { AckSender } from './ingest/acks.ts';
import { BrokerConnection, type BrokerOptions } from './ingest/broker.ts';
import { Intake } from './ingest/intake.ts';
import { Ledger } from './ingest/ledger.ts';
import { LedgerSync } from './ingest/ledger-sync.ts';
import { Quarantine } from './ingest/quarantine.ts';
import { SeriesGuard } from './ingest/series-guard.ts';
import { OutageLog } from './outage-log.ts';
import { within } from './retry.ts';
import { BatchWriter } from './store/batch-writer.ts';
import { Database, type DatabaseOptions } from './store/database.ts';
import { marksSince, pageOfMarks, streamsOfLedgerRows, summariesSince } from './store/ledger-points.ts';
import { createRoller } from './store/open-roller.ts';
import { type RollupKeep, rollupPolicies } from './store/rollup-work.ts';
import { PointStore } from './store/store.ts';
import { createWrite } from './store/write-request.ts';

export type CollectorOptions = {
  /** Names this collector at the broker and in the database: stable over restarts, unique among collectors. */
  readonly name: string;
  readonly mqtt: Omit<BrokerOptions, 'clientId' | 'log' | 'onDelivery' | 'now'>;
  readonly influxdb: DatabaseOptions & { readonly gzip?: boolean };
  readonly quarantine: { readonly directory: string; readonly maxBytes: number };
  /** See SeriesGuard. Default 10,000. */
  readonly maxNamesPerAgent?: number;
  readonly http: {
    readonly host: string;
    readonly port: number;
    /** Default: everybody who can connect may read the pages. */
    readonly admits?: Admits;
  };
  /** Looks after those of `mqtt.tls`; closed with the collector. */
  readonly certificates?: CertificateWatch;
  readonly log: Logger;
  /** Default 30 s. */
  readonly ledgerPeriodMs?: number;
  /** How long sums by quarter hour and hour are kept; without it none are made. */
  readonly rollups?: Omit<RollupKeep, 'raw'> & { readonly periodMs?: number };
  /** Without it the collector only stores. */
  readonly centre?: CentreOptions;
};

export type RunningCollector = {
  /** Port of the HTTP pages. */
  readonly port: number;
  /** Of the centre's first administrator, until it was used: for the console, never for a log. */
  readonly firstPassword: FirstPassword | undefined;
  state(): CollectorState;
  /** Finishes what is in hand, within 5 s, and leaves the rest to the broker. Idempotent. */
  close(): Promise<void>;
};

/**
 * Resolves when the HTTP pages answer; broker and InfluxDB may come up later, in any order. Throws QuarantineError,
 * ApiError, AccountsError or FolderLockError when the machine does not give what the collector needs.
 */
export async function startCollector(options: CollectorOptions): Promise<RunningCollector> {
  const { name, log } = options;
  const keep = options.rollups && { ...options.rollups, raw: options.influxdb.keep };
  const influxdb = { ...options.influxdb, ...(keep && { policies: rollupPolicies(keep) }) };
  const closing = new AbortController();
  const database = new Database(influxdb);
  const http = createWrite(influxdb);
  const quarantine = new Quarantine(options.quarantine);
  const ledger = new Ledger();
  const series = new SeriesGuard({ maxPerAgent: options.maxNamesPerAgent });
  let databaseProblem: string | undefined = 'InfluxDB was not asked yet';
  const writer = new BatchWriter({
    write: http.write,
    onMissing: () => database.ensureOnce(),
    onFailure: ({ message }, request) => outage.failed(request, message),
    onRecovery: (request) => {
      outage.recovered(request);
      // Its next round may be half a minute away, and it is part of the same outage.
      if (sync.problem !== undefined) void sync.run();
    },
  });
  const broker: BrokerConnection = new BrokerConnection({
    ...options.mqtt,
    clientId: name,
    log,
    onDelivery: (delivery) => intake.take(delivery),
  });
  const acks = new AckSender({ log, publish: (topic, payload) => broker.publish(topic, payload) });
  const rollups =
    keep &&
    createRoller({
      collector: name,
      influxdb,
      keep,
      ...(keep.periodMs !== undefined && { periodMs: keep.periodMs }),
      onRound: (problem) => {
        if (problem === undefined) outage.recovered(rollups);
        else outage.failed(rollups, `roll-ups were not brought up to date: ${problem}`);
      },
    });
  const roller = rollups?.roller;
  const store = new PointStore(writer, name, () => Date.now() + (roller?.clockAheadMs ?? 0));
  const intake = new Intake({
    store,
    ledger,
    quarantine: (item) => quarantine.add(item),
    answer: (id) => acks.add(id),
    series,
    log,
  });
  const outage: OutageLog = new OutageLog({
    log,
    who: 'InfluxDB',
    begins: 'trouble with InfluxDB; nothing is lost, trying again',
    done: {
      what: 'batches stored',
      count: () => intake.counts.batches,
      settled: () => intake.settled(),
    },
  });
  const sync: LedgerSync = new LedgerSync({
    ledger,
    loadSummaries: async (sinceMs) => streamsOfLedgerRows(await database.query(summariesSince(sinceMs))),
    loadMarks: async (sinceMs, whose) =>
      pageOfMarks(await database.query(marksSince(sinceMs, whose === 'others' ? name : ''))),
    saveSummaries: (entries, atMs) => store.ledger(entries, atMs),
    onRound: (problem) => {
      void quarantine.refresh();
      if (problem === undefined) outage.recovered(sync);
      else outage.failed(sync, `the ledger was not brought up to date: ${problem}`);
    },
    ...(options.ledgerPeriodMs !== undefined && { periodMs: options.ledgerPeriodMs }),
  });

  const problems = () =>
    [
      broker.ready ? undefined : `The broker: ${broker.problem ?? 'not connected'}.`,
      databaseProblem === undefined ? undefined : `The database: ${databaseProblem}.`,
      writer.problem === undefined ? undefined : `Storing: ${writer.problem}.`,
      intake.quarantineProblem === undefined ? undefined : `The quarantine: ${intake.quarantineProblem}.`,
      roller?.late === undefined ? undefined : `The roll-ups: ${roller.late}.`,
      roller?.clockProblem === undefined ? undefined : `The clock: ${roller.clockProblem}.`,
    ].filter((problem) => problem !== undefined);
  const state = (): CollectorState => ({
    problems: centre ? centre.problems : problems(),
    totals: {
      messages_received: broker.counts.received,
      messages_acknowledged: broker.counts.acknowledged,
      broker_reconnects: broker.counts.reconnects,
      messages_dropped: intake.counts.dropped,
      messages_postponed: intake.counts.postponed,
      messages_rejected: intake.counts.rejectedMessages,
      messages_failed: intake.counts.failed,
      batches_stored: intake.counts.batches,
      batches_duplicate: intake.counts.duplicates,
      events_stored: intake.counts.events,
      events_rejected: intake.counts.rejectedEvents,
      statuses_stored: intake.counts.statuses,
      healths_stored: intake.counts.healths,
      points_stored: writer.counts.lines,
      points_refused: writer.counts.refused,
      points_beyond_retention: writer.counts.beyondRetention,
      write_requests: writer.counts.requests,
      write_retries: writer.counts.retries,
      acks_sent: acks.counts.sent,
      acks_failed: acks.counts.failed,
      quarantine_evicted: quarantine.counts.evicted,
      ...(roller && {
        rollup_rounds: roller.rounds,
        rollup_windows: roller.counts.windows,
        rollup_windows_expired: roller.counts.expired,
        rollup_points: roller.counts.points,
      }),
      ...centre?.totals,
    },
    gauges: {
      messages_in_hand: intake.inHand,
      bytes_in_hand: intake.bytesInHand,
      points_waiting: writer.waitingLines,
      quarantine_bytes: quarantine.bytes,
      quarantine_files: quarantine.files,
      agents: ledger.size,
      names: series.size,
      batches_missing: ledger.missing,
      broker_connected: broker.ready ? 1 : 0,
      ...certificateGauge(options.certificates),
      ...(roller && {
        rollup_lag_seconds: (roller.lagMs ?? 0) / 1000,
        rollup_backfilling: roller.backfilling ? 1 : 0,
      }),
      ...centre?.gauges,
    },
    quarantined: quarantine.counts.byReason,
  });

  const ledgerEntries = async () => {
    // With InfluxDB away the answer is what is known here; it must not wait for long.
    await within(2000, sync.run());
    return ledger.entries();
  };
  await quarantine.open();
  const centre: Centre | undefined =
    options.centre &&
    (await openCentre(options.centre, {
      ...{ collector: name, log, mqtt: options.mqtt, influxdb, database, store, state },
      get problems() {
        return problems();
      },
      ledger: ledgerEntries,
      ledgerNow: () => ledger.entries(),
    }));
  const api = await startApi({
    ...options.http,
    state,
    ledger: ledgerEntries,
    ...(centre && { centre: centre.pages }),
  }).catch(async (error: unknown) => {
    await centre?.stop();
    await centre?.close();
    throw error;
  });
  // Messages are taken only when they can be stored; until then they are safe with broker and agents.
  const opening = database
    .ensure(closing.signal, ({ message }) => {
      databaseProblem = message;
      outage.failed(database, message);
    })
    .then(() => {
      if (closing.signal.aborted) return;
      databaseProblem = undefined;
      outage.recovered(database);
      log.info({ database: influxdb.database, keep: influxdb.keep }, 'InfluxDB is ready');
      sync.open();
      roller?.open();
      broker.open();
      centre?.databaseReady();
    })
    .catch((error: Error) => {
      if (closing.signal.aborted) return;
      databaseProblem = error.message;
      log.error({ problem: error.message }, 'InfluxDB cannot be used as configured');
    });

  let closed: Promise<void> | undefined;
  const close = async () => {
    closing.abort(new Error('closing'));
    options.certificates?.close();
    outage.close();
    await within(100, opening);
    await intake.close(2000);
    await within(500, acks.flush());
    await sync.close();
    await rollups?.close();
    await broker.close();
    database.close();
    // What the centre still wants stored waits for the writer, whose end ends that.
    await Promise.all([writer.close(), centre?.stop()]);
    http.close();
    await api.close();
    await centre?.close();
    log.info('collector closed');
  };
  return {
    port: api.port,
    firstPassword: centre?.firstPassword,
    state,
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

/** What a configuration file says, as options; `version` of the product. Reads the certificates it names; throws CertificateError. */
export async function collectorOptions(
  config: CollectorConfig,
  log: Logger,
  version: string,
): Promise<CollectorOptions> {
  const { mqtt, influxdb, quarantine, http, centre } = config;
  const { tls } = mqtt;
  return {
    ...storingOptions(config),
    mqtt: {
      url: mqtt.url,
      sharedGroup: mqtt.sharedGroup,
      ...credentialsOf(mqtt),
      ...(tls && { tls: await readCertificates(tls) }),
    },
    quarantine: { directory: quarantine.directory, maxBytes: quarantine.maxMiB * 1024 * 1024 },
    certificates: await watchCertificates({ tls, logger: log }),
    http: { host: http.host, port: http.port, admits: admitsBearer(http.token) },
    log,
    ...(influxdb.rollups && { rollups: keepOf(influxdb.retention) }),
    ...(centre.enabled && { centre: await centreOptions(config, log, version) }),
  };
}

async function centreOptions(
  { centre, http }: CollectorConfig,
  logger: Logger,
  version: string,
): Promise<CentreOptions> {
  const { name, directory, timeZone, language, origins, https, behindHttps, proxies, map, tiles } = centre;
  const { mqtt, stream, webhooks, pictures } = centre;
  const certificate = https && (await watchHttpsCertificate({ https, logger }));
  return {
    ...{ name, directory, timeZone, language, origins, behindHttps, proxies, version },
    host: http.host,
    streamBytes: stream.maxMiB * 1024 * 1024,
    webhookHosts: webhooks.allow,
    pictureBytes: pictures.maxMiB * 1024 * 1024,
    streams: { maxStreams: stream.clients, maxOfPrincipal: stream.clientsPerPrincipal },
    ...(mqtt && {
      mqtt: {
        ...credentialsOf(mqtt),
        ...(mqtt.clientId !== undefined && { clientId: mqtt.clientId }),
        ...(mqtt.tls && { tls: await readCertificates(mqtt.tls) }),
      },
    }),
    ...(certificate && { https: certificate.files(), certificate }),
    ...(map !== undefined && { map }),
    ...(tiles !== undefined && { tiles }),
  };
}

/** What storing needs of it, without broker and its secrets. */
export function storingOptions({ mqtt, influxdb, quarantine, limits }: CollectorConfig) {
  return {
    name: mqtt.clientId ?? nameFor(quarantine.directory),
    influxdb: {
      url: influxdb.url,
      database: influxdb.database,
      retentionPolicy: 'raw',
      keep: influxdb.retention.raw,
      ...credentialsOf(influxdb),
    },
    maxNamesPerAgent: limits.namesPerAgent,
  };
}

function keepOf({ quarterHour, hour }: CollectorConfig['influxdb']['retention']) {
  return { quarterHour, hour };
}

/** Without a certificate there is no number that would be true. */
function certificateGauge(certificates: CertificateWatch | undefined): Record<string, number> {
  const days = certificates?.daysLeft();
  return days === undefined ? {} : { certificate_days: days };
}

/** Two collectors never share a quarantine, so that machine and folder name one. */
function nameFor(quarantineDirectory: string): string {
  const hash = createHash('sha256').update(quarantineDirectory).digest('hex').slice(0, 8);
  return `ngatu-collector-${hostname().replace(/[^A-Za-z0-9-]/g, '-')}-${hash}`;
}

type Credentials = {
  readonly username?: string | undefined;
  readonly password?: { reveal(): string } | undefined;
};

function credentialsOf({ username, password }: Credentials): { username?: string; password?: string } {
  return {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password: password.reveal() }),
  };
}
