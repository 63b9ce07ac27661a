import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { EXAMPLES } from '../../../../central-collector/api/openapi/examples.ts';
import { ROUTE_GROUPS } from '../../../../central-collector/api/openapi/routes.ts';
import type { RouteDescription } from '../../../../central-collector/api/route.ts';
import { closeCentreRigs, openCentreRig } from '../../centre-rig.ts';
import { CentreUser } from '../../centre-user.ts';

afterEach(closeCentreRigs);

type Operation = {
  readonly operationId: string;
  readonly summary: string;
  readonly 'x-access': string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly responses: Readonly<Record<string, unknown>>;
};
type Document = {
  readonly openapi: string;
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

async function documentOf(): Promise<{ document: Document; registered: ReadonlySet<string> }> {
  const { server, routes } = await openCentreRig();
  const response = await server.inject({ url: '/api/v1/openapi.json' });
  expect(response.statusCode).toBe(200);
  return { document: response.json(), registered: new Set(routes) };
}

function operationsOf({ paths }: Document): [string, Operation][] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  );
}

/** Everything that `$ref` in it points to. */
function* referencesIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === '$ref' && typeof inner === 'string') yield inner;
    else yield* referencesIn(inner);
  }
}

describe('the OpenAPI document', () => {
  it('has every route that is registered below /api/v1, and no other', async () => {
    const { document, registered } = await documentOf();
    expect(document.openapi).toBe('3.1.0');
    const described = operationsOf(document).map(([name]) => name);
    expect(described.sort()).toEqual([...registered].sort());
  });

  it('names each operation once, says who may, and declares what its path has', async () => {
    const { document } = await documentOf();
    const operations = operationsOf(document);
    const ids = operations.map(([, { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [name, operation] of operations) {
      expect(operation.summary, name).toMatch(/^[A-Z].{3,}/);
      expect(operation['x-access'], name).toMatch(/^[a-z-]+$/);
      const inPath = [...name.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
      const declared = operation.parameters.filter((each) => each.in === 'path').map((each) => each.name);
      expect(declared.sort(), name).toEqual(inPath.sort());
      expect(Object.keys(operation.responses), name).toEqual(expect.arrayContaining(['429', '500']));
    }
  });

  it('points to what is in it only', async () => {
    const { document } = await documentOf();
    for (const reference of referencesIn(document)) {
      const found = reference
        .replace(/^#\//, '')
        .split('/')
        .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document);
      expect(found, reference).toBeDefined();
    }
  });

  it('says what routes really answer', async () => {
    const rig = await openCentreRig();
    const administrator = await CentreUser.administrator(rig);
    const answered: string[] = [];
    for (const { path, method, answer } of ROUTE_GROUPS.flatMap(({ routes }) => Object.values(routes))) {
      if (method !== 'GET' || answer === undefined || path.startsWith('/events')) continue;
      const response = await administrator.ask('GET', `/api/v1${path.replace(':name', 'admin')}`);
      if (response.statusCode !== 200) continue;
      answered.push(path);
      const { error } = answer.safeParse(response.json());
      expect(error && z.prettifyError(error), path).toBeUndefined();
    }
    // Others need a camera or a database.
    expect(answered).toEqual(
      expect.arrayContaining([
        '/centre',
        '/sites',
        '/cameras',
        '/boxes',
        '/ledger',
        '/health',
        '/users/:name',
      ]),
    );
  });

  it('has examples that fit', () => {
    const routes = new Map<string, RouteDescription>(
      ROUTE_GROUPS.flatMap(({ tag, routes: group }) =>
        Object.entries(group).map(([key, route]) => [`${tag}_${key}`, route] as const),
      ),
    );
    for (const [id, { body, answer, query }] of Object.entries(EXAMPLES)) {
      const route = routes.get(id);
      expect(route, id).toBeDefined();
      const check = (schema: z.ZodType | undefined, value: unknown) => {
        if (value === undefined) return;
        const { error } = schema?.safeParse(value) ?? { error: new z.ZodError([]) };
        expect(error && z.prettifyError(error), id).toBeUndefined();
      };
      check(route?.body, body);
      check(route?.answer, answer);
      check(route?.query, query);
    }
  });
});
