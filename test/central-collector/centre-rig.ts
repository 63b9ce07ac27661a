// A control centre in a temporary folder behind a server that is asked without a network.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { createServer } from '../../central-collector/api/server.ts';
import { type Centre, openCentre } from '../../central-collector/centre.ts';
import type { CentreOptions, CentreSurroundings } from '../../central-collector/centre-options.ts';
import type { Database } from '../../central-collector/store/database.ts';

export type CentreRig = {
  readonly centre: Centre;
  readonly server: FastifyInstance;
  readonly directory: string;
  /** Routes below /api/v1, `GET /cameras/{site}`. */
  readonly routes: readonly string[];
};

const opened: (() => Promise<void>)[] = [];

export async function openCentreRig(
  options: Partial<CentreOptions> = {},
  around: Partial<CentreSurroundings> = {},
): Promise<CentreRig> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'ngatu-centre-')));
  const centre = await openCentre(
    {
      name: 'Hải Phòng',
      timeZone: 'Asia/Ho_Chi_Minh',
      language: 'vi',
      version: '0.0.0-test',
      host: '127.0.0.1',
      // The real function with little work.
      hashCost: { logN: 4, r: 8, p: 1 },
      pageDirectory: join(directory, 'no-page'),
      ...options,
      directory,
    },
    {
      log: pino({ level: 'silent' }),
      collector: 'collector-1',
      // Asked for rows and nothing else.
      database: { query: async () => [] } as unknown as Database,
      store: { verdicts: async () => [] },
      // Nobody answers there.
      influxdb: { url: 'http://127.0.0.1:9', database: 'ngatu', retentionPolicy: 'raw', keep: 'INF' },
      problems: [],
      ledgerNow: () => [],
      state: () => ({ problems: [], totals: {}, gauges: {}, quarantined: {} }),
      ledger: async () => [],
      ...around,
    },
  );
  const server = createServer(centre.pages);
  const routes: string[] = [];
  server.addHook('onRoute', ({ url, method }) => {
    const path = /^\/api\/v1(\/.*)$/.exec(url)?.[1]?.replaceAll(/:(\w+)/g, '{$1}');
    if (path === undefined) return;
    routes.push(
      ...[method]
        .flat()
        .filter((each) => each !== 'HEAD')
        .map((each) => `${each} ${path}`),
    );
  });
  await centre.pages.addTo(server);
  opened.push(async () => {
    await centre.stop();
    await server.close();
    await centre.close();
    await rm(directory, { recursive: true, force: true });
  });
  return { centre, server, directory, routes };
}

/** For afterEach. */
export async function closeCentreRigs(): Promise<void> {
  for (const close of opened.splice(0).reverse()) await close();
}
