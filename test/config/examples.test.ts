// What we ship as examples is right, complete, and says the defaults that the schemas have.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { checkConfig, configJsonSchema } from '../../config/kinds.ts';
import { CONFIG_KINDS } from '../../config/recognise.ts';

const CONFIG = join(import.meta.dirname, '..', '..', 'config');

type Schema = {
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  default?: unknown;
  description?: string;
};

describe.each(CONFIG_KINDS)('the example of a %s', (kind) => {
  const file = join(CONFIG, 'examples', `${kind}.yaml`);
  const text = readFileSync(file, 'utf8');

  it('is recognised and has no problem but the secrets that are not here', async () => {
    const checked = await checkConfig(file, { env: {}, secrets: 'optional' });
    expect(checked.kind).toBe(kind);
    expect(checked.summary).toBeDefined();
    expect(checked.problems.map(({ severity, message }) => `${severity}: ${message}`)).toEqual(
      checked.problems.map(() => expect.stringMatching(/^warning: environment variable \w+ is not set$/)),
    );
  });

  it('shows every key', () => {
    for (const key of keysOf(configJsonSchema(kind) as Schema)) {
      expect(text).toMatch(new RegExp(`(^|[\\s{#])${key}:`, 'm'));
    }
  });

  it('is right too with the keys that it has commented out', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ngatu-example-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const whole = text
      .replace(/^( *)# (?=(?:clientId|tls|model):| {2}(?:ca|cert|key):)/gm, '$1')
      .replace('mqtt://', 'mqtts://');
    expect(whole).not.toBe(text);
    const camera = readFileSync(join(CONFIG, 'examples', 'camera.yaml'), 'utf8');
    await writeFile(join(directory, 'camera.yaml'), camera);
    await writeFile(join(directory, `${kind}.yaml`), whole);
    const checked = await checkConfig(join(directory, `${kind}.yaml`), { env: {}, secrets: 'optional' });
    expect(checked.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('tells the default that the schema has', () => {
    for (const [path, value] of defaultsOf(configJsonSchema(kind) as Schema)) {
      if (typeof value === 'object') continue;
      const key = path.at(-1) ?? '';
      // Several sections may have a key of this name.
      const lines = text
        .split('\n')
        .filter(
          (candidate) => new RegExp(`^\\s*(?:# )?${key}:`).test(candidate) && candidate.includes('default'),
        );
      expect(lines.join('\n'), `${path.join('.')} with its default ${value}`).toContain(`default ${value}`);
    }
  });

  it('gives every key of the schema a description', () => {
    expect([...undescribed(configJsonSchema(kind) as Schema)]).toEqual([]);
  });
});

describe.each(['ngatu-edge', 'ngatu-collector'])('the systemd unit %s', (unit) => {
  const text = readFileSync(join(CONFIG, 'service', `${unit}.service`), 'utf8');
  const available = spawnSync('systemd-analyze', ['--version']).status === 0;

  it.skipIf(!available)('is understood by systemd', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ngatu-unit-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const path = join(directory, `${unit}.service`);
    // The command is not installed where tests run.
    await writeFile(path, text.replace('/usr/local/bin/ngatu', '/bin/true'));
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', path], {
      encoding: 'utf8',
    });
    expect(stderr.split('\n').filter((line) => line.includes(unit))).toEqual([]);
    expect(status).toBe(0);
  });

  it('does not start again and again with a configuration that is wrong', () => {
    expect(text).toMatch(/^RestartPreventExitStatus=2$/m);
    expect(text).toMatch(/^Restart=always$/m);
  });
});

it('the examples are plain YAML that other readers understand', () => {
  for (const kind of CONFIG_KINDS) {
    expect(parse(readFileSync(join(CONFIG, 'examples', `${kind}.yaml`), 'utf8'))).toBeTypeOf('object');
  }
});

function* below(schema: Schema): Generator<[string, Schema]> {
  for (const entry of Object.entries(schema.properties ?? {})) yield entry;
}

function* keysOf(schema: Schema): Generator<string> {
  // The examples name camera files; the keys of a camera are shown in the camera's own example.
  for (const [key, inner] of below(schema)) {
    yield key;
    if (key !== 'cameras') yield* keysOf(inner);
    if (key !== 'cameras' && inner.items) yield* keysOf(inner.items);
  }
}

function* defaultsOf(schema: Schema, path: string[] = []): Generator<[string[], unknown]> {
  for (const [key, inner] of below(schema)) {
    if (inner.default !== undefined) yield [[...path, key], inner.default];
    if (key !== 'cameras') yield* defaultsOf(inner, [...path, key]);
  }
}

function* undescribed(schema: Schema, path = ''): Generator<string> {
  for (const [key, inner] of below(schema)) {
    if (inner.description === undefined) yield `${path}${key}`;
    yield* undescribed(inner, `${path}${key}.`);
    if (inner.items) yield* undescribed(inner.items, `${path}${key}[].`);
  }
}
