// The files of all cameras' slit scans, by camera and hour: how much there is, and which go first.

import { mkdir, readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';

const HOUR_MS = 3_600_000;
const ENDING = '.scans';

/** `2026-05-01T06.scans`, UTC. */
const OWN_FILE = /^\d{4}-\d\d-\d\dT\d\d\.scans$/;

export type HourFile = {
  readonly camera: string;
  /** Start of the hour, UTC. */
  readonly hourMs: number;
  readonly path: string;
  bytes: number;
};

export type HourBounds = {
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  readonly minFreeBytes: number;
};

export class HourShelf {
  readonly #directory: string;
  readonly #files = new Map<string, HourFile>();

  /** @param directory made when there is something to write, for its owner only; with a folder for each camera */
  constructor(directory: string) {
    this.#directory = directory;
  }

  get bytes(): number {
    return [...this.#files.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Looks what is there. Rejects with the error of the file system. */
  async load(): Promise<void> {
    const entries = await readdir(this.#directory, { withFileTypes: true }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
        return [];
      },
    );
    const cameras = entries.filter((each) => each.isDirectory());
    for (const { name: camera } of cameras) {
      for (const name of await readdir(join(this.#directory, camera))) {
        const hourMs = OWN_FILE.test(name) ? Date.parse(`${name.slice(0, -ENDING.length)}:00Z`) : Number.NaN;
        if (Number.isNaN(hourMs)) continue;
        const file = this.#fileAt(camera, hourMs);
        file.bytes = (await stat(file.path)).size;
        this.#files.set(file.path, file);
      }
    }
  }

  /** The file of the hour that a moment is in; it may not be there yet. Rejects when its folder cannot be made. */
  async fileFor(camera: string, atMs: number): Promise<HourFile> {
    const fresh = this.#fileAt(camera, Math.floor(atMs / HOUR_MS) * HOUR_MS);
    const file = this.#files.get(fresh.path);
    if (file !== undefined) return file;
    await mkdir(join(this.#directory, camera), { recursive: true, mode: 0o700 });
    return fresh;
  }

  /** It has so many bytes now. */
  put(file: HourFile, bytes: number): void {
    file.bytes = bytes;
    this.#files.set(file.path, file);
  }

  /** Those of a camera that may have something of a time, oldest first; without a time, all. */
  of(camera: string, fromMs = 0, toMs = Number.POSITIVE_INFINITY): HourFile[] {
    return [...this.#files.values()]
      .filter((file) => file.camera === camera && file.hourMs <= toMs && file.hourMs + HOUR_MS > fromMs)
      .sort((a, b) => a.hourMs - b.hourMs);
  }

  /** Deletes what is too old. Rejects with the error of the file system. */
  async letOldGo(maxAgeMs: number, nowMs: number): Promise<void> {
    for (const file of [...this.#files.values()]) if (isOld(file, maxAgeMs, nowMs)) await this.#delete(file);
  }

  /**
   * Deletes what is too old, and the oldest of what is too much, but never `current`.
   *
   * @param incoming bytes that are to be written
   * @returns bytes that are missing on the disk all the same; 0 when there is room
   * Rejects with the error of the file system.
   */
  async makeRoom(
    { maxBytes, maxAgeMs, minFreeBytes }: HourBounds,
    current: HourFile,
    incoming: number,
    nowMs: number,
  ): Promise<number> {
    const { bavail, bsize } = await statfs(this.#directory);
    let missing = minFreeBytes + incoming - bavail * bsize;
    let bytes = this.bytes + incoming;
    const oldestFirst = [...this.#files.values()].sort((a, b) => a.hourMs - b.hourMs);
    for (const file of oldestFirst) {
      if (!isOld(file, maxAgeMs, nowMs) && bytes <= maxBytes && missing <= 0) break;
      if (file.path === current.path) continue;
      await this.#delete(file);
      bytes -= file.bytes;
      missing -= file.bytes;
    }
    return Math.max(0, missing);
  }

  async #delete({ path }: HourFile): Promise<void> {
    await rm(path, { force: true });
    this.#files.delete(path);
  }

  #fileAt(camera: string, hourMs: number): HourFile {
    const name = `${new Date(hourMs).toISOString().slice(0, 13)}${ENDING}`;
    return { camera, hourMs, path: join(this.#directory, camera, name), bytes: 0 };
  }
}

function isOld({ hourMs }: HourFile, maxAgeMs: number, nowMs: number): boolean {
  return hourMs + HOUR_MS < nowMs - maxAgeMs;
}
