// Composes ffmpeg's arguments. The only file that knows fluent-ffmpeg, which is no longer maintained: it
// writes the command down, and we start it ourselves, because it cannot hand over extra pipes.

import ffmpeg from 'fluent-ffmpeg';
import { type FfmpegVersion, hasFpsMode, hasRtspTimeout, hasScriptOptions } from './ffmpeg-version.ts';
import { filterGraph, PLANES_LABEL, TIMES_LABEL } from './filter-graph.ts';
import type { InputKind } from './input-kind.ts';
import type { SourceOptions } from './source-options.ts';
import { COPY_FD, COPY_OUTPUT, whyNoCopy } from './stream-copy.ts';

/** Everything needed to start ffmpeg for one source. */
export type SourceCommand = {
  readonly args: readonly string[];
  /** To be written into file descriptor 4: the address with its password, which `args` would show to `ps`. */
  readonly script?: string;
  /** Whether file descriptor COPY_FD gets the camera's video. */
  readonly copies?: boolean;
};

/** File descriptors beside stdin, stdout (planes) and stderr (log). */
export const TIMES_FD = 3;
export const SCRIPT_FD = 4;

export type CommandOptions = Pick<
  SourceOptions,
  | 'username'
  | 'password'
  | 'transport'
  | 'shape'
  | 'analysisFps'
  | 'region'
  | 'picture'
  | 'hardware'
  | 'hardwareDevice'
  | 'codec'
  | 'decodeThreads'
  | 'imageFps'
> & {
  readonly live: boolean;
  readonly socketTimeoutMs: number;
  /** Whether the camera's video is wanted too, where it can be copied. */
  readonly wantsCopy?: boolean;
};

/** The graph's own outputs: planes to stdout, `framecrc` lines with time stamps in µs to file descriptor 3. */
export function sourceCommand(
  input: InputKind,
  options: CommandOptions,
  version: FfmpegVersion,
): SourceCommand {
  const { address, inputOptions, script } = inputOf(input, options, version);
  const passthrough = hasFpsMode(version) ? ['-fps_mode', 'passthrough'] : ['-vsync', 'passthrough'];
  const command = ffmpeg()
    .input(address)
    .inputOptions([
      // Log lines at "verbose" tell the size of the picture and how far a connection has come; "repeat" keeps
      // ffmpeg from folding equal complaints into one line.
      ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'repeat+verbose'],
      ...[
        '-filter_complex_threads',
        '1',
        '-threads',
        String(options.decodeThreads ?? (options.live ? 1 : 0)),
      ],
      ...decoderOptions(options),
      ...inputOptions,
    ])
    .complexFilter(filterGraph(options))
    .output('pipe:1')
    .outputOptions(['-map', PLANES_LABEL, ...passthrough, '-c:v', 'rawvideo', '-f', 'rawvideo'])
    .output(`pipe:${TIMES_FD}`)
    .outputOptions([
      ...['-map', TIMES_LABEL, ...passthrough, '-c:v', 'rawvideo', '-enc_time_base', '1:1000000'],
      // Without autoscale 0 ffmpeg would bring the size code of every later picture size to that of the first.
      ...['-autoscale', '0', '-flush_packets', '1', '-f', 'framecrc'],
    ]);
  const copies = options.wantsCopy === true && whyNoCopy(input) === undefined;
  if (copies) command.output(`pipe:${COPY_FD}`).outputOptions([...COPY_OUTPUT]);
  const args = command._getArguments();
  return { args, ...(script === undefined ? {} : { script }), ...(copies ? { copies } : {}) };
}

/** The address with user name and password in it, percent-encoded. An address that already has them keeps them. */
export function withCredentials(url: string, username?: string, password?: string): string {
  const rest = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)(.*)$/is.exec(url);
  if (username === undefined || rest === null || rest[2]?.includes('@')) return url;
  const secret = password === undefined ? '' : `:${encodeURIComponent(password)}`;
  return `${rest[1]}${encodeURIComponent(username)}${secret}@${rest[2]}${rest[3]}`;
}

type Input = { address: string; inputOptions: string[]; script?: string };

