// A small disk in memory (tmpfs) that can be full at any moment: it is made as small as what it holds. Mounts are made
// in a mount namespace of the run's own, so that none is left behind whatever happens to the run.

import { execFile } from 'node:child_process';
import { cp, mkdir, rename, rm, statfs } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

const PAGE_BYTES = 4096;
/** Somebody may write between measuring and shrinking; the kernel then refuses. */
const MOST_TRIES = 20;

export class SmallDisk {
  readonly directory: string;
  readonly #bytes: number;

  /** `bytes`: its size while it is not full. */
  constructor(directory: string, bytes: number) {
    this.directory = directory;
    this.#bytes = bytes;
  }

  async mount(): Promise<void> {
    await mkdir(this.directory, { recursive: true });
    await run('mount', ['-t', 'tmpfs', '-o', `size=${this.#bytes},mode=0700`, 'tmpfs', this.directory]);
  }

  /** Leaves room for `pages` pages of 4 KiB, and not always for a whole write. */
  async fill(pages: number): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const { blocks, bfree, bsize } = await statfs(this.directory);
      const bytes = (blocks - bfree) * bsize + (pages + attempt - 1) * PAGE_BYTES;
      try {
        await this.#resize(bytes);
        return;
      } catch (error) {
        if (attempt >= MOST_TRIES) throw error;
      }
    }
  }

  async free(): Promise<void> {
    await this.#resize(this.#bytes);
  }

  /** Ends the mount and leaves an ordinary folder with what was on it. */
  async keep(): Promise<void> {
    const copy = `${this.directory}.kept`;
    await cp(this.directory, copy, { recursive: true });
    await this.unmount();
    await rm(this.directory, { recursive: true });
    await rename(copy, this.directory);
  }

  async unmount(): Promise<void> {
    await run('umount', ['--lazy', this.directory]);
  }

  async #resize(bytes: number): Promise<void> {
    await run('mount', ['-o', `remount,size=${bytes}`, this.directory]);
  }
}

/** Whether disks can be mounted here. */
export async function canMount(directory: string): Promise<boolean> {
  const disk = new SmallDisk(directory, 1024 * 1024);
  try {
    await disk.mount();
    await disk.fill(1);
    await disk.unmount();
    return true;
  } catch {
    return false;
  }
}
