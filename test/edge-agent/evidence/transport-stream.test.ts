import { describe, expect, it } from 'vitest';
import {
  PACKET_BYTES,
  type PictureStart,
  TransportStream,
} from '../../../edge-agent/evidence/transport-stream.ts';
import { picture, tables } from './transport-packets.ts';

function read(...chunks: Buffer[]) {
  const pictures: PictureStart[] = [];
  let packets = 0;
  const stream = new TransportStream({
    onPicture: (start) => pictures.push(start),
    onPacket: () => {
      packets += 1;
    },
  });
  for (const chunk of chunks) stream.write(chunk);
  return { stream, pictures, packets };
}

describe('a transport stream', () => {
  it('tells when each picture is shown and which ones are keyframes', () => {
    const bytes = [tables(), picture(0, { isKey: true, packets: 3 }), picture(40), picture(80.5)];
    const { pictures, packets, stream } = read(Buffer.concat(bytes));
    expect(pictures).toEqual([
      { timeUs: 0, isKey: true },
      { timeUs: 40_000, isKey: false },
      { timeUs: 80_500, isKey: false },
    ]);
    expect(packets).toBe(7);
    expect(stream.hasVideo).toBe(true);
    expect(stream.tables).toEqual(tables());
  });

  it.each([1, 7, 187, 188, 189, 500])('is the same in pieces of %i bytes', (size) => {
    const bytes = Buffer.concat([
      tables(),
      picture(0, { isKey: true, packets: 2 }),
      picture(40),
      picture(80),
    ]);
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      bytes.subarray(i * size, (i + 1) * size),
    );
    expect(read(...chunks).pictures).toEqual(read(bytes).pictures);
  });

  it('finds its step again after bytes that belong to no packet', () => {
    const { pictures } = read(tables(), Buffer.from('lost'), picture(0, { isKey: true }), picture(40));
    expect(pictures.map(({ timeUs }) => timeUs)).toEqual([0, 40_000]);
  });

  it('counts on where its 33 bits of time run over, every 26.5 hours', () => {
    const hourMs = 3_600_000;
    const times = [0, 12, 24, 26.5, 27, 39, 51, 53.1].map((hours) => hours * hourMs);
    const { pictures } = read(tables(), ...times.map((timeMs) => picture(timeMs)));
    for (const [i, { timeUs }] of pictures.entries()) expect(timeUs / 1000).toBeCloseTo(times[i] ?? 0, 1);
  });

  it('with pictures shown in another order than they come keeps both orders apart', () => {
    const { pictures } = read(tables(), ...[0, 120, 40, 80, 240].map((timeMs) => picture(timeMs)));
    expect(pictures.map(({ timeUs }) => timeUs / 1000)).toEqual([0, 120, 40, 80, 240]);
  });

  it('of a codec that no player finds in it has no video', () => {
    const privateData = 0x06;
    expect(read(tables(privateData), picture(0, { isKey: true }))).toMatchObject({ pictures: [] });
    expect(read(tables(privateData)).stream.hasVideo).toBe(false);
    expect(read().stream.hasVideo).toBeUndefined();
  });

  it('takes no table from a packet that says its table lies beyond its end', () => {
    const broken = Buffer.alloc(PACKET_BYTES, 0xff);
    // A header with an adaptation field, here of 255 bytes, before the table.
    broken.set([0x47, 0x40, 0x00, 0x30, 0xff]);
    const { pictures, stream } = read(broken, tables(), picture(0, { isKey: true }));
    expect(pictures).toHaveLength(1);
    expect(stream.hasVideo).toBe(true);
  });
});
