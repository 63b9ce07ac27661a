// How a route is described, so that it is registered, guarded and documented from one place.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Principal } from './accounts/actor.ts';
import type { Access, Gate } from './accounts/gate.ts';
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
  readonly status: 200 | 201 | 202 | 204;
  /** Without one, the answer is empty, or none of JSON: see `produces`. */
  readonly answer?: z.ZodType;
  /** Other content types that it may answer with, such as `text/csv` or `image/jpeg`; the handler sends those itself. */
  readonly produces?: readonly string[];
  /** Of a body, bytes; larger ones are refused before they are read. Default 16 KiB. */
  readonly bodyLimit?: number;
  /**
   * `private`: the browser may keep the answer and asks with its ETag whether it still holds. Default: it must not be
   * kept.
   */
  readonly cache?: 'private';
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

const BODY_LIMIT_BYTES = 16 * 1024;

const NOTHING = z.strictObject({});

/** Registers it: access is checked before the body is read, and all parts are checked before the handler runs. */
export function addRoute<R extends RouteDescription>(
  server: FastifyInstance,
  gate: Gate,
  route: R,
  handler: (
    asked: Asked<R>,
    // biome-ignore lint/suspicious/noConfusingVoidType: handlers without an answer return nothing, as functions do
  ) => Promise<(R['answer'] extends z.ZodType ? z.input<R['answer']> : void) | FastifyReply>,
): void {
  server.route({
    method: route.method,
    url: route.path,
    bodyLimit: route.bodyLimit ?? BODY_LIMIT_BYTES,
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
      reply
        .code(route.status)
        .header('cache-control', route.cache === 'private' ? 'private, no-cache' : 'no-store');
      const answer = await handler(asked);
      // The handler has sent something else than JSON, or goes on sending.
      if (answer === reply) return reply;
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
