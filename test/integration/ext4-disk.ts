// A small real disk in a file: it can be full, and it can turn read-only under who writes to it, as after an error of
// the hardware. Takes root and loop devices; who has neither skips.

import { execFile } from 'node:child_process';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export class Ext4Disk {
  readonly directory: string;
  readonly #image: string;

  private constructor(image: string, directory: string) {
    this.#image = image;
    this.directory = directory;
  }

  /** Undefined where disks cannot be mounted. */
  static async make(folder: string, name: string, mib: number): Promise<Ext4Disk | undefined> {
    const disk = new Ext4Disk(join(folder, `${name}.img`), join(folder, name));
    try {
      await mkdir(disk.directory, { recursive: true });
      const image = await open(disk.#image, 'w');
      await image.truncate(mib * 1024 * 1024);
      await image.close();
      await run('mkfs.ext4', ['-q', '-m', '0', disk.#image]);
      await disk.#mount();
      return disk;
    } catch {
      await rm(disk.#image, { force: true });
      return undefined;
    }
  }

  async #mount(): Promise<void> {
    await run('mount', ['-o', 'loop,errors=remount-ro', this.#image, this.directory]);
  }

  /** Takes all the room there is. */
  async fill(): Promise<void> {
    const file = await open(join(this.directory, 'filler'), 'a');
    try {
      for (const size of [1024 * 1024, 4096, 512]) await writeUntilFull(file, Buffer.alloc(size, 1));
    } finally {
      await file.close();
    }
  }

  async free(): Promise<void> {
    await rm(join(this.directory, 'filler'), { force: true });
  }

  /** What the kernel does when the disk under it fails: every write from now on is refused, as long as it is mounted. */
  async fail(): Promise<void> {
    await run('mount', ['-o', 'remount,abort', this.directory]);
  }

  async unmount(): Promise<void> {
    await run('umount', ['--lazy', this.directory]);
  }
}

async function writeUntilFull(
  file: { write(bytes: Buffer): Promise<unknown> },
  bytes: Buffer,
): Promise<void> {
  for (;;) {
    try {
      await file.write(bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return;
      throw error;
    }
  }
}
