import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { schemaFiles } from '../../scripts/json-schemas.ts';

const DIRECTORY = join(import.meta.dirname, '..', '..', 'docs', 'schemas');

describe('docs/schemas', () => {
  const files = schemaFiles();

  it('holds a JSON Schema for every message and every kind of configuration file', () => {
    expect(
      readdirSync(DIRECTORY)
        .filter((name) => name.endsWith('.json'))
        .sort(),
    ).toEqual([...files.keys()].sort());
  });

  it.each([...files.keys()])(
    '%s is what the sources say; else run npm run build and npm run schemas',
    (name) => {
      expect(readFileSync(join(DIRECTORY, name), 'utf8')).toBe(files.get(name));
    },
  );

  it('gives every schema an id of its own and a title', () => {
    const schemas = [...files.values()].map((text) => JSON.parse(text) as { $id: string; title: string });
    expect(new Set(schemas.map(({ $id }) => $id)).size).toBe(schemas.length);
    for (const { title } of schemas) expect(title).toMatch(/\w/);
  });
});
