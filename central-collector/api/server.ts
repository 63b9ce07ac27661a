// HTTP for machines and people: /healthz, /metrics, /ledger.

import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import type { CollectorState } from './collector-state.ts';
import { createMetrics } from './metrics.ts';

export type ApiOptions = {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly state: () => CollectorState;
  /** The ledger's entries, brought up to date first where that can be done quickly. */
  readonly ledger: () => Promise<readonly unknown[]>;
  /** Whether a request with this `Authorization` header may see more than whether all is well. Default: all may. */
  readonly admits?: (authorization: string | undefined) => boolean;
};

export type Api = { readonly port: number; close(): Promise<void> };

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly retryable = false;
}

const HEALTH = '/healthz';

/**
 * A client that sends its request a letter at a time, or a body without end, is hung up on after these; a scrape takes
 * milliseconds. Node would wait for a minute and for five.
 */
const REQUEST_TIMEOUT_MS = 15_000;
const HEADERS_LIMITS = { headersTimeout: 10_000, connectionsCheckingInterval: 2000 } as const;

/** Far more than ever watch one collector; others are hung up on, so that its memory and files are left for its work. */
const MAX_CONNECTIONS = 500;

const UNAUTHORISED =
  'This page wants the token that http.token of the configuration names, as a header: Authorization: Bearer TOKEN\n';

/**
 * Listens. Who is not admitted gets 401, and from `/healthz` only whether all is well. Throws ApiError when the address cannot be used.
 */
export async function startApi({ host, port, state, ledger, admits = () => true }: ApiOptions): Promise<Api> {
  const metrics = createMetrics(state);
  const server = Fastify({
    logger: false,
    bodyLimit: 1024,
    forceCloseConnections: true,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: HEADERS_LIMITS,
  });
  server.server.maxConnections = MAX_CONNECTIONS;
  server.addHook('onSend', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
  });
  // Before anything is read of a request, and for addresses that do not exist as well.
  server.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.url === HEALTH || admits(request.headers.authorization)) return;
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
  try {
    await server.listen({ host, port });
  } catch (cause) {
    await server.close();
    const taken = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE';
    const why = taken
      ? 'the port is taken; set http.port to a free one, or 0 for any'
      : (cause as Error).message;
    throw new ApiError(`cannot listen on ${host}:${port}: ${why}`, { cause });
  }
  return { port: (server.server.address() as AddressInfo).port, close: () => server.close() };
}
