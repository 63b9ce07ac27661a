// Stills and clips of a replay, from the recorded clip itself. The same clip gives the same bytes.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { EvidenceError } from './evidence-error.ts';
import type { ClipFacts, Footage, FootageMoment, InTurn, Still } from './footage.ts';
import { runFfmpeg } from './run-ffmpeg.ts';

/** Frames begin a little late rather than early: half a millisecond is nowhere near another picture, s. */
const MARGIN_S = 0.0005;

/** How far before a cut a keyframe is looked for, s; one that is further away is not reached, and the clip begins later. */
const KEYFRAME_SEARCH_S = 30;

const run = promisify(execFile);

export class ClipFootage implements Footage {
  readonly #path: string;
  readonly #ffmpegPath: string | undefined;
  readonly #ffprobePath: string;

  /** @param path a video file; folders of pictures have no clips to cut */
  constructor(
    path: string,
    { ffmpegPath, ffprobePath = 'ffprobe' }: { ffmpegPath?: string; ffprobePath?: string } = {},
  ) {
    this.#path = path;
    this.#ffmpegPath = ffmpegPath;
    this.#ffprobePath = ffprobePath;
  }

  async still({ cameraTimeMs, capturedAtMs }: FootageMoment, inTurn: InTurn): Promise<Still> {
    const atS = Math.max(0, cameraTimeMs / 1000 - MARGIN_S);
    const image = await inTurn.run(() =>
      runFfmpeg({
        args: [
          ...[
            '-threads',
            '1',
            '-ss',
            atS.toFixed(4),
            '-i',
            `file:${this.#path}`,
            '-map',
            '0:v:0',
            '-frames:v',
            '1',
          ],
          ...['-c:v', 'png', '-compression_level', '1', '-pix_fmt', 'rgb24', '-f', 'image2pipe', 'pipe:1'],
        ],
        ...this.#program(),
      }),
    );
    if (image.length === 0) throw new EvidenceError(`The clip has no picture at ${atS} s.`);
    const { width, height } = await sharp(image).metadata();
    return { image, width, height, atMs: Math.round(capturedAtMs), from: 'stream' };
  }

  async clip(
    { cameraTimeMs, capturedAtMs }: FootageMoment,
    preMs: number,
    postMs: number,
    file: string,
    inTurn: InTurn,
  ): Promise<ClipFacts> {
    const wantedS = Math.max(0, (cameraTimeMs - preMs) / 1000);
    const endS = (cameraTimeMs + postMs) / 1000;
    const pictures = await this.#pictures(Math.max(0, wantedS - KEYFRAME_SEARCH_S), endS);
    const begin =
      pictures.findLast(({ isKey, timeS }) => isKey && timeS <= wantedS) ??
      pictures.find(({ isKey }) => isKey);
    const last = pictures.at(-1);
    if (begin === undefined || last === undefined)
      throw new EvidenceError('The clip has no keyframe to cut at.');
    await inTurn.run(() =>
      runFfmpeg({
        args: [
          // On the keyframe itself, so that nothing before it has to be hidden.
          ...['-ss', (begin.timeS + MARGIN_S).toFixed(4), '-i', `file:${this.#path}`],
          ...[
            '-t',
            (endS - begin.timeS).toFixed(4),
            '-map',
            '0:v:0',
            '-c',
            'copy',
            '-avoid_negative_ts',
            'make_zero',
          ],
          ...[
            '-fflags',
            '+bitexact',
            '-map_metadata',
            '-1',
            '-movflags',
            '+faststart',
            '-f',
            'mp4',
            `file:${file}`,
          ],
        ],
        ...this.#program(),
      }),
    );
    const utcMs = (timeS: number) => Math.round(capturedAtMs + timeS * 1000 - cameraTimeMs);
    return { fromMs: utcMs(begin.timeS), toMs: utcMs(Math.min(endS, last.timeS)) };
  }

  /** In the order in which they are shown. Times count from the clip's beginning, as those of frames do. */
  async #pictures(fromS: number, toS: number) {
    const args = [
      ...[
        '-v',
        'error',
        '-select_streams',
        'v:0',
        '-read_intervals',
        `${fromS.toFixed(3)}%${toS.toFixed(3)}`,
      ],
      ...['-show_entries', 'packet=pts_time,flags:format=start_time', '-of', 'json', `file:${this.#path}`],
    ];
    const { stdout } = await run(this.#ffprobePath, args, {
      timeout: 30_000,
      maxBuffer: 64 * 1024 * 1024,
    }).catch((cause: unknown) => {
      throw new EvidenceError(`${this.#path} cannot be read by ${this.#ffprobePath}.`, { cause });
    });
    const { packets, format } = JSON.parse(stdout) as {
      packets: { pts_time?: string; flags: string }[];
      format: { start_time?: string };
    };
    const startS = Number(format.start_time ?? 0);
    return packets
      .map(({ pts_time, flags }) => ({ timeS: Number(pts_time) - startS, isKey: flags.startsWith('K') }))
      .filter(({ timeS }) => Number.isFinite(timeS))
      .sort((a, b) => a.timeS - b.timeS);
  }

  #program(): { ffmpegPath?: string } {
    return this.#ffmpegPath === undefined ? {} : { ffmpegPath: this.#ffmpegPath };
  }
}
