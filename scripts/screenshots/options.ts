// The command line of `npm run screenshots`.

import { Command, Option } from 'commander';
import { LANGUAGES, type Language, SIZE_NAMES, type Size, THEMES, type Theme, VIEWS } from './views.ts';

export type ScreenshotOptions = {
  readonly out: string;
  /** Names of views; empty: all. */
  readonly only: readonly string[];
  readonly sizes: readonly Size[];
  readonly themes: readonly Theme[];
  readonly languages: readonly Language[];
  /** Write the pictures of the documentation alone, to docs/images/centre. */
  readonly docs: boolean;
};

/** Throws CommanderError for bad usage, after commander has told what was expected. */
export function parseOptions(argv: readonly string[]): ScreenshotOptions {
  const names = VIEWS.map(({ name }) => name);
  const command = new Command('npm run screenshots --')
    .description('photographs every page of the control centre, run by the demo with its simulated districts')
    .option('--out <folder>', 'where all pictures go', '.ngatu/screenshots')
    .option('--docs', 'only those of the documentation, to docs/images/centre', false)
    .addOption(new Option('--only <names...>', 'these pages').choices(names).default([]))
    .addOption(new Option('--sizes <names...>', 'these sizes').choices(SIZE_NAMES).default(SIZE_NAMES))
    .addOption(new Option('--themes <names...>', 'these themes').choices(THEMES).default(THEMES))
    .addOption(new Option('--languages <names...>', 'these languages').choices(LANGUAGES).default(['vi']))
    .showHelpAfterError('Run it with --help for what is possible.')
    .exitOverride();
  command.parse(argv, { from: 'user' });
  return command.opts();
}
