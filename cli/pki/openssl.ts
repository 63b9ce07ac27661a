// Runs the openssl command. What it is given are paths and a configuration file; keys are in no argument and in no output.

import { type ExecFileException, execFile } from 'node:child_process';
import { PkiError } from './pki-error.ts';

const TIMEOUT_MS = 30_000;

/** Throws PkiError with what openssl said. */
export function openssl(args: readonly string[], directory: string): Promise<void> {
  // A configuration of the machine (engines, providers) must not change what is made here.
  const env = { PATH: process.env.PATH, OPENSSL_CONF: '/dev/null', LC_ALL: 'C' };
  return new Promise((resolve, reject) => {
    execFile('openssl', args, { cwd: directory, env, timeout: TIMEOUT_MS }, (cause, _stdout, stderr) => {
      if (cause === null) resolve();
      else reject(explain(args[0] ?? '', cause, stderr));
    });
  });
}

function explain(command: string, cause: ExecFileException, stderr: string): PkiError {
  if (cause.code === 'ENOENT') {
    return new PkiError(
      'the openssl command is missing: install it (Debian: apt-get install openssl), then run this again',
      { cause, exitCode: 1 },
    );
  }
  const said = stderr.trim().split('\n').slice(-3).join('; ');
  return new PkiError(`openssl ${command} failed: ${said || cause.message}`, { exitCode: 1 });
}
