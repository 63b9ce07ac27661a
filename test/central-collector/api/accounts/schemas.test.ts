import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ACCOUNT_ROUTES } from '../../../../central-collector/api/accounts/account-routes.ts';
import { problemSchema } from '../../../../central-collector/api/problem.ts';
import type { RouteDescription } from '../../../../central-collector/api/route.ts';

describe('the descriptions of the account routes', () => {
  it.each(Object.entries<RouteDescription>(ACCOUNT_ROUTES))(
    'become JSON schemas for an OpenAPI document: %s',
    (_name, route) => {
      const { params, query, body, answer, path } = route;
      for (const schema of [params, query, body]) {
        if (schema === undefined) continue;
        const json = z.toJSONSchema(schema, { io: 'input' });
        expect(json).toMatchObject({ type: 'object', additionalProperties: false });
      }
      if (answer) expect(z.toJSONSchema(answer)).toMatchObject({ type: 'object' });
      const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name);
      const described = params === undefined ? [] : Object.keys(z.toJSONSchema(params).properties ?? {});
      expect(described).toEqual(inPath);
    },
  );

  it('name each method of a path once', () => {
    const all = Object.values(ACCOUNT_ROUTES).map(({ method, path }) => `${method} ${path}`);
    expect(new Set(all).size).toBe(all.length);
  });

  it('have a schema for problems too', () => {
    expect(z.toJSONSchema(problemSchema)).toMatchObject({ type: 'object' });
  });
});
