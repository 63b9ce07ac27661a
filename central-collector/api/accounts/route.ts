// How a route is described, so that it is registered, guarded and documented from one place.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Principal } from './actor.ts';
import type { Access, Gate } from './gate.ts';
import { ProblemError } from './problem.ts';

export type RouteDescription = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** As fastify writes it: `/users/:name`. */
  readonly path: string;
  readonly access: Access;
  /** One sentence. */
  readonly summary: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly status: 200 | 201 | 204;
  /** Without one, the answer is empty. */
  readonly answer?: z.ZodType;
};

type Part<T> = T extends z.ZodType ? z.output<T> : undefined;

export type Asked<R extends RouteDescription> = {
  readonly params: Part<R['params']>;
  readonly query: Part<R['query']>;
  readonly body: Part<R['body']>;
  /** Undefined on routes for anyone. */
  readonly principal: Principal | undefined;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
};

/** Larger bodies are refused before they are read. */
const BODY_LIMIT_BYTES = 16 * 1024;

const NOTHING = z.strictObject({});

/** Registers it: access is checked before the body is read, and all parts are checked before the handler runs. */
export function addRoute<R extends RouteDescription>(
  server: FastifyInstance,
  gate: Gate,
  route: R,
  handler: (asked: Asked<R>) => Promise<R['answer'] extends z.ZodType ? z.input<R['answer']> : void>,
): void {
  server.route({
    method: route.method,
    url: route.path,
    bodyLimit: BODY_LIMIT_BYTES,
    onRequest: gate.requires(route.access),
    handler: async (request, reply) => {
      const asked = {
        params: parse('path', route.params, request.params),
        query: parse('query', route.query ?? NOTHING, request.query),
        body: parse('body', route.body, request.body),
        principal: gate.principalOf(request),
        request,
        reply,
      } as Asked<R>;
      const answer = await handler(asked);
      reply.code(route.status).header('cache-control', 'no-store');
      return reply.send(answer);
    },
  });
}

function parse(part: string, schema: z.ZodType | undefined, value: unknown): unknown {
  if (schema === undefined) return undefined;
  const { data, error } = schema.safeParse(value);
  if (error === undefined) return data;
  const errors = error.issues.map(({ path, message }) => ({ path: [part, ...path].join('.'), message }));
  throw new ProblemError('invalid-request', `${errors[0]?.path}: ${errors[0]?.message}`, { errors });
}
