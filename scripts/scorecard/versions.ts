// What a scorecard was measured with.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { promisify } from 'node:util';
import { readVersion } from '../../cli/version.ts';
import { findModel } from '../../models/library.ts';

const run = promisify(execFile);

/** Name and version, in the order they are shown. */
export async function versions(
  model: string,
  modelDirectories: readonly string[],
): Promise<[string, string][]> {
  const { card, modelPath } = await findModel(model, [...modelDirectories]);
  const sha256 = createHash('sha256')
    .update(await readFile(modelPath))
    .digest('hex');
  const { stdout } = await run('ffmpeg', ['-version']);
  const runtime = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
  return [
    ['ngatu', readVersion()],
    ['model', `${card.name}, sha256 ${sha256.slice(0, 16)}…`],
    ['Node', process.versions.node],
    ['ONNX Runtime', runtime.version],
    ['ffmpeg', /^ffmpeg version (\S+)/.exec(stdout)?.[1] ?? 'unknown'],
    ['machine', `${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} cores`],
  ];
}
