// The demo's command line.

import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_MODEL } from '../../models/default-model.ts';

export type DemoOptions = {
  /** Undefined: until Ctrl-C. */
  readonly durationMs?: number;
  /** A last line with the totals as JSON. */
  readonly json: boolean;
  /** Show the control centre in a browser, where this is the terminal of a desktop. */
  readonly open: boolean;
  /** Ten simulated cameras with four weeks of a past beside the real ones. */
  readonly city: boolean;
  /** Absolute path of a clip for the simulated camera. */
  readonly clip?: string;
  /** A real camera instead. */
  readonly rtsp?: URL;
  /** Name of a model card, or absolute path of a card file. */
  readonly model?: string;
  /** Absolute paths of folders with cards and ONNX files, searched before `models/`. */
  readonly modelsDir: readonly string[];
};

/** Holds the password of the camera that `--rtsp` names. */
export const PASSWORD_VARIABLE = 'NGATU_DEMO_CAMERA_PASSWORD';

/** Throws CommanderError for bad usage, after commander has told what was expected. */
export function parseOptions(argv: readonly string[]): DemoOptions {
  const command = new Command('npm run demo --')
    .description(
      'a camera, an edge agent, a broker, a collector and a database at work, on this machine only',
    )
    .option('--duration <time>', 'end by itself after this time, e.g. 60s or 5m', parseDuration)
    .option('--json', 'print a last line with totals', false)
    .option(
      '--city',
      'add ten simulated cameras with four weeks of a past, for the pages that need a city; their numbers are made up',
      false,
    )
    .option('--no-open', 'do not show the control centre in a browser')
    .addOption(
      new Option('--clip <file>', 'play another clip through the simulated camera')
        .argParser(pathFromHere)
        .conflicts('rtsp'),
    )
    .option(
      '--rtsp <url>',
      `watch a real camera instead, rtsp://user@host/path; its password comes from the environment variable ${PASSWORD_VARIABLE}`,
      parseRtsp,
    )
    .option('--model <card>', `name of a model card, or a card file (default: ${DEFAULT_MODEL})`, parseModel)
    .option('--models-dir <dir>', 'folder with cards and ONNX files; may be given again', collectPaths, [])
    .showHelpAfterError('Run it with --help for what is possible.')
    .exitOverride();
  command.parse(argv, { from: 'user' });
  const { duration, ...rest } = command.opts();
  return { ...rest, ...(duration !== undefined && { durationMs: duration }) } as DemoOptions;
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

function parseDuration(text: string): number {
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)(s|m|h)?$/.exec(text) ?? [];
  const ms = Number(amount) * (UNIT_MS[unit] ?? Number.NaN);
  if (!(ms >= 1000)) throw new InvalidArgumentError('Expected at least 1 s, such as 60s, 5m or 1h.');
  return ms;
}

function parseRtsp(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['rtsp:', 'rtsps:'].includes(url.protocol) || url.hostname === '') {
    throw new InvalidArgumentError('Expected an address such as rtsp://user@10.0.0.17/stream1.');
  }
  // On the command line everybody on the machine could read it.
  const password = process.env[PASSWORD_VARIABLE];
  if (url.username !== '' && url.password === '' && password !== undefined) {
    url.password = encodeURIComponent(password);
  }
  return url;
}

function parseModel(text: string): string {
  return text.endsWith('.json') ? pathFromHere(text) : text;
}

function collectPaths(path: string, before: readonly string[]): string[] {
  return [...before, pathFromHere(path)];
}

/** npm changes to the project's folder; paths count from where it was called. */
function pathFromHere(path: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), path);
}
