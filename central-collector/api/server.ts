// One HTTP server for machines and people: /healthz, /metrics, /ledger, and the control centre where there is one.

import type { Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyHttpsOptions, type FastifyInstance, type FastifyServerOptions } from 'fastify';
import type { HttpsOptions } from './accounts/transport.ts';
import type { CollectorState } from './collector-state.ts';
import { createMetrics } from './metrics.ts';
import { problemOf, sendProblem } from './problem.ts';

export type ApiOptions = {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly state: () => CollectorState;
  /** The ledger's entries, brought up to date first where that can be done quickly. */
  readonly ledger: () => Promise<readonly unknown[]>;
  /**
   * Whether a request with this `Authorization` header may see more than whether all is well. Default: all may. With a
   * centre, which has accounts, it is asked for the pages for machines alone.
   */
  readonly admits?: (authorization: string | undefined) => boolean;
  readonly centre?: CentrePages;
};

/** What a control centre adds to the server. */
export type CentrePages = {
  readonly https?: HttpsOptions;
  /** Calls `take` with what is to be served with from then on; connections that are open stay as they are. */
  readonly onRenewal?: (take: (https: HttpsOptions) => void) => void;
  /** Addresses whose X-Forwarded headers are believed. Default none. */
  readonly trustProxy?: readonly string[];
  /** Registers everything of it, before the server listens. */
  addTo(server: FastifyInstance): Promise<void>;
};

export type Api = { readonly port: number; close(): Promise<void> };

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly retryable = false;
}

const HEALTH = '/healthz';
const MACHINE_PAGES: readonly (string | undefined)[] = ['/metrics', '/ledger'];

/**
 * A client that sends its request a letter at a time, or a body without end, is hung up on after these; a scrape takes
 * milliseconds. Node would wait for a minute and for five.
 */
const REQUEST_TIMEOUT_MS = 15_000;
const HEADERS_LIMITS = { headersTimeout: 10_000, connectionsCheckingInterval: 2000 } as const;

/** Far more than ever watch one collector; others are hung up on, so that its memory and files are left for its work. */
const MAX_CONNECTIONS = 500;
/** 500 streams, each of a page that opens up to six connections more for what it shows. */
const MAX_CONNECTIONS_OF_CENTRE = 4000;

/** Three hundred cameras in one question are some 10 KiB; Node takes 16 for all headers together. */
const MAX_HEADER_BYTES = 32 * 1024;
/** Identifiers of incidents are made of site, agent and the agent's own. */
const MAX_PARAMETER = 300;
/** Of routes that do not say theirs. */
const BODY_LIMIT_BYTES = 1024;

const HEADERS_OF_NOTHING = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
} as const;

const UNAUTHORISED =
  'This page wants the token that http.token of the configuration names, as a header: Authorization: Bearer TOKEN\n';

/**
 * Listens. Who is not admitted gets 401, and from `/healthz` only whether all is well. Throws ApiError when the address cannot be used.
 */
export async function startApi(options: ApiOptions): Promise<Api> {
  const { host, port, centre } = options;
  const server = createServer(centre);
  try {
    if (centre) await centre.addTo(server);
    addMachinePages(server, options);
    await server.listen({ host, port });
  } catch (cause) {
    await server.close();
    const { code, message } = cause as NodeJS.ErrnoException;
    // A defect in what was added is no matter of the address.
    if (code === undefined || code.startsWith('FST_')) throw cause;
    const why =
      code === 'EADDRINUSE' ? 'the port is taken; set http.port to a free one, or 0 for any' : message;
    throw new ApiError(`cannot listen on ${host}:${port}: ${why}`, { cause });
  }
  return { port: (server.server.address() as AddressInfo).port, close: () => server.close() };
}

/** A server that does not listen yet. */
export function createServer(centre?: CentrePages): FastifyInstance {
  const options: FastifyServerOptions = {
    logger: false,
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: true,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { maxParamLength: MAX_PARAMETER },
    // Addresses that are none: no hook runs, so that the headers of other answers have to be said here.
    frameworkErrors: (error, _request, reply) =>
      sendProblem(reply.headers(HEADERS_OF_NOTHING), problemOf(error)),
    ...(centre?.trustProxy && { trustProxy: [...centre.trustProxy] }),
  };
  const http = { ...HEADERS_LIMITS, maxHeaderSize: MAX_HEADER_BYTES };
  const server = centre?.https
    ? createTlsServer(options, { ...http, ...centre.https }, centre.onRenewal)
    : Fastify({ ...options, http });
  server.server.maxConnections = centre ? MAX_CONNECTIONS_OF_CENTRE : MAX_CONNECTIONS;
  server.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
  return server;
}

function createTlsServer(
  options: FastifyServerOptions,
  https: HttpsOptions,
  onRenewal: CentrePages['onRenewal'],
): FastifyInstance {
  const server = Fastify({ ...(options as object), https } as FastifyHttpsOptions<TlsServer>);
  onRenewal?.((renewed) => server.server.setSecureContext(renewed));
  // The two kinds of server differ in types that no handler of ours looks at.
  return server as unknown as FastifyInstance;
}

function addMachinePages(
  server: FastifyInstance,
  { state, ledger, admits = () => true, centre }: ApiOptions,
): void {
  const metrics = createMetrics(state);
  // Before anything is read of a request. Without a centre also for addresses that do not exist.
  server.addHook('onRequest', async (request, reply) => {
    const { url } = request.routeOptions;
    const isOpen = centre ? !MACHINE_PAGES.includes(url) : url === HEALTH;
    if (isOpen || admits(request.headers.authorization)) return;
    await reply
      .code(401)
      .header('www-authenticate', 'Bearer realm="ngatu"')
      .type('text/plain')
      .send(UNAUTHORISED);
  });
  server.get(HEALTH, async (request, reply) => {
    const { problems } = state();
    const ok = problems.length === 0;
    const told = admits(request.headers.authorization) ? { ok, problems } : { ok };
    return reply.code(ok ? 200 : 503).send(told);
  });
  server.get('/metrics', async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );
  server.get('/ledger', async () => ({ agents: await ledger() }));
}
