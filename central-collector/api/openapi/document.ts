// The OpenAPI 3.1 document, made from the descriptions that the routes themselves are made from.

import { z } from 'zod';
import type { Access } from '../accounts/gate.ts';
import { PERMISSION_TABLE } from '../accounts/roles.ts';
import { problemSchema } from '../problem.ts';
import type { RouteDescription } from '../route.ts';
import { EXAMPLES } from './examples.ts';

export type RouteGroup = {
  /** Names its routes in the document, together with their key. */
  readonly tag: string;
  /** One sentence. */
  readonly description: string;
  readonly routes: Readonly<Record<string, RouteDescription>>;
};

type Json = Readonly<Record<string, unknown>>;

const PROBLEMS: Readonly<Record<number, string>> = {
  400: 'Path, query or body are not as described; `errors` says where',
  401: 'There is no session or token, or it has ended',
  403: 'The role or the token lacks the permission, a password must be changed first, or the CSRF token is missing',
  404: 'There is no such thing',
  409: 'It does not fit what is there',
  413: 'The body is too large',
  415: 'The body is not JSON',
  422: 'Understood, and refused; the detail says why',
  429: 'Asked too often; `Retry-After` says how many seconds to wait',
  500: 'A defect of the collector; its log tells more',
  503: 'Not possible at the moment, such as without the database; `Retry-After` says when to try again',
};

const DESCRIPTION = [
  'Everything that the pages of the control centre show and do.',
  'Times are ISO 8601 with an offset, in the time zone of the centre or of `tz`. What was not observed is null with its `coverage`, never zero. Refusals are problem documents (RFC 9457). Live events and webhooks are described in `asyncapi.json`.',
  'Programs send an API token: `Authorization: Bearer ngatu_…`. Browsers have a session cookie and send the `csrfToken` of GET /session as `X-CSRF-Token` with everything but GET.',
].join('\n\n');

/** `version` of the product. */
export function openApiDocument(groups: readonly RouteGroup[], version: string): Json {
  const schemas: Record<string, Json> = { Problem: jsonSchema(problemSchema, 'output') };
  const paths: Record<string, Record<string, Json>> = {};
  for (const { tag, routes } of groups) {
    for (const [key, route] of Object.entries(routes)) {
      const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
      const operationId = `${tag}_${key}`;
      paths[path] = {
        ...paths[path],
        [route.method.toLowerCase()]: operation(tag, operationId, route, schemas),
      };
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'ngatu control centre',
      version,
      description: DESCRIPTION,
      license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/api/v1' }],
    tags: groups.map(({ tag: name, description }) => ({ name, description })),
    paths,
    components: {
      schemas,
      responses: Object.fromEntries(
        Object.entries(PROBLEMS).map(([status, text]) => [`Problem${status}`, problem(text)]),
      ),
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'An API token: GET and POST /tokens.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'ngatu-session',
          description: 'Set by POST /session; by https its name is __Host-ngatu.',
        },
      },
    },
  };
}

function operation(
  tag: string,
  operationId: string,
  route: RouteDescription,
  schemas: Record<string, Json>,
): Json {
  const { summary, access, params, query, body, status, answer, produces = [], cache } = route;
  const example = EXAMPLES[operationId];
  const name = `${operationId}_answer`;
  if (answer) schemas[name] = jsonSchema(answer, 'output');
  const content = {
    ...(answer && {
      'application/json': {
        schema: { $ref: `#/components/schemas/${name}` },
        ...(example?.answer !== undefined && { example: example.answer }),
      },
    }),
    ...Object.fromEntries(produces.map((type) => [type, {}])),
  };
  return {
    tags: [tag],
    operationId,
    summary,
    description: accessInWords(access),
    'x-access': access,
    security: access === 'anyone' ? [] : [{ token: [] }, { session: [] }],
    parameters: [...parametersOf(params, 'path'), ...parametersOf(query, 'query', example?.query)],
    ...(body && {
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: jsonSchema(body, 'input'),
            ...(example?.body !== undefined && { example: example.body }),
          },
        },
      },
    }),
    responses: {
      [status]: {
        description: status === 204 ? 'Done' : 'As asked',
        ...(Object.keys(content).length > 0 && { content }),
      },
      ...(cache && { 304: { description: 'The answer with the ETag of If-None-Match still holds' } }),
      ...Object.fromEntries(
        problemsOf(route).map((code) => [code, { $ref: `#/components/responses/Problem${code}` }]),
      ),
    },
  };
}

/** Refusals that the way of a request leads to, whatever the route does. */
function problemsOf({ access, params, query, body }: RouteDescription): number[] {
  return [
    ...(params || query || body ? [400] : []),
    ...(access === 'anyone' ? [] : [401, 403]),
    ...(params ? [404] : []),
    ...(body ? [409, 413, 415, 422] : []),
    ...[429, 500, 503],
  ];
}

function accessInWords(access: Access): string {
  if (access === 'anyone') return 'For anyone.';
  if (access === 'signed-in') return 'For everybody who is signed in, and for API tokens.';
  const { roles, scope } = PERMISSION_TABLE[access];
  return `Needs the permission \`${access}\`: ${roles.join(', ')}; API tokens with the scope \`${scope}\`.`;
}

function parametersOf(schema: z.ZodType | undefined, where: 'path' | 'query', examples: Json = {}): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: where,
    ...((where === 'path' || required.includes(name)) && { required: true }),
    schema: property,
    ...(examples[name] !== undefined && { example: examples[name] }),
  }));
}

function problem(description: string): Json {
  return {
    description,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

/** Within the document, which says itself which kind of schema it has. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
