// A clip through the chain that `ngatu replay` runs: composed by the same function, from a camera file that is read
// and checked by the same code.

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pino } from 'pino';
import { stringify } from 'yaml';
import { loadCameraConfig } from '../../config/load.ts';
import { type TrafficEvent, trafficEventSchema } from '../../contract/index.ts';
import { composeStages, type LoadedModel, loadModel } from '../../edge-agent/compose.ts';
import { type ReplaySummary, replayClip } from '../../edge-agent/replay/replay-clip.ts';
import type { FrameResult } from '../../edge-agent/runtime/stage-loop.ts';

export type ChainResult = {
  /** Times are those of the clip: it starts at 0. */
  readonly events: readonly TrafficEvent[];
  readonly summary: ReplaySummary;
};

/** One model, loaded once, and any number of clips. */
export type Chain = {
  readonly model: LoadedModel;
  run(clip: string, cameraFile: object, onFrame?: (result: FrameResult) => void): Promise<ChainResult>;
  close(): Promise<void>;
};

/** @param model name or path of a card. Rejects with a CardError or a DetectorError. */
export async function openChain(model: string, modelDirectories: readonly string[]): Promise<Chain> {
  const logger = pino({ level: 'silent' });
  const detector = {
    model,
    modelDirectories: [...modelDirectories],
    workers: 2,
    threads: 1,
    executionProvider: 'cpu' as const,
  };
  const loaded = await loadModel(model, detector, logger);
  return {
    model: loaded,
    close: () => loaded.pool.close(),
    run: async (clip, cameraFile, onFrame) => {
      const folder = await mkdtemp(join(tmpdir(), 'ngatu-scorecard-'));
      try {
        const path = join(folder, 'camera.yaml');
        await mkdir(join(folder, 'out'));
        await writeFile(path, stringify(cameraFile));
        const file = await loadCameraConfig(path, { onWarning: () => undefined });
        const camera = { ...file, source: { ...file.source, url: clip } };
        const stages = composeStages(camera, loaded, { mode: 'clip', startAtMs: 0, logger, now: Date.now });
        try {
          const summary = await replayClip({
            stages,
            clip: basename(clip),
            model: loaded.card.name,
            outDirectory: join(folder, 'out'),
            ...(onFrame && { onFrame }),
          });
          const text = await readFile(join(folder, 'out', 'events.ndjson'), 'utf8');
          const lines = text.split('\n').filter((line) => line !== '');
          return { summary, events: lines.map((line) => trafficEventSchema.parse(JSON.parse(line))) };
        } finally {
          await stages.source.close();
        }
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}
