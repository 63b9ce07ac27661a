#!/usr/bin/env node
// The one command. Loads only the subcommand that is asked for, so that `ngatu config check` starts fast and
// needs no inference library; turns failures into one message and an exit code.

import { Command, CommanderError } from 'commander';
import { describeFailure, exitCodeOf } from './failure.ts';
import { readVersion } from './version.ts';

type Subcommand = {
  readonly name: string;
  readonly description: string;
  readonly load: () => Promise<Command>;
};

const SUBCOMMANDS: readonly Subcommand[] = [
  {
    name: 'edge',
    description: 'run the agent of an edge box',
    load: async () => (await import('./edge.ts')).edgeCommand(),
  },
  {
    name: 'collector',
    description: 'run a central collector',
    load: async () => (await import('./collector.ts')).collectorCommand(),
  },
  {
    name: 'accounts',
    description: 'users of the control centre: list, hand out a new one-time password',
    load: async () => (await import('./accounts.ts')).accountsCommand(),
  },
  {
    name: 'quarantine',
    description: 'messages that a collector could not store: list, show, replay',
    load: async () => (await import('./quarantine.ts')).quarantineCommand(),
  },
  {
    name: 'rollup',
    description: 'sum raw counts up to quarter hours and hours once more',
    load: async () => (await import('./rollup.ts')).rollupCommand(),
  },
  {
    name: 'replay',
    description: 'count a recorded clip',
    load: async () => (await import('./replay.ts')).replayCommand(),
  },
  {
    name: 'models',
    description: 'list, add, verify and fetch models',
    load: async () => (await import('./models.ts')).modelsCommand(),
  },
  {
    name: 'calibrate',
    description: "check a camera's calibration, draw its ground grid on a still",
    load: async () => (await import('./calibrate.ts')).calibrateCommand(),
  },
  {
    name: 'mend-wal',
    description: 'mend the log of a stopped InfluxDB 1.x before it starts again',
    load: async () => (await import('./mend-wal.ts')).mendWalCommand(),
  },
  {
    name: 'pki',
    description: 'make certificates for brokers, boxes and collectors',
    load: async () => (await import('./pki.ts')).pkiCommand(),
  },
  {
    name: 'config',
    description: 'check configuration files, print their schema',
    load: async () => (await import('./config.ts')).configCommand(),
  },
];

await main(process.argv);

async function main(argv: readonly string[]): Promise<void> {
  // `ngatu … | head` closes our output early: nothing to complain about.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 1);
  });
  try {
    const program = await programFor(argv.slice(2));
    await program.parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) process.stderr.write(`${describeFailure(error)}\n`);
    // Sockets and threads of a half-started command would keep the process alive.
    process.exit(exitCodeOf(error));
  }
}

/** The program with the asked-for subcommand loaded, the others by name only. */
async function programFor(words: readonly string[]): Promise<Command> {
  const [first, second] = words.filter((word) => !word.startsWith('-'));
  const wanted = first === 'help' ? second : first;
  const program = new Command('ngatu')
    .description('Traffic cameras into counts that a control centre can trust')
    .version(readVersion());
  for (const { name, description, load } of SUBCOMMANDS) {
    program.addCommand(name === wanted ? await load() : new Command(name).description(description));
  }
  throwInsteadOfExit(program);
  return program;
}

/** For a command and all below it: exit codes are decided in one place, and every error points to the help. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride().showHelpAfterError('Run it with --help for what is possible.');
  for (const below of command.commands) throwInsteadOfExit(below);
}
