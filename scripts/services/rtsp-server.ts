// A simulated camera for tests and the demo: real RTSP on 127.0.0.1, a clip in a loop, and the faults that
// cameras have. GStreamer does the work, in rtsp-server.py.

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { PortTakenError } from './ports.ts';
import { findProgram, ProcessError } from './process.ts';

export type RtspMount = {
  /** A file with H.264 video that starts with a keyframe. */
  readonly clip: string;
  /** Default true: from the last frame on to the first, time stamps go on. False: the stream ends with the clip. */
  readonly loop?: boolean;
};

export type RtspServerOptions = {
  /** Default: a free one. */
  readonly port?: number;
  /** By path, e.g. `/cam`. A clip starts when its first viewer plays it; all viewers share one stream. */
  readonly mounts: Readonly<Record<string, RtspMount>>;
  /** With a user, all mounts want the password. */
  readonly user?: string;
  readonly password?: string;
  /** Default digest, as cameras do. */
  readonly authentication?: 'basic' | 'digest';
  /** Told whenever the clip of a mount begins from its first picture, and when that was in UTC, ms. */
  readonly onPass?: (path: string, atMs: number) => void;
};

/**
 * What a mount sends. `frozen`: the last keyframe again and again, packets keep coming. `corrupt`: noise where
 * pictures should be. `held`: no video, but the session and its RTCP stay alive.
 */
export type RtspMode = 'moving' | 'frozen' | 'corrupt' | 'held';

export type RtspServer = {
  readonly port: number;
  readonly pid: number;
  /** Without credentials. */
  url(path: string): string;
  /** Resolves when the server has ended, for whatever reason. */
  readonly exited: Promise<void>;
  setMode(path: string, mode: RtspMode): Promise<void>;
  /** Goes on with another clip in the sessions that are open, from its first frame. */
  setClip(path: string, clip: string): Promise<void>;
  /** SIGSTOP: connections stay open, nothing is sent or answered. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
  /** SIGKILL, as a power cut. Waits for the end. */
  kill(): Promise<void>;
  /** Waits for the end. Idempotent. The port can be used again at once. */
  stop(): Promise<void>;
};

/** Resolves when the server listens. Throws PortTakenError or ProcessError; nothing runs then. */
export async function startRtspServer(options: RtspServerOptions): Promise<RtspServer> {
  const python = findProgram('/usr/bin/python3');
  if (python === undefined) {
    throw new ProcessError(
      'The RTSP server cannot be started: /usr/bin/python3 is missing. Run: npm run setup',
    );
  }
  const child = spawn(python, [script()], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // Its own process group: Ctrl-C in the terminal reaches only us. It ends with its standard input.
    detached: true,
  });
  const conversation = converse(child, options.onPass);
  child.stdin.write(`${JSON.stringify(settings(options))}\n`);
  let ready: Answer;
  try {
    ready = await conversation.first;
  } catch (error) {
    await end(child, conversation.exited, 'SIGKILL');
    throw error;
  }
  if (ready.port === undefined || child.pid === undefined) {
    await end(child, conversation.exited, 'SIGKILL');
    if (options.port !== undefined && ready.error?.includes('busy')) {
      throw new PortTakenError('The RTSP server', options.port);
    }
    throw new ProcessError(`The RTSP server cannot be started: ${ready.error}`);
  }
  const { port } = ready;
  return {
    port,
    pid: child.pid,
    url: (path) => `rtsp://127.0.0.1:${port}${path}`,
    exited: conversation.exited,
    setMode: (mount, mode) => conversation.ask({ mount, mode }),
    setClip: (mount, clip) => conversation.ask({ mount, clip: resolve(clip) }),
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    kill: () => end(child, conversation.exited, 'SIGKILL'),
    stop: async () => {
      child.kill('SIGCONT');
      await end(child, conversation.exited, 'SIGTERM');
    },
  };
}

/** Longest wait of stop() before it uses SIGKILL; the server has nothing to save. */
const STOP_TIMEOUT_MS = 3000;

type Answer = { id?: number; port?: number; error?: string; pass?: string; atMs?: number };
type Server = ChildProcessByStdio<Writable, Readable, Readable>;

/** tsc does not copy the script: from dist/ it is found in the tree that was compiled. */
function script(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const path = join(folder, 'scripts', 'services', 'rtsp-server.py');
    if (existsSync(path)) return path;
  }
  throw new ProcessError(
    `rtsp-server.py is missing: expected scripts/services in or above ${import.meta.dirname}`,
  );
}

/** Goes over standard input, so that the password stays out of the process list. */
function settings(options: RtspServerOptions): object {
  const mounts = Object.entries(options.mounts).map(([path, { clip, loop }]) => [
    path,
    { clip: resolve(clip), loop: loop ?? true },
  ]);
  const auth =
    options.user === undefined
      ? null
      : {
          user: options.user,
          password: options.password ?? '',
          method: options.authentication ?? 'digest',
        };
  return { host: '127.0.0.1', port: options.port ?? 0, auth, mounts: Object.fromEntries(mounts) };
}

/** One answer a command, matched by id; all that wait are told when the server ends. */
function converse(child: Server, onPass: RtspServerOptions['onPass']) {
  const waiting = new Map<number, (answer: Answer) => void>();
  let lastId = 0;
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-4000);
  });
  // Writing to a server that has just ended is not an error of its own: `exited` tells.
  child.stdin.on('error', () => undefined);
  const first = new Promise<Answer>((resolve, reject) => {
    waiting.set(0, resolve);
    child.once('error', (cause) => reject(new ProcessError('The RTSP server cannot be started', { cause })));
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const answer = JSON.parse(line) as Answer;
    if (answer.pass !== undefined) {
      onPass?.(answer.pass, answer.atMs ?? Date.now());
      return;
    }
    waiting.get(answer.id ?? 0)?.(answer);
    waiting.delete(answer.id ?? 0);
  });
  const exited = new Promise<void>((resolve) => {
    child.once('close', () => {
      resolve();
      for (const answer of waiting.values()) answer({ error: `the server has ended. ${complaints}` });
      waiting.clear();
    });
  });
  const ask = async (command: object) => {
    lastId += 1;
    const id = lastId;
    const answer = await new Promise<Answer>((resolve) => {
      waiting.set(id, resolve);
      child.stdin.write(`${JSON.stringify({ id, ...command })}\n`);
    });
    if (answer.error !== undefined) throw new ProcessError(`The RTSP server refused: ${answer.error}`);
  };
  return { first, exited, ask };
}

async function end(child: Server, exited: Promise<void>, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
}
