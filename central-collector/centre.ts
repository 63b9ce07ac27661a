// Wires the control centre of a collector: accounts, pages and API, and what they show. Its parts know nothing of each
// other; here they meet. Nothing imports this but main.ts.

import { join } from 'node:path';
import compress from '@fastify/compress';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { Accounts, type FirstPassword } from './api/accounts/accounts.ts';
import { Gate } from './api/accounts/gate.ts';
import type { HashCost } from './api/accounts/password-hash.ts';
import { accountsPlugin } from './api/accounts/plugin.ts';
import { httpsOptions, type TlsFiles, transportProblem } from './api/accounts/transport.ts';
import type { CollectorState } from './api/collector-state.ts';
import { addConditionalAnswers } from './api/conditional.ts';
import { addPage } from './api/page.ts';
import { addPlaceRoutes, type PlacesSource } from './api/places/routes.ts';
import { addRateLimit, RATE_LIMITS, type RateLimits } from './api/rate-limit.ts';
import { addRefusals, type Fallback } from './api/refusals.ts';
import type { LedgerAnswer } from './api/schemas/places.ts';
import type { CentrePages } from './api/server.ts';
import { City } from './city.ts';
import { lockFolder } from './folder-lock.ts';
import type { LedgerEntry } from './ingest/ledger.ts';
import type { Range } from './interval-set.ts';
import { readMap } from './map-file.ts';
import { PlaceBook } from './place-book.ts';
import { repeat } from './repeat.ts';
import type { Database } from './store/database.ts';
import { KNOWN_CAMERAS, knownCameras } from './store/known-cameras.ts';

export type CentreOptions = {
  /** For people: "Hải Phòng". */
  readonly name: string;
  /** Of its own; one process at a time. */
  readonly directory: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly language: 'vi' | 'en';
  /** Of the product. */
  readonly version: string;
  /** What it listens on, for the warning that passwords travel in the open. */
  readonly host: string;
  readonly origins?: readonly string[];
  readonly https?: TlsFiles;
  /** Whether a proxy before it speaks https; then it is believed when it is on this machine or among `proxies`. */
  readonly behindHttps?: boolean;
  readonly proxies?: readonly string[];
  /** GeoJSON file of the overview map. */
  readonly map?: string;
  /** Template of a tile server. */
  readonly tiles?: string;
  /** Default RATE_LIMITS. */
  readonly rateLimits?: RateLimits;
  /** Work of a password hash. Default that of Accounts. */
  readonly hashCost?: HashCost;
  /** Built files of the page. Default: where the build puts them. */
  readonly pageDirectory?: string;
};

/** What the collector lends. */
export type CentreSurroundings = {
  readonly log: Logger;
  readonly database: Pick<Database, 'query'>;
  /** How it fares, with what the centre says of itself. */
  readonly state: () => CollectorState;
  /** Brought up to date first where that can be done quickly. */
  readonly ledger: () => Promise<readonly LedgerEntry[]>;
};

export type Centre = {
  /** For the console, once. */
  readonly firstPassword: FirstPassword | undefined;
  /** One sentence for each thing that is wrong. */
  readonly problems: readonly string[];
  readonly pages: CentrePages;
  /** To be called once the database can be asked. */
  databaseReady(): void;
  /** After the server has closed. Idempotent. */
  close(): Promise<void>;
};

type Parts = {
  readonly gate: Gate;
  readonly book: PlaceBook;
  readonly city: City;
  readonly map: Buffer;
};

/** A camera that nobody but the database knows is not in a hurry. */
const LEARN_EVERY_MS = 600_000;

