// One run of ffmpeg: started so that it cannot outlive this process, its log in lines, its end told once.

import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { SCRIPT_FD, type SourceCommand, TIMES_FD } from './ffmpeg-command.ts';
import { COPY_FD } from './stream-copy.ts';

export type FfmpegExit = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not be started. */
  readonly error?: Error;
};

export type FfmpegProcess = {
  readonly pid: number | undefined;
  /** Raw planes. Paused until somebody listens; ffmpeg waits when nobody reads. */
  readonly planes: Readable;
  /** Lines of `framecrc`. */
  readonly times: Readable;
  /** The camera's video as an MPEG transport stream, where the command copies it. */
  readonly copy?: Readable;
  /** Resolves when it has ended and its pipes have been read to their ends. Never rejects. */
  readonly exited: Promise<FfmpegExit>;
  /** SIGTERM, then SIGKILL after `graceMs` (0: SIGKILL at once). Waits for the end. Idempotent. */
  stop(graceMs: number): Promise<FfmpegExit>;
};

/** `onLine` gets every line of the log: unredacted, not for anybody's eyes. */
export function startFfmpeg(
  ffmpegPath: string,
  command: SourceCommand,
  onLine: (line: string) => void,
): FfmpegProcess {
  const [program, args] = boundToThisProcess(ffmpegPath, command.args);
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', ...(command.copies ? (['pipe'] as const) : [])],
    // Ctrl-C in a terminal goes to the whole group; whoever owns the source decides when ffmpeg ends.
    detached: true,
  });
  const times = child.stdio[TIMES_FD] as Readable;
  const script = child.stdio[SCRIPT_FD] as Writable;
  // The type of `stdio` ends at 4.
  const pipes: readonly unknown[] = child.stdio;
  const copy = command.copies ? (pipes[COPY_FD] as Readable) : undefined;
  // ffmpeg may end before it has read the script; its exit says why.
  script.on('error', () => undefined);
  script.end(command.script ?? '');
  createInterface({ input: child.stderr as Readable }).on('line', onLine);

  let exit: FfmpegExit | undefined;
  const exited = new Promise<FfmpegExit>((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, error }));
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  void exited.then((result) => {
    exit = result;
  });
  return {
    pid: child.pid,
    planes: child.stdout as Readable,
    times,
    ...(copy === undefined ? {} : { copy }),
    exited,
    async stop(graceMs) {
      if (exit !== undefined) return exit;
      // What is left in the pipes is nobody's any more, and would hold back the end.
      child.stdout?.removeAllListeners('data').resume();
      copy?.removeAllListeners('data').resume();
      return end(child, exited, graceMs);
    },
  };
}

async function end(child: ChildProcess, exited: Promise<FfmpegExit>, graceMs: number): Promise<FfmpegExit> {
  child.kill(graceMs > 0 ? 'SIGTERM' : 'SIGKILL');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  const result = await exited;
  clearTimeout(timer);
  return result;
}

const SETPRIV_PATHS = ['/usr/bin/setpriv', '/bin/setpriv'];

/**
 * With `setpriv` (util-linux) the kernel kills ffmpeg when the thread that started it is gone, however that
 * happens. Elsewhere ffmpeg ends when it writes its next frame into the broken pipe, or at its socket timeout.
 */
function boundToThisProcess(program: string, args: readonly string[]): [string, string[]] {
  const setpriv = process.platform === 'linux' ? SETPRIV_PATHS.find(isExecutable) : undefined;
  if (setpriv === undefined) return [program, [...args]];
  return [setpriv, ['--pdeathsig', 'KILL', '--', program, ...args]];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
