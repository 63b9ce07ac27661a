// One short run of ffmpeg for evidence: fed from memory, bounded in time and output, behind everything else on the CPU.

import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { EvidenceError } from './evidence-error.ts';

export type FfmpegRun = {
  readonly args: readonly string[];
  /** Goes to its standard input. */
  readonly input?: readonly Buffer[];
  readonly ffmpegPath?: string;
  /** Default 30000. */
  readonly timeoutMs?: number;
  /** Most that it may print. Default 64 MiB. */
  readonly maxBytes?: number;
};

/** Gives what it printed. Rejects with an EvidenceError that holds its last words. */
export function runFfmpeg({
  args,
  input = [],
  ffmpegPath = 'ffmpeg',
  timeoutMs = 30_000,
  maxBytes = 64 * 1024 * 1024,
}: FfmpegRun): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(ffmpegPath, ['-hide_banner', '-nostats', '-v', 'error', '-y', ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    giveWay(child.pid);
    const printed: Buffer[] = [];
    let bytes = 0;
    let words = '';
    let why: string | undefined;
    const stop = (reason: string) => {
      why ??= reason;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => stop(`it took longer than ${timeoutMs / 1000} s`), timeoutMs);
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) stop(`it gave more than ${maxBytes} bytes`);
      else printed.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      words = `${words}${chunk.toString()}`.slice(-2000);
    });
    // It closes its input as soon as it has seen enough.
    child.stdin.on('error', () => undefined);
    for (const chunk of input) child.stdin.write(chunk);
    child.stdin.end();
    child.once('error', (cause) => {
      clearTimeout(timer);
      reject(new EvidenceError(`ffmpeg cannot be started: ${cause.message}`, { retryable: true, cause }));
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      if (code === 0 && why === undefined) resolve(Buffer.concat(printed));
      else
        reject(
          new EvidenceError(`ffmpeg ended with code ${code}: ${why ?? lastLine(words)}`, {
            retryable: /no space/i.test(words),
          }),
        );
    });
  });
}

/** Counting goes first. */
function giveWay(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already, or the system does not allow it: then it runs like the rest.
    return;
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
