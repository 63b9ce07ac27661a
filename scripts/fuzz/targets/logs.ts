// What ffmpeg and ffprobe write: versions, stamps, sizes, complaints that end as sentences in a status message.

import { FaultReader } from '../../../edge-agent/source/faults.ts';
import { parseFfmpegVersion } from '../../../edge-agent/source/ffmpeg-version.ts';
import { parseFrameTime, parseSourceSize } from '../../../edge-agent/source/frame-times.ts';
import { mediaFactsOf } from '../../../edge-agent/source/probe-media.ts';
import { SourceError } from '../../../edge-agent/source/source-error.ts';
import { must, mustBePlain } from '../checks.ts';
import { anyOf, below, mutateBytes } from '../mutate-bytes.ts';
import { jsonText, mutateJson } from '../mutate-json.ts';
import { mutateText } from '../mutate-text.ts';
import type { FuzzTarget, Outcome } from '../target.ts';

const SECRET = 'geheim99';

const LOG = [
  'ffmpeg version 7.1.2-0+deb13u1 Copyright (c) 2000-2025 the FFmpeg developers',
  '  libavformat    61.  7.103 / 61.  7.103',
  '[tcp @ 0x55d] Starting connection attempt to 10.0.0.17 port 554',
  '[tcp @ 0x55d] Successfully connected to 10.0.0.17 port 554',
  `[rtsp @ 0x55d] method DESCRIBE failed: 401 Unauthorized rtsp://admin:${SECRET}@10.0.0.17/stream1`,
  'Input #0, rtsp, from stdin',
  '[h264 @ 0x55d] error while decoding MB 10 20, bytestream -5',
  '[graph 0 input from stream 0:0 @ 0x1] w:1280 h:720 pixfmt:yuv420p',
  '[swscaler @ 0x1] w:1280 h:720 fmt:yuv420p sar:0/1 -> w:1281 h:8 fmt:gray sar:0/1 flags:0x4',
  '#tb 0: 1/1000000',
  '0,          0,          0,    40000,    10248, 0x8d25a45e',
  'Conversion failed!',
];

const WORDS = [
  ...LOG,
  'w:',
  'h:',
  ' fmt:',
  ' -> ',
  ',',
  '-1',
  '1e9',
  'NaN',
  'a.',
  'pass',
  '//',
  '@',
  '\u001b[31m',
  '\u0007',
  '\r',
  'certificate',
  'timed out',
  'x'.repeat(600),
];

const PROBED = {
  streams: [{ codec_name: 'h264', width: 1280, height: 720, avg_frame_rate: '30000/1001', duration: '12.5' }],
  format: { duration: '12.500000' },
};

/** The first byte of an input: l lines of a log, p an answer of ffprobe. */
export const logTarget: FuzzTarget = {
  name: 'logs',
  about: 'what ffmpeg and ffprobe write',
  weight: 35,
  async open() {
    const log = LOG.join('\n');
    return {
      make(random) {
        if (random() < 0.3)
          return Buffer.from(`p${jsonText(random, mutateJson(random, structuredClone(PROBED)))}`);
        let text = mutateText(random, log, WORDS);
        if (random() < 0.3) text = mutateBytes(random, Buffer.from(text)).toString();
        if (random() < 0.001) text += anyOf(random, WORDS).repeat(below(random, 5000));
        return Buffer.from(`l${text}`);
      },
      run(input) {
        const text = Buffer.from(input.subarray(1)).toString();
        if (input[0] === 'p'.charCodeAt(0)) return probed(text);
        const faults = new FaultReader([SECRET]);
        let understood = 0;
        for (const line of text.split(/\r?\n/)) {
          faults.readLine(line);
          for (const { detail } of [faults.whileWaiting(3), faults.atExit(false, 1)]) {
            mustBePlain('the sentence for people', detail, 500);
            must('no password in it', !detail.includes(SECRET));
          }
          if (parseSourceSize(line, 8)) understood += 1;
          understood += frameTimes(line);
        }
        return parseFfmpegVersion(text) || understood > 0 ? 'accepted' : 'refused';
      },
    };
  },
};

function frameTimes(line: string): number {
  try {
    return parseFrameTime(line, 8) === undefined ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('expected a line of framecrc'))) throw error;
    mustBePlain('the message', error.message, 400);
    return 0;
  }
}

function probed(text: string): Outcome {
  try {
    const { width, height, durationMs = 1, fps = 1 } = mediaFactsOf(text);
    must('a picture with a size', width > 0 && height > 0);
    must('numbers that are numbers', Number.isFinite(durationMs) && Number.isFinite(fps));
    return 'accepted';
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return 'refused';
  }
}
