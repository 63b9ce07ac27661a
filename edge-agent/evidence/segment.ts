// A piece of a camera's video that begins with a keyframe: first while it comes, then whole on its shelf.

import type { SegmentShelf } from './segment-shelf.ts';
import { PACKET_BYTES } from './transport-stream.ts';

export type Segment = {
  /** Which connection to the camera it came by: time stamps compare within one only. */
  readonly connection: number;
  /** Time stamps of its first picture and just after its last, µs. */
  readonly startUs: number;
  readonly endUs: number;
  /** Time stamps of its pictures in the order in which they come, µs. */
  readonly pictures: readonly number[];
  readonly bytes: number;
  /** When its first and last bytes came, monotonic, ms. */
  readonly arrivedMs: number;
  readonly endedMs: number;
  /** What has to stand before it in a file. */
  readonly tables: Buffer;
  /** Rejects with an EvidenceError when it is not there any more. */
  read(): Promise<Buffer>;
  drop(): void;
};

/** Step assumed from a piece's only picture to the next, µs. */
const USUAL_STEP_US = 40_000;

export class SegmentBuilder {
  readonly connection: number;
  readonly arrivedMs: number;
  readonly #tables: Buffer;
  readonly #packets: Buffer[] = [];
  readonly #pictures: number[] = [];
  /** Bytes before the picture that is still coming. */
  #wholeBytes = 0;
  /** Packets are gathered here, because many small buffers cost more than their bytes. */
  #block = Buffer.alloc(0);
  #used = 0;
  #bytes = 0;

  constructor(connection: number, tables: Buffer, nowMs: number) {
    this.connection = connection;
    this.#tables = tables;
    this.arrivedMs = nowMs;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get startUs(): number {
    return this.#pictures[0] ?? 0;
  }

  /** Time stamp of the newest picture, which may still be coming. */
  get endUs(): number {
    return Math.max(...this.#pictures.slice(-8));
  }

  /** A picture begins with the next packet. */
  picture(timeUs: number): void {
    this.#wholeBytes = this.#bytes;
    this.#pictures.push(timeUs);
  }

  add(packet: Buffer): void {
    if (this.#used === this.#block.length) {
      if (this.#used > 0) this.#packets.push(this.#block);
      this.#block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
      this.#used = 0;
    }
    packet.copy(this.#block, this.#used);
    this.#used += PACKET_BYTES;
    this.#bytes += PACKET_BYTES;
  }

  /** The whole pictures that have come so far. */
  whole(): Segment {
    const data = this.#joined().subarray(0, this.#wholeBytes);
    const pictures = this.#pictures.slice(0, -1);
    return {
      ...this.#facts(pictures),
      bytes: data.length,
      endedMs: this.arrivedMs,
      read: async () => data,
      drop: () => undefined,
    };
  }

  /** No more will come. `nextUs`: when the next piece begins. `onLost`: the shelf could not keep it. */
  finish(shelf: SegmentShelf, nowMs: number, nextUs: number | undefined, onLost: () => void): Segment {
    const facts = this.#facts(this.#pictures);
    const { read, drop } = shelf.put(this.#joined(), onLost);
    const follows = nextUs !== undefined && nextUs > facts.startUs;
    return {
      ...facts,
      ...(follows ? { endUs: nextUs } : {}),
      bytes: this.#bytes,
      endedMs: nowMs,
      read,
      drop,
    };
  }

  #facts(pictures: readonly number[]) {
    const { connection, arrivedMs } = this;
    const sorted = pictures.toSorted((a, b) => a - b);
    const last = sorted.at(-1) ?? 0;
    const step = sorted.length < 2 ? USUAL_STEP_US : last - (sorted.at(-2) ?? last);
    return {
      connection,
      arrivedMs,
      startUs: pictures[0] ?? 0,
      endUs: last + step,
      pictures,
      tables: this.#tables,
    };
  }

  #joined(): Buffer {
    return Buffer.concat([...this.#packets, this.#block.subarray(0, this.#used)], this.#bytes);
  }
}

/** A third of a second at 4 Mbit/s, whole packets. */
const BLOCK_BYTES = PACKET_BYTES * 1024;
