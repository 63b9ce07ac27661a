// Finds cards and model files: cards by name or path, files beside their card and then in the model directories.

import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plainText } from '../contract/index.ts';
import { type ModelCard, modelCardSchema } from './card.ts';

/** A card that was found and parsed. */
export type FoundCard = { readonly card: ModelCard; readonly cardPath: string };
export type FoundModel = FoundCard & { readonly modelPath: string };

/** A card that could not be used, or a model that is not there; `problems` are sentences for people. */
export class CardError extends Error {
  override readonly name = 'CardError';
  readonly retryable = false;
  /** A wrong or unknown card is bad usage or configuration. */
  readonly exitCode = 2;
  readonly problems: readonly string[];

  constructor(message: string, problems: readonly string[] = [], options?: ErrorOptions) {
    super([message, ...problems.map((problem) => `  - ${problem}`)].join('\n'), options);
    this.problems = problems;
  }
}

/** Reads one card file. Throws a CardError that names every problem with its path inside the card. */
export async function readCard(cardPath: string): Promise<ModelCard> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(cardPath, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CardError(`Model card ${cardPath} cannot be read: ${plainText(reason)}`, [], { cause });
  }
  const parsed = modelCardSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new CardError(
    `Model card ${cardPath} is not valid. models/README.md describes every field.`,
    problemsOf(parsed.error.issues),
  );
}

/** A card that is no card at all has thousands of problems, and the first of them say so. */
const MAX_PROBLEMS = 50;

function problemsOf(issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]) {
  const told = issues
    .slice(0, MAX_PROBLEMS)
    .map(({ path, message }) => plainText(`${path.map(String).join('.') || '(card)'}: ${message}`));
  return issues.length > MAX_PROBLEMS ? [...told, `and ${issues.length - MAX_PROBLEMS} more`] : told;
}

/**
 * Finds a card by the path of its JSON file or by its name, in `directories` first and then among the cards
 * that ngatu brings. Throws a CardError that lists the names there are.
 */
export async function findCard(nameOrPath: string, directories: readonly string[] = []): Promise<FoundCard> {
  if (nameOrPath.endsWith('.json')) {
    const cardPath = resolve(nameOrPath);
    return { card: await readCard(cardPath), cardPath };
  }
  for (const directory of searched(directories)) {
    const cardPath = join(directory, `${nameOrPath}.json`);
    if (existsSync(cardPath)) return { card: await readCard(cardPath), cardPath };
  }
  const { cards } = await listCards(directories);
  const known = cards.map(({ card }) => card.name).join(', ');
  throw new CardError(
    `No model card "${nameOrPath}" in ${searched(directories).join(', ')}. Known are: ${known}. ` +
      'Give one of these names or the path of a card that ends in .json.',
  );
}

/** Names of the cards that can be found, without reading them. */
export async function cardNames(directories: readonly string[] = []): Promise<readonly string[]> {
  const files = await Promise.all(searched(directories).map(filesIn));
  const cards = files.flat().filter((file) => file.endsWith('.json'));
  return [...new Set(cards.map((file) => file.slice(0, -'.json'.length)))].sort();
}

/** All cards, by name; the first of a name wins. Broken ones come as errors, so that one does not hide the rest. */
export async function listCards(
  directories: readonly string[] = [],
): Promise<{ readonly cards: readonly FoundCard[]; readonly broken: readonly CardError[] }> {
  const found = new Map<string, FoundCard>();
  const broken: CardError[] = [];
  for (const directory of searched(directories)) {
    const names = await filesIn(directory);
    for (const file of names.filter((name) => name.endsWith('.json')).sort()) {
      const cardPath = join(directory, file);
      try {
        const card = await readCard(cardPath);
        if (!found.has(card.name)) found.set(card.name, { card, cardPath });
      } catch (error) {
        if (!(error instanceof CardError)) throw error;
        broken.push(error);
      }
    }
  }
  const byName = (a: FoundCard, b: FoundCard) => (a.card.name < b.card.name ? -1 : 1);
  return { cards: [...found.values()].sort(byName), broken };
}

/** Where the card's model file lies, or undefined when it is in none of the places. */
export function locateModel(found: FoundCard, directories: readonly string[] = []): string | undefined {
  return modelPlaces(found, directories).find((path) => existsSync(path));
}

/** Card and model file together. Throws a CardError that says where the file was looked for and how to get it. */
export async function findModel(
  nameOrPath: string,
  directories: readonly string[] = [],
): Promise<FoundModel> {
  const found = await findCard(nameOrPath, directories);
  const modelPath = locateModel(found, directories);
  if (modelPath) return { ...found, modelPath };
  throw new CardError(
    `The file ${found.card.file} of model "${found.card.name}" is missing. ${howToGet(found)}, or name the folder that holds it: --models-dir DIR, in the file of an edge box detector.modelDirectories. Looked in:`,
    modelPlaces(found, directories),
  );
}

/** The commands that bring the file of a card, as a sentence without its end. */
export function howToGet(found: FoundCard): string {
  const card = wordFor(found);
  const fetching = found.card.url ? `Run "ngatu models fetch ${card}" to download it, or` : 'Run';
  return `${fetching} "ngatu models add ${card} FILE" with the file if you have it`;
}

/** What names the card on a command line: its name where that is known everywhere, else its path. */
export function wordFor({ card, cardPath }: FoundCard): string {
  return dirname(cardPath) === builtInDirectory() ? card.name : cardPath;
}

/** SHA-256 of a file, 64 lower-case hexadecimal digits. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** The folder of the cards that ngatu brings: `models/` beside package.json, from source and from dist alike. */
export function builtInDirectory(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, 'package.json'))) {
    const parent = dirname(directory);
    if (parent === directory)
      throw new CardError('No package.json above the models library: the installation is damaged.');
    directory = parent;
  }
  return join(directory, 'models');
}

async function filesIn(directory: string): Promise<readonly string[]> {
  return existsSync(directory) ? await readdir(directory) : [];
}

function searched(directories: readonly string[]): readonly string[] {
  return [...new Set([...directories.map((directory) => resolve(directory)), builtInDirectory()])];
}

function modelPlaces({ card, cardPath }: FoundCard, directories: readonly string[]): readonly string[] {
  return [...new Set([dirname(resolve(cardPath)), ...searched(directories)])].map((directory) =>
    join(directory, card.file),
  );
}
