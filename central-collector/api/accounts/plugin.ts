// The accounts as a fastify plugin: cookies, security headers and the guard for the whole server, the account routes
// below /api/v1.

import cookie from '@fastify/cookie';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import type { Logger } from 'pino';
import { problemOf, sendProblem } from '../problem.ts';
import { addAdministrationRoutes } from './administration-routes.ts';
import type { Gate } from './gate.ts';
import { addSecurityHeaders } from './security-headers.ts';
import { addSessionRoutes } from './session-routes.ts';

export type AccountsPluginOptions = {
  readonly gate: Gate;
  readonly log: Logger;
  /** Where pictures may come from beside this server, such as a tile server. */
  readonly imageSources?: readonly string[];
};

/** A route below it that does not say who may use it is a defect, told when the server starts. */
const GUARDED = /^\/api(?:\/|$)/;
const PREFIX = '/api/v1';

/** Register it before all routes, and wait for it: `await server.register(accountsPlugin, { gate, log })`. */
export const accountsPlugin = fp(
  async (server: FastifyInstance, { gate, log, imageSources }: AccountsPluginOptions) => {
    await addSecurityHeaders(server, { secure: gate.secure, ...(imageSources && { imageSources }) });
    await server.register(cookie);
    server.addHook('onRoute', (route) => {
      if (!GUARDED.test(route.url) || gate.accessOf(route) !== undefined) return;
      throw new Error(
        `the route ${route.method} ${route.url} does not say who may use it: set onRequest: gate.requires(…)`,
      );
    });
    await server.register(
      (routes, _options, done) => {
        // Forms of other sites can send text and form data without asking; JSON they can't.
        routes.removeContentTypeParser('text/plain');
        routes.setErrorHandler((error, _request, reply) => {
          const problem = problemOf(error);
          if (problem.status >= 500) log.error({ err: error }, 'a request about accounts failed');
          return sendProblem(reply, problem);
        });
        addSessionRoutes(routes, gate);
        addAdministrationRoutes(routes, gate);
        done();
      },
      { prefix: PREFIX },
    );
  },
  { name: 'ngatu-accounts', fastify: '5.x' },
);
