// `npm run schemas`: writes the JSON Schemas of all messages and configuration files to docs/schemas.

import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { configJsonSchema } from '../config/kinds.ts';
import { CONFIG_KINDS } from '../config/recognise.ts';
import { MESSAGE_NAMES, messageJsonSchema } from '../contract/index.ts';

const DIRECTORY = join('docs', 'schemas');

/** Content of every schema file by its name; the same sources give the same bytes. */
export function schemaFiles(): ReadonlyMap<string, string> {
  const schemas: [string, Record<string, unknown>][] = [
    ...MESSAGE_NAMES.map((name): [string, Record<string, unknown>] => [name, messageJsonSchema(name)]),
    ...CONFIG_KINDS.map((kind): [string, Record<string, unknown>] => [
      `config-${kind}`,
      configJsonSchema(kind),
    ]),
  ];
  return new Map(
    schemas.map(([name, schema]) => [`${name}.schema.json`, `${JSON.stringify(schema, undefined, 2)}\n`]),
  );
}

/** Writes them below the current folder, and removes those of messages that are no more. */
async function writeSchemaFiles(): Promise<void> {
  const files = schemaFiles();
  await mkdir(DIRECTORY, { recursive: true });
  for (const name of await readdir(DIRECTORY)) {
    if (name.endsWith('.schema.json') && !files.has(name)) await rm(join(DIRECTORY, name));
  }
  for (const [name, content] of files) await writeFile(join(DIRECTORY, name), content);
  console.log(`${files.size} schemas in ${DIRECTORY}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await writeSchemaFiles();
