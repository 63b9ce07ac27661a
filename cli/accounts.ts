// `ngatu accounts`: for whoever runs the machine, when nobody can sign in to the control centre any more.

import { lchown, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { Accounts } from '../central-collector/api/accounts/accounts.ts';
import { ProblemError } from '../central-collector/api/problem.ts';
import { FolderLockError, lockFolder } from '../central-collector/folder-lock.ts';
import { readCollectorConfig } from '../config/load.ts';
import { ConfigError } from '../config/problems.ts';
import { createPlainLogger } from './logger.ts';

type Place = { readonly config: string };

const RESET_HELP = `
The user signs in with the one-time password within 7 days and chooses another. What was the password before does not open any
more, and all sessions of the user end. The audit log tells of it. The collector must not run meanwhile; boxes keep what they count
for it. Whoever can still sign in as an administrator does the same in the page, under Administration.
`;

/** The name is one that nobody has: bad usage. */
export class NoSuchUserError extends Error {
  override readonly name = 'NoSuchUserError';
  readonly retryable = false;
  readonly exitCode = 2;
}

export class CollectorRunsError extends Error {
  override readonly name = 'CollectorRunsError';
  readonly retryable = true;

  constructor(directory: string, cause: FolderLockError) {
    super(`a collector uses ${directory}: stop it for this, and start it again afterwards`, { cause });
  }
}

/** The subcommands list and reset. Failures are thrown; their messages say what to do. */
export function accountsCommand(): Command {
  const command = new Command('accounts').description('users of the control centre, from its console');
  placed(command.command('list')).description('who there is, and in which role').action(list);
  placed(command.command('reset'))
    .description('hand out a new one-time password')
    .argument('<name>', 'of the user')
    .addHelpText('after', RESET_HELP)
    .action(reset);
  return command;
}

function list({ config }: Place): Promise<void> {
  return withAccounts(config, async ({ users }) => {
    for (const { name, role, disabled, oneTimeUntilMs } of users.list) {
      const notes = [disabled && 'disabled', oneTimeUntilMs !== undefined && 'with a one-time password'];
      console.log([name, role, ...notes.filter(Boolean)].join('  '));
    }
  });
}

function reset(name: string, { config }: Place): Promise<void> {
  return withAccounts(config, async ({ users }) => {
    try {
      const { oneTimePassword } = await users.change({ by: 'system' }, name, { resetPassword: true });
      console.log(`one-time password for ${name}: ${oneTimePassword}`);
    } catch (error) {
      if (!(error instanceof ProblemError) || error.code !== 'not-found') throw error;
      const names = users.list.map((user) => user.name).join(', ');
      throw new NoSuchUserError(
        `${error.message}; there are: ${names || 'none yet, start the collector once'}`,
      );
    }
  });
}

/** Without making a first administrator, which is the collector's to tell. Throws ConfigError, FolderLockError, AccountsError. */
async function withAccounts(file: string, work: (accounts: Accounts) => Promise<void>): Promise<void> {
  // Passwords of broker and database are not needed here, and often not readable for whoever looks.
  const { config, problems } = await readCollectorConfig(file, { env: process.env, secrets: 'optional' });
  if (!config) throw new ConfigError(file, problems);
  const { directory } = config.centre;
  const lock = await lockFolder(directory, 0).catch((cause: unknown) => {
    throw cause instanceof FolderLockError ? new CollectorRunsError(directory, cause) : cause;
  });
  try {
    const accounts = new Accounts({ directory, log: createPlainLogger() });
    await accounts.openExisting();
    await work(accounts);
    await accounts.close();
  } finally {
    await lock.release();
    await leaveToOwner(directory);
  }
}

/** What root wrote belongs to the user that the collector runs as, whose folder it is. */
async function leaveToOwner(directory: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(directory);
  if (uid === 0) return;
  for (const name of await readdir(directory, { recursive: true }))
    await lchown(join(directory, name), uid, gid);
}

function placed(command: Command): Command {
  return command.requiredOption('--config <file>', 'YAML file of the collector that has the control centre');
}
