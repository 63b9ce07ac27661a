// Everything of a control centre that answers browsers and programs.

import { join } from 'node:path';
import compress from '@fastify/compress';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import type { Gate } from './api/accounts/gate.ts';
import { accountsPlugin } from './api/accounts/plugin.ts';
import { addAsyncApiRoute } from './api/asyncapi/document.ts';
import { addConditionalAnswers } from './api/conditional.ts';
import { addHistoryRoutes, type HistorySource } from './api/history/history-routes.ts';
import { addTypicalDayRoute } from './api/history/typical-day-route.ts';
import type { IncidentsSource } from './api/incidents/incidents-source.ts';
import { addIncidentRoutes } from './api/incidents/routes.ts';
import { addDocsPage } from './api/openapi/docs-page.ts';
import { addOpenApiRoutes } from './api/openapi/routes.ts';
import { addPage } from './api/page.ts';
import { addPlaceRoutes, type PlacesSource } from './api/places/routes.ts';
import { addRateLimit, RATE_LIMITS } from './api/rate-limit.ts';
import { addRefusals, type Fallback } from './api/refusals.ts';
import type { LedgerAnswer } from './api/schemas/places.ts';
import { addSetupRoutes } from './api/setup/routes.ts';
import { addSlitScanRoutes } from './api/slit-scans/routes.ts';
import { addStreamRoutes } from './api/stream/stream-routes.ts';
import { addWebhookRoutes } from './api/stream/webhook-routes.ts';
import type { CentreOptions, CentreSurroundings } from './centre-options.ts';
import { setUpSource } from './centre-set-up.ts';
import { slitScanSource } from './centre-slit-scans.ts';
import type { City } from './city.ts';
import type { Commands } from './commands/open-commands.ts';
import { placeFrom } from './incidents/incident-walk.ts';
import type { EvidenceFile, Incidents } from './incidents/incidents.ts';
import type { LedgerEntry } from './ingest/ledger.ts';
import type { Range } from './interval-set.ts';
import type { Live } from './live/live.ts';
import { localIso } from './local-time.ts';
import type { PlaceBook } from './place-book.ts';

export type CentreParts = {
  readonly gate: Gate;
  readonly book: PlaceBook;
  readonly city: City;
  /** GeoJSON. */
  readonly map: Buffer;
  readonly live: Live;
  readonly incidents: Incidents;
  readonly history: HistorySource;
  readonly commands: Commands;
};

export async function addPages(
  server: FastifyInstance,
  parts: CentreParts,
  options: CentreOptions,
  around: CentreSurroundings,
): Promise<void> {
  const { gate } = parts;
  const { log } = around;
  const { tiles, rateLimits = RATE_LIMITS, pageDirectory = join(builtFiles(), 'dashboard') } = options;
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
  const routes: FastifyPluginAsync = async (api) => {
    // Forms of other sites can send text without asking; JSON they can't.
    api.removeContentTypeParser('text/plain');
    addPlaceRoutes(api, gate, placesOf(parts, options, around));
    addHistoryRoutes(api, gate, parts.history);
    addTypicalDayRoute(api, gate, parts.history, (timeZone = options.timeZone) =>
      localIso(Date.now(), timeZone).slice(0, 10),
    );
    addIncidentRoutes(api, gate, incidentsOf(parts, options));
    addSetupRoutes(api, gate, setUpSource(parts.commands, options.timeZone));
    addSlitScanRoutes(
      api,
      gate,
      slitScanSource({
        slitScans: parts.commands.slitScans,
        query: (influxql) => around.database.query(influxql),
        timeZone: options.timeZone,
      }),
    );
    addWebhookRoutes(api, gate, parts.live.webhooks);
    addOpenApiRoutes(api, gate, options.version);
    addAsyncApiRoute(api, gate, options.version);
    await addStreamRoutes(api, gate, parts.live, options.streams);
  };
  await server.register(routes, { prefix: '/api/v1' });
  addDocsPage(server, gate, join(builtFiles(), 'api', 'openapi', 'page'));
  fallback = await addPage(server, pageDirectory);
}

function placesOf(
  { city, book, map, live }: CentreParts,
  { name, version, timeZone, language, tiles }: CentreOptions,
  { state, ledger }: CentreSurroundings,
): PlacesSource {
  const now = () => localIso(Date.now(), timeZone);
  return {
    centre: () => ({ ...{ name, version, timeZone, language }, tiles: tiles ?? null, now: now() }),
    sites: () => city.sites(),
    site: (site) => city.site(site),
    cameras: (site) => city.cameras(site),
    camera: (id) => city.camera(id),
    boxes: (site) => city.boxes(site),
    map,
    setSite: (site, body) => book.setSite(site, body),
    setCamera: async (camera, position) => {
      await book.setCamera(camera, position);
      live.touch(camera);
    },
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

function incidentsOf(
  { incidents, commands }: CentreParts,
  { timeZone }: CentreOptions,
): IncidentsSource<EvidenceFile> {
  return {
    timeZone,
    placeFrom,
    list: (page) => incidents.list(page),
    get: (id) => incidents.get(id),
    judge: (id, judging) => incidents.judge(id, judging),
    statistics: (asked) => incidents.statistics(asked),
    evidenceOf: (id, kind) => incidents.evidenceOf(id, kind),
    evidence: (file, signal) => commands.pictures.evidence(file, signal),
  };
}

function ledgerFacts({ ranges, gaps, droppedRanges, ...rest }: LedgerEntry): LedgerAnswer['agents'][number] {
  const copied = (list: readonly Range[]) => list.map(([first, last]): [number, number] => [first, last]);
  return { ...rest, ranges: copied(ranges), gaps: copied(gaps), droppedRanges: copied(droppedRanges) };
}

function originOf(template: string): string {
  return new URL(template.replaceAll(/[{}]/g, '')).origin;
}

/** `npm run build` compiles this file to dist/central-collector, with what browsers load beside it; tests run the sources. */
function builtFiles(): string {
  const { dirname, filename } = import.meta;
  return filename.endsWith('.ts') ? join(dirname, '..', 'dist', 'central-collector') : dirname;
}
