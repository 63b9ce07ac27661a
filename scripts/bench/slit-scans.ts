// What slit scans cost: the time that a frame takes on the path of the frames, the memory, the time to encode, and the disk,
// for several widths side by side. Run: node dist/scripts/bench/slit-scans.js [FPS] [CLIP X1,Y1,X2,Y2 …]

import { cpus } from 'node:os';
import { basename, join } from 'node:path';
import { pino } from 'pino';
import { JobLine } from '../../edge-agent/evidence/job-line.ts';
import { SlitScanRecorder } from '../../edge-agent/slit-scans/recorder.ts';
import { encodeRecord, type ScanRecord } from '../../edge-agent/slit-scans/scan-record.ts';
import { openSource } from '../../edge-agent/source/open-source.ts';
import { probeMedia } from '../../edge-agent/source/probe-media.ts';

/** Of the default model. */
const SHAPE = {
  width: 512,
  height: 288,
  colourOrder: 'rgb',
  fit: 'letterbox-top-left',
  padValue: 114,
} as const;

const COLUMNS = [2, 4, 6, 8, 16] as const;
const SCENES = join(import.meta.dirname, '../../../test/fixtures/scenes');

/** The project's own scenes with their lines. */
const OWN = [
  [join(SCENES, 'short-mixed.mp4'), '42.85,182.48,460.16,228.12'],
  [join(SCENES, 'short-motorbikes.mp4'), '129.62,161.38,469.62,202.51'],
  [join(SCENES, 'demo-incident.mp4'), '42.85,182.48,460.16,228.12'],
] as const;

type Width = {
  readonly columns: number;
  readonly recorder: SlitScanRecorder;
  readonly timesMs: number[];
  bytes: number;
  most: number;
};

async function measure(clip: string, line: string, fps: number): Promise<void> {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = line.split(',').map(Number);
  const { width, height } = await probeMedia(clip);
  const picture = { width: width ?? 0, height: height ?? 0 };
  const logger = pino({ level: 'silent' });
  const jobs = new JobLine();
  let encodeMs = 0;
  const timed = {
    waiting: 0,
    run: <T>(work: () => Promise<T>) =>
      jobs.run(async () => {
        const sinceMs = performance.now();
        const made = await work();
        encodeMs += performance.now() - sinceMs;
        return made;
      }),
  };
  const widths = COLUMNS.map((columns): Width => {
    const append = async (_: string, records: readonly ScanRecord[]) => {
      for (const record of records) made.bytes += encodeRecord(record).length;
    };
    const recorder = new SlitScanRecorder({
      camera: 'bench',
      lines: [
        {
          line: 'line',
          from: [x1, y1],
          to: [x2, y2],
          directions: { toLeft: 'left', toRight: 'right' },
          lanes: [],
        },
      ],
      picture,
      shape: SHAPE,
      analysisFps: fps,
      columns,
      maxFrameGapMs: 1000,
      store: { append },
      jobs: timed as unknown as JobLine,
      maxPending: 1000,
      logger,
    });
    const made: Width = { columns, recorder, timesMs: [], bytes: 0, most: 0 };
    return made;
  });
  const source = openSource({
    ...{ url: clip, shape: SHAPE, analysisFps: fps, mode: 'clip', startAtMs: 0 },
    ...{ picture, logger, now: Date.now },
  });
  let frames = 0;
  let lastMs = 0;
  for (let frame = await source.next(); frame; frame = await source.next()) {
    frames += 1;
    lastMs = frame.capturedAtMs;
    for (const each of widths) {
      const sinceMs = performance.now();
      each.recorder.keep(frame);
      each.timesMs.push(performance.now() - sinceMs);
      each.most = Math.max(each.most, each.recorder.state.bytes);
    }
    frame.recycle?.(frame.planes);
  }
  await source.close();
  for (const { recorder } of widths) {
    recorder.end();
    await recorder.settled();
  }
  const seconds = lastMs / 1000;
  print(`\n${basename(clip)}: ${frames} frames, ${seconds.toFixed(0)} s; encoding took`);
  print(`${((encodeMs / seconds) * 60).toFixed(0)} ms for a minute of all ${COLUMNS.length} widths together`);
  print('columns  frame median  95 %      memory      a minute    a day');
  for (const { columns, timesMs, bytes, most } of widths) {
    const sorted = timesMs.slice(10).sort((a, b) => a - b);
    const at = (share: number) =>
      `${((sorted[Math.floor(sorted.length * share)] ?? 0) * 1000).toFixed(1)} µs`;
    const minute = (bytes / seconds) * 60;
    const cells = [
      ...[String(columns).padStart(7), at(0.5).padStart(12), at(0.95).padStart(10)],
      ...[`${(most / 2 ** 20).toFixed(1)} MiB`.padStart(11), `${(minute / 1000).toFixed(0)} kB`.padStart(11)],
      `${((minute * 1440) / 2 ** 20).toFixed(0)} MiB`.padStart(10),
    ];
    print(cells.join(' '));
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const [fps = '10', ...given] = process.argv.slice(2);
print(`${cpus()[0]?.model.trim()}, node ${process.version}, one line, frames of 512 x 288`);
const clips =
  given.length === 0
    ? OWN
    : given.flatMap((clip, i) => (i % 2 === 0 ? [[clip, given[i + 1] ?? ''] as const] : []));
for (const [clip, line] of clips) await measure(clip, line, Number(fps));