function inputOf(input: InputKind, options: CommandOptions, version: FfmpegVersion): Input {
  const timeout = String(options.socketTimeoutMs * 1000);
  switch (input.kind) {
    case 'rtsp':
      return networkInput(input.url, options, version, [
        ['rtsp_transport', options.transport ?? 'tcp'],
        [hasRtspTimeout(version) ? 'timeout' : 'stimeout', timeout],
        // Sound and metadata would only cost bandwidth.
        ['allowed_media_types', 'video'],
        NO_RATE_PROBE,
      ]);
    case 'hls':
    case 'http-file':
      return networkInput(input.url, options, version, [['rw_timeout', timeout]]);
    case 'mjpeg':
      return networkInput(input.url, options, version, [
        ['rw_timeout', timeout],
        // MJPEG over HTTP carries no time stamps; the moment of arrival is all there is.
        ['use_wallclock_as_timestamps', '1'],
      ]);
    case 'v4l2':
      return { address: input.path, inputOptions: ['-f', 'v4l2'] };
    case 'file':
      // "file:" keeps a path with a colon from being read as a protocol.
      return {
        address: `file:${input.path}`,
        inputOptions: options.live ? ['-re', '-stream_loop', '-1'] : [],
      };
    case 'folder':
      return {
        address: `${globEscaped(input.path)}/*${globEscaped(input.extension)}`,
        inputOptions: [
          ...(options.live ? ['-re', '-loop', '1'] : []),
          ...['-f', 'image2', '-pattern_type', 'glob', '-framerate', String(options.imageFps ?? 25)],
        ],
      };
  }
}

/**
 * Guessing the frame rate would hold back the first 20 frames of a stream and then hand them over in one burst:
 * the first frame of a camera with 12.5 frames a second comes after 0.9 s instead of 2.6 s. The script's file
 * and the script itself are probed, each for its own.
 */
const NO_RATE_PROBE = ['fpsprobesize', '0'] as const;

const PROTOCOLS = 'file,pipe,rtsp,rtsps,rtp,srtp,tcp,udp,tls,crypto,http,https,httpproxy';

/** Read through a concat script from a pipe where ffmpeg can do it: arguments are visible to every user of the box. */
function networkInput(
  url: string,
  options: CommandOptions,
  version: FfmpegVersion,
  settings: readonly (readonly [string, string])[],
): Input {
  const address = withCredentials(url, options.username, options.password);
  if (!hasScriptOptions(version)) {
    return { address, inputOptions: settings.flatMap(([name, value]) => [`-${name}`, value]) };
  }
  const lines = settings.map(([name, value]) => `option ${name} ${value}`);
  return {
    address: `pipe:${SCRIPT_FD}`,
    inputOptions: `-fpsprobesize 0 -f concat -safe 0 -protocol_whitelist ${PROTOCOLS}`.split(' '),
    script: ['ffconcat version 1.0', `file ${quoted(address)}`, ...lines, ''].join('\n'),
  };
}

function decoderOptions(options: CommandOptions): string[] {
  const codec = options.codec ?? 'h264';
  const device = options.hardwareDevice;
  switch (options.hardware ?? 'none') {
    case 'none':
      return [];
    case 'vaapi':
      return [
        ...['-hwaccel', 'vaapi', ...(device === undefined ? [] : ['-hwaccel_device', device])],
        ...['-hwaccel_output_format', 'vaapi'],
      ];
    case 'qsv':
      return [
        ...['-hwaccel', 'qsv', ...(device === undefined ? [] : ['-qsv_device', device])],
        ...['-hwaccel_output_format', 'qsv', '-c:v', `${codec}_qsv`],
      ];
    case 'cuda':
      return [
        ...['-hwaccel', 'cuda', ...(device === undefined ? [] : ['-hwaccel_device', device])],
        ...['-hwaccel_output_format', 'cuda'],
      ];
    case 'v4l2m2m':
      return ['-c:v', `${codec}_v4l2m2m`];
    case 'rkmpp':
      return ['-hwaccel', 'rkmpp', '-hwaccel_output_format', 'drm_prime', '-c:v', `${codec}_rkmpp`];
  }
}

/** As the concat demuxer's parser wants it: in single quotes, a quote itself outside of them. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function globEscaped(path: string): string {
  return path.replaceAll(/[\\*?[\]{}]/g, '\\$&');
}
