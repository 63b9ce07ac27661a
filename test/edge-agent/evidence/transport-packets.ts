// Transport streams for tests, packet by packet, as ISO/IEC 13818-1 writes them down.

import { COPY_OFFSET_US } from '../../../edge-agent/source/stream-copy.ts';

const VIDEO_PID = 0x100;
const TABLE_PID = 0x1000;
const H264 = 0x1b;

/** The two tables that a stream begins with. */
export function tables(streamType = H264): Buffer {
  const program = [0x00, 0xb0, 0x0d, 0, 1, 0xc1, 0, 0, 0, 1, 0xe0 | (TABLE_PID >> 8), TABLE_PID & 0xff];
  const streams = [
    ...[0x02, 0xb0, 0x12, 0, 1, 0xc1, 0, 0, 0xe0 | (VIDEO_PID >> 8), VIDEO_PID & 0xff, 0xf0, 0],
    ...[streamType, 0xe0 | (VIDEO_PID >> 8), VIDEO_PID & 0xff, 0xf0, 0],
  ];
  return Buffer.concat([packet(0, true, [0, ...program]), packet(TABLE_PID, true, [0, ...streams])]);
}

/** A picture of `packets` packets. `timeMs` as frames have it. */
export function picture(timeMs: number, { isKey = false, packets = 1 } = {}): Buffer {
  const ticks = Math.round((timeMs * 1000 + COPY_OFFSET_US) * 0.09) % 2 ** 33;
  const head = [0, 0, 1, 0xe0, 0, 0, 0x80, 0x80, 5, ...stamp(ticks)];
  const field = isKey ? [0x40] : undefined;
  const first = packet(VIDEO_PID, true, head, field);
  const rest = Array.from({ length: packets - 1 }, () => packet(VIDEO_PID, false, []));
  return Buffer.concat([first, ...rest]);
}

function stamp(ticks: number): number[] {
  const high = Math.floor(ticks / 2 ** 30) & 7;
  const middle = Math.floor(ticks / 2 ** 15) & 0x7fff;
  const low = ticks % 2 ** 15;
  return [0x21 | (high << 1), middle >> 7, ((middle << 1) & 0xff) | 1, low >> 7, ((low << 1) & 0xff) | 1];
}

function packet(pid: number, begins: boolean, payload: readonly number[], field?: readonly number[]): Buffer {
  const bytes = Buffer.alloc(188, 0xff);
  const adaptation = field === undefined ? [] : [field.length, ...field];
  bytes.set([0x47, (begins ? 0x40 : 0) | (pid >> 8), pid & 0xff, field === undefined ? 0x10 : 0x30]);
  bytes.set([...adaptation, ...payload], 4);
  return bytes;
}
