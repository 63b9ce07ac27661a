// The agent's two pages for machines: /healthz and /metrics.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { AgentError } from './agent-error.ts';

export type HealthReport = {
  readonly ok: boolean;
  /** One sentence for each thing that is wrong. */
  readonly problems: readonly string[];
};

export type HttpServer = { readonly port: number; close(): Promise<void> };

export type HttpServerOptions = {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly registry: Registry;
  /** Called before numbers are shown, to bring those up to date that are kept elsewhere. */
  readonly onScrape?: () => void;
  readonly health: () => HealthReport;
  /** Whether a request with this `Authorization` header may see more than whether all is well. Default: all may. */
  readonly admits?: (authorization: string | undefined) => boolean;
};

/**
 * A client that sends its request a letter at a time, or a body without end, is hung up on after these; a scrape takes
 * milliseconds. Node would wait for a minute and for five.
 */
const LIMITS = { headersTimeout: 10_000, requestTimeout: 15_000, connectionsCheckingInterval: 2000 } as const;

/** Far more than ever watch one box; others are hung up on, so that its memory and files are left for its work. */
const MAX_CONNECTIONS = 200;

const UNAUTHORISED =
  'This page wants the token that http.token of the configuration names, as a header: Authorization: Bearer TOKEN\n';

/**
 * Serves `/healthz` (200 when fine, 503 with the problems in words) and `/metrics` (Prometheus text).
 * Who is not admitted gets 401, and from `/healthz` only whether all is well.
 * Rejects with an AgentError when the address cannot be listened on.
 */
export async function serveHealth(options: HttpServerOptions): Promise<HttpServer> {
  const { host, registry, onScrape, health, admits = () => true } = options;
  const server = createServer(LIMITS, (request, response) => {
    const path = request.url?.split('?')[0];
    const answer = (status: number, type: string, body: string, more: Record<string, string> = {}) => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', ...more });
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    const admitted = admits(request.headers.authorization);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      answer(405, 'text/plain', 'Only GET and HEAD are served here.\n');
    } else if (path === '/healthz') {
      const report = health();
      const told = admitted ? report : { ok: report.ok };
      answer(report.ok ? 200 : 503, 'application/json', `${JSON.stringify(told)}\n`);
    } else if (!admitted) {
      answer(401, 'text/plain', UNAUTHORISED, { 'www-authenticate': 'Bearer realm="ngatu"' });
    } else if (path === '/metrics') {
      onScrape?.();
      registry.metrics().then(
        (text) => answer(200, registry.contentType, text),
        (error: unknown) => answer(500, 'text/plain', `Metrics failed: ${String(error)}\n`),
      );
    } else {
      answer(404, 'text/plain', 'Here are /healthz and /metrics.\n');
    }
  });
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(listenError(options, cause)));
    server.listen(options.port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listenError(
  { host, port }: Pick<HttpServerOptions, 'host' | 'port'>,
  cause: NodeJS.ErrnoException,
): AgentError {
  const message =
    cause.code === 'EADDRINUSE'
      ? `Port ${port} on ${host} is taken: set http.port to a free one, or 0 for any.`
      : `The pages cannot be served on ${host}, port ${port}: check http.host and http.port.`;
  return new AgentError(message, { cause });
}
