// `ngatu models`: see which detectors there are, bring one in, and be sure that it is what its card says.

import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError, Option } from 'commander';
import { pino } from 'pino';
import { openDetectorPool } from '../edge-agent/detector/detector-pool.ts';
import { EXECUTION_PROVIDERS, type ExecutionProvider } from '../edge-agent/detector/inference-session.ts';
import {
  CardError,
  type FoundCard,
  findCard,
  findModel,
  howToGet,
  listCards,
  locateModel,
  sha256OfFile,
  wordFor,
} from '../models/library.ts';
import { DownloadError, downloadFile } from './download.ts';
import { describeFailure, exitCodeOf } from './failure.ts';
import { measureModel } from './measure-model.ts';
import { printTable } from './table.ts';

type DirectoryOptions = { readonly modelsDir: readonly string[] };

/** The subcommands list, add, verify and fetch. Failures are thrown; their messages say what to do. */
export function modelsCommand(): Command {
  const command = new Command('models').description('detection models and their cards');
  withDirectories(command.command('list'))
    .description('all cards, and whether their file is there and is the right one')
    .action(list);
  withDirectories(command.command('verify'))
    .description('load models, check them against their cards and time an inference')
    .argument('[names...]', 'names or card files; default all whose file is there')
    .addOption(
      new Option('--execution-provider <name>', 'what runs the model')
        .choices(EXECUTION_PROVIDERS)
        .default('cpu'),
    )
    .option('--threads <n>', 'threads of one inference', parseCount, 1)
    .action(verify);
  command
    .command('add')
    .description('check a model against its card and copy both into a model directory')
    .argument('<card>', 'name of a known card, or path of a .json file')
    .argument('<file>', 'the ONNX file')
    .option('--into <dir>', 'model directory', 'models')
    .action(add);
  command
    .command('fetch')
    .description('download the file of a card and check its hash; continues where it was interrupted')
    .argument('<names...>', 'names or card files')
    .option('--into <dir>', 'model directory', 'models')
    .action(fetchModels);
  return command;
}

async function list({ modelsDir }: DirectoryOptions): Promise<void> {
  const { cards, broken } = await listCards(modelsDir);
  const rows = await Promise.all(cards.map((found) => listRow(found, modelsDir)));
  printTable(['name', 'licence', 'input', 'output', 'file'], rows);
  for (const { card } of cards.filter(({ card }) => card.use === 'decoder-tests')) {
    console.log(`${card.name}: for tests of its output layout only, not for a deployment`);
  }
  for (const error of broken) console.error(error.message);
  if (broken.length > 0) process.exitCode = 1;
}

async function listRow(found: FoundCard, directories: readonly string[]): Promise<readonly string[]> {
  const { name, licence, input, output, sha256, url } = found.card;
  const path = locateModel(found, directories);
  const missing = url ? 'missing, can be fetched' : 'missing';
  const state = path
    ? (await sha256OfFile(path)) === sha256
      ? 'ok'
      : 'another file (hash differs)'
    : missing;
  return [name, licence, `${input.width}x${input.height}`, output.kind, state];
}

async function verify(
  names: readonly string[],
  options: DirectoryOptions & {
    readonly executionProvider: ExecutionProvider;
    readonly threads: number;
  },
): Promise<void> {
  const { modelsDir, executionProvider, threads } = options;
  const wanted = names.length > 0 ? names : await presentNames(modelsDir);
  if (wanted.length === 0) throw new CardError('No model file is there. Run "ngatu models list".');
  for (const name of wanted) {
    try {
      const { card, modelPath } = await findModel(name, modelsDir);
      const measured = await measureModel({ card, modelPath, executionProvider, threads });
      const ms = measured.inferenceMs.toFixed(1);
      console.log(
        `${card.name}: ok, ${ms} ms an inference on ${measured.executionProvider}, ${threads} thread(s)`,
      );
    } catch (error) {
      process.exitCode = exitCodeOf(error);
      console.error(describeFailure(error));
    }
  }
}

async function add(cardName: string, file: string, { into }: { readonly into: string }): Promise<void> {
  const { card, cardPath } = await findCard(cardName, [into]);
  const pool = await openDetectorPool({ card, modelPath: resolve(file), logger: pino({ level: 'silent' }) });
  await pool.close();
  try {
    await mkdir(into, { recursive: true });
    await copyWhole(file, join(into, card.file));
    await copyWhole(cardPath, join(into, `${card.name}.json`));
  } catch (cause) {
    throw unwritable(into, cause);
  }
  console.log(`${card.name}: checked and copied to ${join(into, card.file)}`);
}

async function fetchModels(names: readonly string[], { into }: { readonly into: string }): Promise<void> {
  for (const name of names) {
    const found = await findCard(name, [into]);
    const { card } = found;
    if (!card.url) {
      const source = card.source ? ` Its source is ${card.source}.` : '';
      throw new CardError(
        `The card of "${card.name}" has no url to fetch from.${source} ${howToGet(found)}.`,
      );
    }
    await mkdir(into, { recursive: true }).catch((cause: unknown) => {
      throw unwritable(into, cause);
    });
    const bar = new SingleBar({
      format: `${card.name} {bar} {percentage}% of {mib} MiB`,
      noTTYOutput: false,
    });
    const outcome = await downloadFile({
      url: card.url,
      path: join(into, card.file),
      sha256: card.sha256,
      onProgress: (bytes, totalBytes) => {
        if (totalBytes === undefined) return;
        if (!bar.isActive) bar.start(totalBytes, bytes, { mib: (totalBytes / 2 ** 20).toFixed(1) });
        bar.update(bytes);
      },
    })
      .catch((cause: unknown) => {
        throw notFetched(found, cause);
      })
      .finally(() => bar.stop());
    console.log(`${card.name}: ${outcome === 'present' ? 'already there' : 'fetched'}, hash is right`);
  }
}

/** With the way that needs no network: many boxes have none. */
function notFetched(found: FoundCard, cause: unknown): unknown {
  if (!(cause instanceof DownloadError)) return cause;
  const advice = `Without a network: download ${found.card.file} on another machine and run "ngatu models add ${wordFor(found)} FILE".`;
  return new DownloadError(`${cause.message}\n${advice}`, cause.retryable, { cause });
}

function unwritable(directory: string, cause: unknown): CardError {
  const advice = 'Check its permissions and the free space, or give another folder with --into.';
  return new CardError(`The model directory ${directory} cannot be written. ${advice}`, [], { cause });
}

async function presentNames(directories: readonly string[]): Promise<readonly string[]> {
  const { cards } = await listCards(directories);
  return cards.filter((found) => locateModel(found, directories)).map(({ card }) => card.name);
}

/** Copies under another name first: whoever looks sees the old file or the whole new one. */
async function copyWhole(from: string, to: string): Promise<void> {
  if (resolve(from) === resolve(to)) return;
  const partial = `${to}.part`;
  try {
    await copyFile(from, partial);
    await rename(partial, to);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

function withDirectories(command: Command): Command {
  return command.option(
    '--models-dir <dir>',
    'folder to look in before the built-in one; may be given again',
    (dir: string, before: readonly string[]) => [...before, dir],
    [],
  );
}

function parseCount(value: string): number {
  const count = Number(value);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new InvalidArgumentError('Expected a whole number of at least 1.');
}
