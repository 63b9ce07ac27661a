// Processes that are measured: on which cores they run, and what they have used so far, from /proc.

import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Cores in the words of taskset, such as `0` or `0,1`. */
export type Cores = string;

/** Runs `start` so that the processes it starts stay on these cores; without cores, as the machine likes. */
export async function onCores<T>(cores: Cores | undefined, start: () => Promise<T>): Promise<T> {
  if (cores === undefined) return start();
  const before = affinity();
  setAffinity(cores);
  try {
    return await start();
  } finally {
    setAffinity(before);
  }
}

/** Processes take over the cores of the thread that starts them, which is the main thread. */
function affinity(): Cores {
  const told = execFileSync('taskset', ['-c', '-p', String(process.pid)], { encoding: 'utf8' });
  return told.slice(told.lastIndexOf(':') + 1).trim();
}

function setAffinity(cores: Cores): void {
  execFileSync('taskset', ['-c', '-p', cores, String(process.pid)], { stdio: 'ignore' });
}

export type Usage = { readonly cpuMs: number; readonly rssMiB: number };

/** Of one process, its threads included. Zero when it is gone. */
export function usageOf(pid: number): Usage {
  try {
    // The name in brackets may hold spaces.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
    return { cpuMs: ticks * 10, rssMiB: (pages * 4096) / 1_048_576 };
  } catch {
    return { cpuMs: 0, rssMiB: 0 };
  }
}

export type Child<News> = {
  readonly pid: number;
  /** Resolves with the next news of this kind; rejects when it fails or ends before. */
  wait<Is extends News extends { is: infer Any } ? Any : never>(is: Is): Promise<Extract<News, { is: Is }>>;
  on(listener: (news: News) => void): void;
  tell(message: object): void;
  stop(): Promise<void>;
};

/** Starts a file of this folder as a process of its own, with its options as JSON or text. */
export function startChild<News extends { readonly is: string }>(
  file: string,
  argument: object | string,
): Child<News> {
  const text = typeof argument === 'string' ? argument : JSON.stringify(argument);
  const path = fileURLToPath(new URL(`./${file}`, import.meta.url));
  const child: ChildProcess = fork(path, [text], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const heard: News[] = [];
  const listeners = new Set<(news: News) => void>();
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let problem: string | undefined;
  child.on('message', (news) => {
    heard.push(news as News);
    for (const listener of listeners) listener(news as News);
  });
  return {
    pid: child.pid ?? 0,
    wait: (is) =>
      new Promise((resolve, reject) => {
        const look = (news: News) => {
          if (news.is === 'failed') problem = String((news as { problem?: string }).problem);
          if (news.is === is) resolve(news as never);
          if (problem !== undefined) reject(new Error(`${file}: ${problem}`));
        };
        const known = heard.find((news) => news.is === is);
        if (known) return look(known);
        listeners.add(look);
        void ended.then(() => reject(new Error(`${file} ended early: ${problem ?? 'no reason given'}`)));
      }),
    on: (listener) => void listeners.add(listener),
    tell: (message) => void child.send(message),
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
