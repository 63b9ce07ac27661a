// The built command as people run it: what it prints and with which code it ends.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

type Ran = { code: number | null; out: string; err: string };

function ngatu(args: readonly string[], env: Record<string, string> = {}): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'dist/cli/ngatu.js'), ...args], {
    encoding: 'utf8',
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...env },
    timeout: 60_000,
  });
  return { code: status, out: stdout, err: stderr };
}

async function fileWith(content: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'ngatu-command-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const file = join(directory, 'file.yaml');
  await writeFile(file, content);
  return file;
}

describe('ngatu', () => {
  it('tells the version of package.json', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(ngatu(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });

  it('lists its subcommands when asked for help', () => {
    const { code, out } = ngatu(['--help']);
    expect(code).toBe(0);
    for (const name of ['edge', 'collector', 'replay', 'models', 'config'])
      expect(out).toContain(`\n  ${name} `);
  });

  it.each(['edge', 'collector', 'replay', 'models', 'config'])('%s explains itself', (name) => {
    const { code, out } = ngatu([name, '--help']);
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^Usage: ngatu ${name}`));
    expect(ngatu(['help', name]).out).toBe(out);
  });

  it.each([
    ['nothing', [], 'Usage: ngatu'],
    ['a misspelt subcommand', ['confg'], 'Did you mean config?'],
    ['a misspelt option', ['edge', '--config', 'x', '--confg'], 'Did you mean --config?'],
    ['a missing option', ['edge'], "required option '--config <file>' not specified"],
    ['a missing file name', ['config', 'check'], "missing required argument 'files'"],
    [
      'a kind that is none',
      ['config', 'check', '--kind', 'camra', 'x'],
      'Allowed choices are edge, camera, collector',
    ],
  ])('ends with 2 for %s and says what is possible', (_name, args, message) => {
    const { code, err } = ngatu(args);
    expect(err).toContain(message);
    expect(code).toBe(2);
  });

  it.each(['edge', 'collector'])(
    '%s refuses a bad configuration with its problems, without a stack',
    async (name) => {
      const file = await fileWith('mqtt: {url: "mqtt://u:hunter2@h"}\nfoo: 1\n');
      const { code, out, err } = ngatu([name, '--config', file]);
      expect(code).toBe(2);
      expect(err).toContain(`${file}:1:13  mqtt.url: a user name or password inside the address`);
      expect(err).toContain(`${file}:2:1  foo: unknown key "foo"`);
      expect(err).not.toMatch(/^ {4}at /m);
      expect(out + err).not.toContain('hunter2');
    },
  );
});

describe('ngatu config check', () => {
  const example = (kind: string) => `config/examples/${kind}.yaml`;

  it('finds the examples fine, on a machine without their secrets', () => {
    const { code, out } = ngatu([
      'config',
      'check',
      example('edge'),
      example('camera'),
      example('collector'),
    ]);
    expect(code).toBe(0);
    expect(out).toContain(
      'config/examples/edge.yaml: fine, with 2 warnings\n  edge box hai-phong/box-017: 1 camera, 1 line, model ngatu-road',
    );
    expect(out).toContain(
      'config/examples/camera.yaml: fine, with 1 warning\n  camera nga-tu-1: 1280 x 720 pixels',
    );
    expect(out).toContain(
      'config/examples/collector.yaml: fine, with 3 warnings\n  collector: events from mqtt://127.0.0.1:1883',
    );
    expect(out).toContain('warning: mqtt.password: environment variable NGATU_MQTT_PASSWORD is not set');
  });

  it('refuses them when the secrets have to be there', () => {
    const args = ['config', 'check', '--require-secrets', example('edge')];
    expect(ngatu(args).code).toBe(2);
    expect(ngatu(args, { NGATU_MQTT_PASSWORD: 'hunter2', CAM_PASSWORD: 'x' })).toMatchObject({
      code: 0,
      out: expect.not.stringContaining('hunter2'),
    });
  });

  it('prints every problem with its place and ends with 2', async () => {
    const file = await fileWith('camera: A\npicture: {width: 1}\nlins: []\n');
    const { code, out } = ngatu(['config', 'check', file]);
    expect(code).toBe(2);
    expect(out.replaceAll(file, 'FILE')).toBe(`FILE: 5 problems
  FILE:1:1  source: missing; expected a map of keys and values
      Where the picture comes from.
  FILE:1:9  camera: expected a slug: 1 to 63 of a-z, 0-9 and "-", neither first nor last a "-", got "A"
      For example a
  FILE:2:10  picture.height: missing; expected a number
      Height of the picture, pixels, at least 16.
  FILE:2:18  picture.width: expected at least 16, got 1
      Width of the picture, pixels, at least 16.
  FILE:3:1  lins: unknown key "lins"
      Did you mean "lines"?
`);
  });

  it('warns of what is allowed and hardly meant, and still ends with 0', async () => {
    const file = await fileWith(
      'camera: a\npicture: {width: 640, height: 480}\nsource: {url: 10.0.0.17/stream1}\nmodel: yolox_nanno\n',
    );
    const { code, out } = ngatu(['config', 'check', file]);
    expect(code).toBe(0);
    expect(out).toContain(`${file}: fine, with 3 warnings\n`);
    expect(out).toContain('Did you mean yolox_nano?');
    expect(out).toContain('Did you mean rtsp://10.0.0.17/stream1?');
  });

  it('tells programs the same as JSON', async () => {
    const file = await fileWith('mqtt: {}\ninfluxdb: {}\n');
    const { code, out } = ngatu(['config', 'check', '--json', file, example('camera')]);
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject([
      {
        file,
        kind: 'collector',
        fine: false,
        problems: [
          {
            severity: 'error',
            file,
            line: 1,
            column: 7,
            path: 'mqtt.url',
            message: 'missing; expected text',
          },
        ],
      },
      { file: 'config/examples/camera.yaml', kind: 'camera', fine: true, summary: expect.any(String) },
    ]);
  });

  it('asks for the kind when the keys do not tell', async () => {
    const file = await fileWith('mqtt: {url: mqtt://h}\n');
    expect(ngatu(['config', 'check', file]).out).toContain('Say which with --kind');
    expect(ngatu(['config', 'check', '--kind', 'collector', file])).toMatchObject({ code: 0, err: '' });
  });
});

it('ngatu replay tells the file of a box from that of a camera', () => {
  const { code, err } = ngatu(['replay', 'a.mp4', '--camera', 'config/examples/edge.yaml', '--out', 'x']);
  expect(code).toBe(2);
  expect(err).toBe(`config/examples/edge.yaml: 1 problem
  config/examples/edge.yaml:1:1  this is the file of an edge box; expected that of a camera
      Give a camera file that it names, such as camera.yaml.
`);
});

describe('ngatu config schema', () => {
  it.each(['edge', 'camera', 'collector'])('prints that of %s, as in docs/schemas', (kind) => {
    const { code, out } = ngatu(['config', 'schema', kind]);
    expect(code).toBe(0);
    expect(out).toBe(readFileSync(join(ROOT, 'docs', 'schemas', `config-${kind}.schema.json`), 'utf8'));
  });
});
