// Starts a program in the background and makes sure that it ends: with stop(), or with this process, even
// when this process is killed hard.

import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export type ProcessOptions = {
  /** How error messages call it, e.g. `Mosquitto`. */
  readonly name: string;
  /** A path, or a program name that is looked up in PATH and the sbin folders. */
  readonly command: string;
  readonly args: readonly string[];
  /** Receives stdout and stderr; appended to. */
  readonly logFile: string;
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** True once the process does its work. Gets what it has logged since its start, at most the last 64 KiB. */
  readonly ready?: (log: string) => boolean | Promise<boolean>;
  /** Longest wait for `ready`, default 30 s. */
  readonly readyTimeoutMs?: number;
  /** Wait between SIGTERM and SIGKILL, default 10 s. */
  readonly stopTimeoutMs?: number;
  /** Ends the wait for `ready`; the process is stopped then. */
  readonly signal?: AbortSignal;
};

export type ProcessExit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type RunningProcess = {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves when the process has ended, for whatever reason. Never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** Undefined while it runs. */
  readonly exit: ProcessExit | undefined;
  /** What it has logged since its start, at most the last 64 KiB. */
  log(): string;
  /** SIGTERM, then SIGKILL for the whole process group after `stopTimeoutMs`; waits for the end. Idempotent. */
  stop(): Promise<ProcessExit>;
};

/** A program is missing, ended before it was ready, or did not become ready in time. */
export class ProcessError extends Error {
  override readonly name = 'ProcessError';
  readonly retryable = false;
  /** The last that the process has logged. */
  readonly log: string;
  readonly exit: ProcessExit | undefined;

  constructor(
    message: string,
    facts: { log?: string; exit?: ProcessExit | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: facts.cause });
    this.log = facts.log ?? '';
    this.exit = facts.exit;
  }
}

/** Starts a program and resolves when it is ready. Throws ProcessError, or the signal's reason; nothing runs then. */
export async function startProcess(options: ProcessOptions): Promise<RunningProcess> {
  options.signal?.throwIfAborted();
  const running = await launch(options);
  try {
    await untilReady(running, options);
    return running;
  } catch (error) {
    await running.stop();
    throw error;
  }
}

/** Absolute path of a program, or undefined. Debian keeps servers in sbin folders, outside a user's PATH. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  const paths = name.includes('/') ? [name] : folders.filter((f) => f !== '').map((f) => join(f, name));
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Last part of a log that is kept in memory or shown. */
const MAX_LOG_BYTES = 64 * 1024;
const POLL_INTERVAL_MS = 25;
const DEFAULT_READY_TIMEOUT_MS = 30_000;
const DEFAULT_STOP_TIMEOUT_MS = 10_000;

async function launch(options: ProcessOptions): Promise<RunningProcess> {
  const program = findProgram(options.command);
  if (program === undefined) {
    throw new ProcessError(
      `${options.name} cannot be started: the program "${options.command}" is not installed. Run: npm run setup`,
    );
  }
  const fd = openSync(options.logFile, 'a+');
  const logStart = fstatSync(fd).size;
  const [command, args] = boundToThisProcess(program, options.args);
  const child = spawn(command, args, {
    // Its own process group: Ctrl-C in the terminal reaches only us, and we decide who stops when.
    detached: true,
    stdio: ['ignore', fd, fd],
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
  });
  let exit: ProcessExit | undefined;
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, signal) => {
      exit = { code, signal };
      closeSync(fd);
      resolve(exit);
    });
  });
  const pid = await spawned(child, options.name, fd);
  let stopping: Promise<ProcessExit> | undefined;
  return {
    name: options.name,
    pid,
    logFile: options.logFile,
    exited,
    get exit() {
      return exit;
    },
    log: () => tail(options.logFile, logStart),
    stop() {
      stopping ??= end(pid, exited, () => exit, options.stopTimeoutMs ?? DEFAULT_STOP_TIMEOUT_MS);
      return stopping;
    },
  };
}

/** `setpriv` (util-linux) has the kernel send SIGTERM to the program when the process that started it is gone. */
function boundToThisProcess(program: string, args: readonly string[]): [string, string[]] {
  const setpriv = process.platform === 'linux' ? findProgram('setpriv') : undefined;
  if (setpriv === undefined) return [program, [...args]];
  return [setpriv, ['--pdeathsig', 'TERM', '--', program, ...args]];
}

function spawned(child: ChildProcess, name: string, fd: number): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve(child.pid as number));
    child.once('error', (cause) => {
      if (child.pid !== undefined) return;
      closeSync(fd);
      reject(new ProcessError(`${name} cannot be started: ${cause.message}`, { cause }));
    });
  });
}

async function untilReady(running: RunningProcess, options: ProcessOptions): Promise<void> {
  const { ready, signal } = options;
  if (ready === undefined) return;
  const timeoutMs = options.readyTimeoutMs ?? DEFAULT_READY_TIMEOUT_MS;
  const deadline = performance.now() + timeoutMs;
  while (true) {
    signal?.throwIfAborted();
    const isReady = await ready(running.log());
    if (running.exit !== undefined) throw endedEarly(running, running.exit);
    if (isReady) return;
    if (performance.now() > deadline) {
      const log = running.log();
      throw new ProcessError(
        `${running.name} was not ready after ${timeoutMs / 1000} s. ${lastWords(log, running.logFile)}`,
        { log },
      );
    }
    await delay(POLL_INTERVAL_MS, undefined, signal === undefined ? {} : { signal });
  }
}

/** The error for a process that ended though it should run. */
export function endedEarly(running: RunningProcess, exit: ProcessExit): ProcessError {
  const log = running.log();
  const how = exit.signal === null ? `exit code ${exit.code}` : exit.signal;
  return new ProcessError(`${running.name} ended (${how}). ${lastWords(log, running.logFile)}`, {
    log,
    exit,
  });
}

function lastWords(log: string, logFile: string): string {
  const line = log.trimEnd().split('\n').at(-1) ?? '';
  return line === '' ? `It has logged nothing in ${logFile}.` : `Its last words in ${logFile}: ${line}`;
}

async function end(
  pid: number,
  exited: Promise<ProcessExit>,
  exit: () => ProcessExit | undefined,
  timeoutMs: number,
): Promise<ProcessExit> {
  const known = exit();
  if (known !== undefined) return known;
  send(pid, 'SIGTERM');
  const timer = setTimeout(() => send(-pid, 'SIGKILL'), timeoutMs);
  const result = await exited;
  clearTimeout(timer);
  return result;
}

/** To a process, or to its group when negative. */
function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It has ended in this very moment; its exit event is on the way.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function tail(path: string, from: number): string {
  const fd = openSync(path, 'r');
  try {
    const size = fstatSync(fd).size;
    const start = Math.max(from, size - MAX_LOG_BYTES);
    const bytes = Buffer.alloc(Math.max(0, size - start));
    return bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, start));
  } finally {
    closeSync(fd);
  }
}
