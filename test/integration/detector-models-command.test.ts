// `ngatu models` as a user runs it: the built command in a process of its own.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTinyModel, type TinyModel } from '../edge-agent/detector/tiny-model.ts';

describe('ngatu models', () => {
  let model: TinyModel;
  let server: Server;
  beforeAll(async () => {
    model = await makeTinyModel();
    server = createServer((_, response) => {
      readFile(model.modelPath).then(
        (bytes) => response.end(bytes),
        (error) => response.destroy(error),
      );
    });
    await new Promise<void>((resolveListening) => server.listen(0, '127.0.0.1', resolveListening));
  });
  afterAll(async () => {
    await new Promise((resolveClosed) => server.close(resolveClosed));
    await rm(model.directory, { recursive: true });
  });

  it('list shows every card and whether its file is the right one', async () => {
    const { code, stdout } = await ngatu('list', '--models-dir', model.directory);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^name +licence +input +output +file\n/);
    expect(stdout).toMatch(/^tiny +Apache-2\.0 +64x32 +boxes-scores +ok$/m);
    expect(stdout).toMatch(/^yolox_nano +Apache-2\.0 +416x416 +yolox +(ok|missing, can be fetched)$/m);
  });

  it('verify runs the model and tells what an inference costs', async () => {
    const { code, stdout } = await ngatu('verify', 'tiny', '--models-dir', model.directory);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^tiny: ok, [\d.]+ ms an inference on cpu, 1 thread\(s\)\n$/);
  });

  it('add says when the model directory cannot be written', async () => {
    const card = join(model.directory, 'tiny.json');
    const { code, stderr } = await ngatu('add', card, model.modelPath, '--into', join(model.modelPath, 'x'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/^The model directory .* cannot be written\. Check its permissions/);
  });

  it('add refuses a file that is not what the card says, and copies nothing', async () => {
    const into = join(model.directory, 'refused');
    const { code, stderr } = await ngatu('add', 'yolox_nano', model.modelPath, '--into', into);
    expect(code).toBe(2);
    expect(stderr).toContain('sha256 of');
    expect(stderr).toContain('input "images": expected float32 [1, 3, 416, 416], found no such input');
    expect(existsSync(into)).toBe(false);
  });

  it('add copies model and card, and then they are found by name', async () => {
    const into = join(model.directory, 'added');
    const added = await ngatu('add', join(model.directory, 'tiny.json'), model.modelPath, '--into', into);
    expect(added.code).toBe(0);
    const { stdout } = await ngatu('list', '--models-dir', into);
    expect(stdout).toMatch(/^tiny .* ok$/m);
  });

  it('fetch downloads what the card names, once', async () => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
    const url = `http://127.0.0.1:${address.port}/tiny.onnx`;
    const cardPath = join(model.directory, 'remote.json');
    await writeFile(cardPath, JSON.stringify({ ...model.card, name: 'remote', file: 'remote.onnx', url }));
    const into = join(model.directory, 'fetched');
    expect((await ngatu('fetch', cardPath, '--into', into)).stdout).toContain(
      'remote: fetched, hash is right',
    );
    expect((await ngatu('fetch', cardPath, '--into', into)).stdout).toContain('remote: already there');
  });

  it('fetch says what to do for a model that nobody may hand out', async () => {
    const { code, stderr } = await ngatu('fetch', 'tiny', '--into', model.directory);
    expect(code).toBe(2);
    expect(stderr).toMatch(/has no url to fetch from\. Run "ngatu models add .*tiny\.json FILE"/);
  });

  it('fetch says what to do without a network', async () => {
    const cardPath = join(model.directory, 'unreachable.json');
    const url = 'http://127.0.0.1:1/tiny.onnx';
    await writeFile(cardPath, JSON.stringify({ ...model.card, name: 'unreachable', file: 'far.onnx', url }));
    const { code, stderr } = await ngatu('fetch', cardPath, '--into', join(model.directory, 'far'));
    expect(code).toBe(1);
    expect(stderr).toContain(`run "ngatu models add ${cardPath} FILE"`);
  }, 60_000);

  it('verify takes one folder an option, and then names', async () => {
    const { code, stdout } = await ngatu('verify', '--models-dir', model.directory, 'tiny');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^tiny: ok, .*\n$/);
  });

  it('verify of a model whose file is missing says every way to get it', async () => {
    const own = { ...model.card, name: 'absent', file: 'absent.onnx' };
    await writeFile(join(model.directory, 'absent.json'), JSON.stringify(own));
    const { code, stderr } = await ngatu('verify', '--models-dir', model.directory, 'absent');
    expect(code).toBe(2);
    expect(stderr).toMatch(/"ngatu models add .*absent\.json FILE".*--models-dir DIR/);
  });

  it('an unknown name is bad usage, and the known ones are told', async () => {
    const { code, stderr } = await ngatu('verify', 'nonsense');
    expect(code).toBe(2);
    expect(stderr).toContain('Known are: ');
  });
});

type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

function ngatu(...args: readonly string[]): Promise<Ended> {
  const command = resolve('dist/cli/ngatu.js');
  return new Promise((resolveEnded) => {
    execFile(process.execPath, [command, 'models', ...args], (error, stdout, stderr) => {
      const code = error ? Number(error.code ?? 1) : 0;
      resolveEnded({ code, stdout, stderr });
    });
  });
}
