// Finds the pictures in an MPEG transport stream: where each begins, when it is shown, which ones are keyframes. No more
// of ISO/IEC 13818-1 is read than that needs.

import { COPY_OFFSET_US } from '../source/stream-copy.ts';

/** One picture's beginning. */
export type PictureStart = {
  /** Time stamp as frames have it, µs; goes on where the stream's 33 bits wrap. */
  readonly timeUs: number;
  readonly isKey: boolean;
};

/** What a transport stream is made of, in order. `packet` is one packet of 188 bytes, valid during the call only. */
export type StreamEvents = {
  /** The packet that follows begins a picture. */
  onPicture(start: PictureStart): void;
  onPacket(packet: Buffer): void;
};

export const PACKET_BYTES = 188;
const SYNC = 0x47;
const PAT_PID = 0;

/** Values of 33 bits at 90 kHz: 26.5 hours. */
const WRAP = 2 ** 33;
const US_PER_TICK = 1e6 / 90_000;

/** Types of ISO/IEC 13818-1 table 2-34 that players and decoders read from a transport stream. */
const VIDEO_TYPES = new Set([0x01, 0x02, 0x10, 0x1b, 0x24]);

export class TransportStream {
  readonly #events: StreamEvents;
  #rest = Buffer.alloc(0);
  #tablePid: number | undefined;
  #videoPid: number | undefined;
  #tables = new Map<number, Buffer>();
  #lastTicks: number | undefined;

  constructor(events: StreamEvents) {
    this.#events = events;
  }

  /** The two packets that say what the stream holds; a piece of it can be read by itself behind them. */
  get tables(): Buffer {
    return Buffer.concat([...this.#tables.values()]);
  }

  /** Whether the tables have been seen; `false` after them means that there is no video that can be kept. */
  get hasVideo(): boolean | undefined {
    if (this.#videoPid !== undefined) return true;
    return this.#tables.size === 2 ? false : undefined;
  }

  /** Takes the next bytes. */
  write(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (at + PACKET_BYTES <= bytes.length) {
      if (bytes[at] !== SYNC) {
        // Lost step: the next packet begins at the next sync byte.
        const next = bytes.indexOf(SYNC, at + 1);
        at = next < 0 ? bytes.length : next;
        continue;
      }
      this.#packet(bytes.subarray(at, at + PACKET_BYTES));
      at += PACKET_BYTES;
    }
    this.#rest = Buffer.from(bytes.subarray(at));
  }

  #packet(packet: Buffer): void {
    const pid = packet.readUInt16BE(1) & 0x1fff;
    const begins = (byteAt(packet, 1) & 0x40) !== 0;
    if (begins && (pid === PAT_PID || pid === this.#tablePid)) this.#table(pid, packet);
    else if (begins && pid === this.#videoPid) {
      const start = this.#pictureStart(packet);
      if (start !== undefined) this.#events.onPicture(start);
    }
    this.#events.onPacket(packet);
  }

  /** Our own ffmpeg's tables: one program, one stream, each table in one packet. */
  #table(pid: number, packet: Buffer): void {
    const section = payloadStart(packet) + 1 + byteAt(packet, payloadStart(packet));
    // A camera's own bytes may have got in between: what does not fit into the packet is no table.
    if (section + 12 > PACKET_BYTES) return;
    if (pid === PAT_PID) {
      this.#tablePid = packet.readUInt16BE(section + 10) & 0x1fff;
    } else {
      const first = section + 12 + (packet.readUInt16BE(section + 10) & 0x0fff);
      if (first + 3 > PACKET_BYTES) return;
      if (VIDEO_TYPES.has(byteAt(packet, first))) this.#videoPid = packet.readUInt16BE(first + 1) & 0x1fff;
    }
    this.#tables.set(pid, Buffer.from(packet));
  }

  #pictureStart(packet: Buffer): PictureStart | undefined {
    const hasField = (byteAt(packet, 3) & 0x20) !== 0 && byteAt(packet, 4) > 0;
    const isKey = hasField && (byteAt(packet, 5) & 0x40) !== 0;
    const pes = payloadStart(packet);
    if (pes + 14 > PACKET_BYTES || (byteAt(packet, pes + 7) & 0x80) === 0) return undefined;
    const ticks =
      (byteAt(packet, pes + 9) & 0x0e) * 2 ** 29 +
      (packet.readUInt16BE(pes + 10) >> 1) * 2 ** 15 +
      (packet.readUInt16BE(pes + 12) >> 1);
    const whole = this.#unwrapped(ticks);
    return { timeUs: Math.round(whole * US_PER_TICK) - COPY_OFFSET_US, isKey };
  }

  #unwrapped(ticks: number): number {
    const last = this.#lastTicks;
    const turns = last === undefined ? 0 : Math.round((last - ticks) / WRAP);
    this.#lastTicks = ticks + turns * WRAP;
    return this.#lastTicks;
  }
}

/** Behind the header and the adaptation field. */
function payloadStart(packet: Buffer): number {
  return (byteAt(packet, 3) & 0x20) === 0 ? 4 : 5 + byteAt(packet, 4);
}

function byteAt(packet: Buffer, index: number): number {
  return packet[index] ?? 0;
}
