// What is answered when nobody handles a request: unknown addresses, methods that a route does not have, defects.

import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { ProblemError, problemOf, sendProblem } from './problem.ts';

/** Answers a GET of a page that is no route; `undefined` when there is none. */
export type Fallback = (request: FastifyRequest, reply: FastifyReply) => FastifyReply | undefined;

/** Register it before the routes: it takes note of them. */
export function addRefusals(
  server: FastifyInstance,
  log: Logger,
  fallback: () => Fallback | undefined,
): void {
  const routes: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];
  server.addHook('onRoute', ({ url, method }) => {
    if (!url.includes('*')) routes.push({ pattern: patternOf(url), methods: [method].flat() });
  });
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = problemOf(error);
    if (problem.status >= 500) {
      log.error({ err: error, method: request.method, route: request.routeOptions.url }, 'a request failed');
    }
    return sendProblem(reply, problem);
  });
  server.setNotFoundHandler((request, reply) => {
    const { method } = request;
    const path = request.url.split('?', 1)[0] ?? '';
    const allowed = new Set(
      routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods),
    );
    if (allowed.size > 0 && !allowed.has(method)) {
      reply.header('allow', [...allowed].sort().join(', '));
      const detail = `expected ${[...allowed].sort().join(' or ')} here, got ${method}`;
      return sendProblem(reply, new ProblemError('method-not-allowed', detail));
    }
    const answered = method === 'GET' || method === 'HEAD' ? fallback()?.(request, reply) : undefined;
    if (answered !== undefined) return answered;
    const detail = 'there is nothing at this address; GET /api/v1/openapi.json tells what there is';
    return sendProblem(reply, new ProblemError('not-found', detail));
  });
}

/** `/users/:name` → any one segment in the place of the name. */
function patternOf(url: string): RegExp {
  const parts = url
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${parts.join('/')}$`);
}
