// Wires the control centre of a collector: accounts, what is live, incidents, places. Its parts know nothing of each
// other; here they meet. Nothing imports this but main.ts.

import { join } from 'node:path';
import { Accounts, type FirstPassword } from './api/accounts/accounts.ts';
import { Gate } from './api/accounts/gate.ts';
import { httpsOptions, transportProblem } from './api/accounts/transport.ts';
import type { CentrePages } from './api/server.ts';
import { boxLedger } from './box-ledger.ts';
import { centreConnection } from './centre-connection.ts';
import type { CentreOptions, CentreSurroundings } from './centre-options.ts';
import { addPages } from './centre-pages.ts';
import { openSetUp } from './centre-set-up.ts';
import { City } from './city.ts';
import { lockFolder } from './folder-lock.ts';
import { Incidents } from './incidents/incidents.ts';
import { readMessage } from './ingest/read-message.ts';
import { type Live, openLive } from './live/live.ts';
import { readMap } from './map-file.ts';
import { PlaceBook } from './place-book.ts';
import { repeat } from './repeat.ts';
import { KNOWN_CAMERAS, knownCameras } from './store/known-cameras.ts';
import { IncidentHistory } from './store/queries/incident-history.ts';
import { createHistory } from './store/queries/open-history.ts';

export type Centre = {
  /** For the console, once. */
  readonly firstPassword: FirstPassword | undefined;
  /** One sentence for each thing that is wrong, those of the collector first. */
  readonly problems: readonly string[];
  /** By metric name. */
  readonly totals: Readonly<Record<string, number>>;
  readonly gauges: Readonly<Record<string, number>>;
  readonly pages: CentrePages;
  /** To be called once the database can be asked. */
  databaseReady(): void;
  /** Ends streams and what waits for the database, which may close at the same time. Before the server. Idempotent. */
  stop(): Promise<void>;
  /** Gives the folder free. After the server. Idempotent. */
  close(): Promise<void>;
};

/** A camera that nobody but the database knows is not in a hurry. */
const LEARN_EVERY_MS = 600_000;
const STREAM_BYTES = 256 * 1024 * 1024;

/** Opens the folder. Throws FolderLockError when another collector has it, and errors of the parts that cannot use it. */
export async function openCentre(options: CentreOptions, around: CentreSurroundings): Promise<Centre> {
  const {
    directory,
    host,
    https,
    certificate,
    behindHttps = false,
    proxies = [],
    hashCost,
    timeZone,
  } = options;
  const { log } = around;
  const tls = https && httpsOptions(https);
  const secure = tls !== undefined || behindHttps;
  const map = await readMap(options.map);
  const lock = await lockFolder(directory);
  // What was opened, to be closed in the opposite order; first those that the server waits for.
  const stopping: (() => Promise<void>)[] = [];
  const closing: (() => Promise<void>)[] = [() => lock.release(), async () => certificate?.close()];
  const [stop, close] = [once(stopping), once(closing)];
  try {
    const accounts = new Accounts({ directory, log, ...(hashCost && { hashCost }) });
    const firstPassword = await accounts.open();
    closing.push(() => accounts.close());
    const book = new PlaceBook(directory);
    await book.open();

    const past = createHistory({
      ...{ influxdb: around.influxdb, timeZone, log },
      directory: join(directory, 'history'),
    });
    await past.open();
    stopping.push(() => past.close());
    const { history } = past;

    const incidents: Incidents = new Incidents({
      directory: join(directory, 'verdicts'),
      history: new IncidentHistory((influxql) => around.database.query(influxql)),
      storeVerdicts: (verdicts) => around.store.verdicts(verdicts),
      onVerdict: async ({ site, agent, camera, atMs, data }) => {
        const id = `${site}/${agent}/${camera}`;
        live.publish('verdict', data, { camera: id, severity: data.incident.severity, atMs });
        live.touch(id);
        // Until then it is told again after a crash.
        await live.settled();
      },
      cameraName: (camera) => live.registry.camera(camera)?.name ?? null,
      standingOf: (camera) => live.registry.standing(camera),
      pictureOf: (camera) => live.registry.camera(camera)?.picture ?? null,
      ...{ timeZone, log },
    });
    const commands = await openSetUp({
      ...{ directory, log },
      ...(options.pictureBytes && { pictureBytes: options.pictureBytes }),
      stateOf: (box) => live.registry.box(box)?.state,
    });
    stopping.push(() => commands.close());
    const connect = centreConnection(options, around, commands.sender);
    const live: Live = await openLive({
      directory,
      maxBytes: options.streamBytes ?? STREAM_BYTES,
      read: (topic, payload, receivedAtMs) => readMessage(topic, payload, receivedAtMs),
      ...(connect && { connect }),
      describeIncident: (address, incident) => incidents.take(address, incident),
      activeIncidents: (camera) => incidents.activeOf(camera).count,
      webhookHosts: options.webhookHosts ?? [],
      recentFlows: (sinceMs) => history.recentFlows(sinceMs),
      problems: () => [
        ...[around, accounts, incidents, past].flatMap(({ problems }) => problems),
        ...certificateProblems(certificate),
      ],
      places: {
        position: (camera) => book.position(camera) ?? null,
        ledger: boxLedger(around.ledgerNow),
      },
      logger: log,
    });
    stopping.push(() => live.close());
    await incidents.open();
    stopping.push(() => incidents.close());
    const city = new City({ book, live: live.registry, activeOfSite: (site) => incidents.activeOf(site) });

    const gate = new Gate({ accounts, secure, ...(options.origins && { origins: options.origins }) });
    const inTheOpen = transportProblem(host, secure);
    if (inTheOpen !== undefined) log.warn({ problem: inTheOpen }, 'passwords could be read on the way');
    return {
      firstPassword,
      get problems() {
        return live.problems();
      },
      get totals() {
        return { ...prefixed(live.counts), ...commands.counts };
      },
      get gauges() {
        return {
          ...{ ...live.gauges, ...incidents.counts, ...commands.gauges },
          ...(certificate && { https_certificate_days: certificate.daysLeft() }),
        };
      },
      pages: {
        ...(tls && { https: tls }),
        ...(certificate && {
          onRenewal: (take) => certificate.onRenewal((files) => take(httpsOptions(files))),
        }),
        ...(behindHttps && { trustProxy: ['loopback', ...proxies] }),
        addTo: (server) =>
          addPages(server, { gate, book, city, map, live, incidents, history, commands }, options, around),
      },
      databaseReady: () => {
        const learn = async () => {
          city.learn(knownCameras(await around.database.query(KNOWN_CAMERAS)));
          city.learnLines(await history.linesOf());
        };
        stopping.push(repeat('asking which cameras there are', LEARN_EVERY_MS, learn, log));
      },
      ...{ stop, close },
    };
  } catch (error) {
    await stop();
    await close();
    throw error;
  }
}

/** Ends all that was opened by then, the last first, once. */
function once(endings: readonly (() => Promise<void>)[]): () => Promise<void> {
  let ended: Promise<void> | undefined;
  const end = async () => {
    for (const ending of [...endings].reverse()) await ending();
  };
  return () => {
    ended ??= end();
    return ended;
  };
}

function certificateProblems(certificate: CentreOptions['certificate']): string[] {
  return certificate?.problem === undefined ? [] : [`The https certificate: ${certificate.problem}.`];
}

/** The counters of the live part among those of the collector. */
function prefixed(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(counts).map(([name, n]) => [name.startsWith('stream_') ? name : `live_${name}`, n]),
  );
}