/** Opens the folder. Throws FolderLockError when another collector has it, AccountsError when it cannot be used. */
export async function openCentre(options: CentreOptions, around: CentreSurroundings): Promise<Centre> {
  const { directory, host, https, behindHttps = false, proxies = [], hashCost } = options;
  const { log } = around;
  const tls = https && httpsOptions(https);
  const secure = tls !== undefined || behindHttps;
  const map = await readMap(options.map);
  const lock = await lockFolder(directory);
  const accounts = new Accounts({ directory, log, ...(hashCost && { hashCost }) });
  const book = new PlaceBook(directory);
  const city = new City({
    book,
    live: { cameras: () => [], boxes: () => [] },
    activeOfSite: () => ({ count: 0, worst: null }),
  });
  let stopLearning: (() => Promise<void>) | undefined;
  let closed: Promise<void> | undefined;
  const close = async () => {
    await stopLearning?.();
    await accounts.close();
    await lock.release();
  };
  try {
    const firstPassword = await accounts.open();
    await book.open();
    const gate = new Gate({ accounts, secure, ...(options.origins && { origins: options.origins }) });
    const inTheOpen = transportProblem(host, secure);
    if (inTheOpen !== undefined) log.warn({ problem: inTheOpen }, 'passwords could be read on the way');
    const parts: Parts = { ...{ gate, book, city, map } };
    return {
      firstPassword,
      get problems() {
        return accounts.problems;
      },
      pages: {
        ...(tls && { https: tls }),
        ...(behindHttps && { trustProxy: ['loopback', ...proxies] }),
        addTo: (server) => addPages(server, parts, options, around),
      },
      databaseReady: () => {
        stopLearning ??= repeat(
          'asking which cameras there are',
          LEARN_EVERY_MS,
          async () => {
            city.learn(knownCameras(await around.database.query(KNOWN_CAMERAS)));
          },
          log,
        );
      },
      close: () => {
        closed ??= close();
        return closed;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Everything that answers browsers and programs. */
async function addPages(
  server: FastifyInstance,
  parts: Parts,
  options: CentreOptions,
  around: CentreSurroundings,
): Promise<void> {
  const { gate } = parts;
  const { log } = around;
  const { tiles, rateLimits = RATE_LIMITS, pageDirectory = builtPage() } = options;
  let fallback: Fallback | undefined;
  addRefusals(server, log, () => fallback);
  addConditionalAnswers(server);
  await server.register(compress, { encodings: ['br', 'gzip'], threshold: 1024 });
  await addRateLimit(server, gate, rateLimits);
  await server.register(accountsPlugin, {
    gate,
    log,
    ...(tiles !== undefined && { imageSources: [originOf(tiles)] }),
  });
  await server.register(
    (api, _options, done) => {
      // Forms of other sites can send text without asking; JSON they can't.
      api.removeContentTypeParser('text/plain');
      addPlaceRoutes(api, gate, placesOf(parts, options, around));
      done();
    },
    { prefix: '/api/v1' },
  );
  fallback = await addPage(server, pageDirectory);
}

function placesOf(
  { city, book, map }: Parts,
  { name, version, timeZone, language, tiles }: CentreOptions,
  { state, ledger }: CentreSurroundings,
): PlacesSource {
  const now = () => new Date().toISOString();
  return {
    centre: () => ({ ...{ name, version, timeZone, language }, tiles: tiles ?? null, now: now() }),
    sites: () => city.sites(),
    site: (site) => city.site(site),
    cameras: (site) => city.cameras(site),
    camera: (id) => city.camera(id),
    boxes: (site) => city.boxes(site),
    map,
    setSite: (site, body) => book.setSite(site, body),
    setCamera: (camera, position) => book.setCamera(camera, position),
    ledger: async () => ({ agents: (await ledger()).map(ledgerFacts) }),
    health: () => {
      const { problems, totals, gauges, quarantined } = state();
      return {
        ok: problems.length === 0,
        problems: [...problems],
        now: now(),
        ...{ totals: { ...totals }, gauges: { ...gauges }, quarantined: { ...quarantined } },
      };
    },
  };
}

function ledgerFacts({ ranges, gaps, droppedRanges, ...rest }: LedgerEntry): LedgerAnswer['agents'][number] {
  const copied = (list: readonly Range[]) => list.map(([first, last]): [number, number] => [first, last]);
  return { ...rest, ranges: copied(ranges), gaps: copied(gaps), droppedRanges: copied(droppedRanges) };
}

function originOf(template: string): string {
  return new URL(template.replaceAll(/[{}]/g, '')).origin;
}

/** `npm run build` compiles this file to dist/central-collector and puts the page beside it; tests run the sources. */
function builtPage(): string {
  const { dirname, filename } = import.meta;
  return filename.endsWith('.ts')
    ? join(dirname, '..', 'dist', 'central-collector', 'dashboard')
    : join(dirname, 'dashboard');
}
