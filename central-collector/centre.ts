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
import { addConditionalAnswers } from './api/conditional.ts';
import { addPage } from './api/page.ts';
import { addPlaceRoutes } from './api/places/routes.ts';
import { addRateLimit, RATE_LIMITS, type RateLimits } from './api/rate-limit.ts';
import { addRefusals, type Fallback } from './api/refusals.ts';
import type { CentrePages } from './api/server.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';

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
  readonly ledger: () => Promise<readonly unknown[]>;
};

export type Centre = {
  /** For the console, once. */
  readonly firstPassword: FirstPassword | undefined;
  /** One sentence for each thing that is wrong. */
  readonly problems: readonly string[];
  readonly pages: CentrePages;
  /** After the server has closed. Idempotent. */
  close(): Promise<void>;
};

/** Opens the folder. Throws FolderLockError when another collector has it, AccountsError when it cannot be used. */
export async function openCentre(options: CentreOptions, around: CentreSurroundings): Promise<Centre> {
  const { directory, host, https, behindHttps = false, proxies = [], hashCost } = options;
  const { log } = around;
  const tls = https && httpsOptions(https);
  const secure = tls !== undefined || behindHttps;
  const lock = await lockFolder(directory);
  try {
    const accounts = new Accounts({ directory, log, ...(hashCost && { hashCost }) });
    const firstPassword = await accounts.open();
    const gate = new Gate({ accounts, secure, ...(options.origins && { origins: options.origins }) });
    const inTheOpen = transportProblem(host, secure);
    if (inTheOpen !== undefined) log.warn({ problem: inTheOpen }, 'passwords could be read on the way');
    return {
      firstPassword,
      get problems() {
        return accounts.problems;
      },
      pages: {
        ...(tls && { https: tls }),
        ...(behindHttps && { trustProxy: ['loopback', ...proxies] }),
        addTo: (server) => addRoutes(server, gate, options, around),
      },
      close: closing(lock, accounts),
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function addRoutes(
  server: FastifyInstance,
  gate: Gate,
  options: CentreOptions,
  { log }: CentreSurroundings,
): Promise<void> {
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
      addPlaceRoutes(api, gate, {
        centre: () => ({
          name: options.name,
          version: options.version,
          timeZone: options.timeZone,
          language: options.language,
          tiles: tiles ?? null,
          now: new Date().toISOString(),
        }),
      });
      done();
    },
    { prefix: '/api/v1' },
  );
  fallback = await addPage(server, pageDirectory);
}

function closing(lock: FolderLock, accounts: Accounts): () => Promise<void> {
  const close = async () => {
    try {
      await accounts.close();
    } finally {
      await lock.release();
    }
  };
  let closed: Promise<void> | undefined;
  return () => {
    closed ??= close();
    return closed;
  };
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
