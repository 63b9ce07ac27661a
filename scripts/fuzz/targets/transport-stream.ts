// A camera's video on its way into the ring: transport stream packets with whatever a camera sent inside.

import { PACKET_BYTES, TransportStream } from '../../../edge-agent/evidence/transport-stream.ts';
import type { Random } from '../../scenes/random.ts';
import { must } from '../checks.ts';
import { below, mutateBytes } from '../mutate-bytes.ts';
import type { FuzzTarget } from '../target.ts';

export const transportStreamTarget: FuzzTarget = {
  name: 'video',
  about: 'packets of an MPEG transport stream',
  weight: 50,
  async open() {
    return {
      make(random) {
        const stream = Buffer.concat([
          pat(),
          pmt(),
          ...Array.from({ length: below(random, 4) }, () => picture(random)),
        ]);
        return random() < 0.05 ? stream : mutateBytes(random, stream, [stream]);
      },
      run(input) {
        let packets = 0;
        let pictures = 0;
        const stream = new TransportStream({
          onPacket: (packet) => {
            packets += 1;
            must('packets of 188 bytes', packet.length === PACKET_BYTES);
          },
          onPicture: ({ timeUs }) => {
            pictures += 1;
            must('a whole time stamp', Number.isSafeInteger(timeUs));
          },
        });
        const middle = Math.floor(input.length / 3);
        stream.write(Buffer.from(input.subarray(0, middle)));
        stream.write(Buffer.from(input.subarray(middle)));
        must('no more packets than came', packets * PACKET_BYTES <= input.length);
        must('tables in two packets at most', stream.tables.length <= 2 * PACKET_BYTES);
        return pictures > 0 ? 'accepted' : 'refused';
      },
    };
  },
};

function packet(pid: number, begins: boolean, body: readonly number[]): Buffer {
  const bytes = Buffer.alloc(PACKET_BYTES, 0xff);
  bytes.set([0x47, (begins ? 0x40 : 0) | (pid >> 8), pid & 0xff, 0x10, ...body]);
  return bytes;
}

function pat(): Buffer {
  return packet(0, true, [0, 0, 0xb0, 13, 0, 1, 0xc1, 0, 0, 0, 1, 0xf0, 0, 1, 2, 3, 4]);
}

function pmt(): Buffer {
  return packet(
    0x1000,
    true,
    [0, 2, 0xb0, 18, 0, 1, 0xc1, 0, 0, 0xe1, 0, 0xf0, 0, 0x1b, 0xe1, 0, 0xf0, 0, 1, 2, 3, 4],
  );
}

function picture(random: Random): Buffer {
  const stamp = [
    0x21,
    below(random, 256),
    below(random, 256) | 1,
    below(random, 256),
    below(random, 256) | 1,
  ];
  return packet(0x100, true, [0, 0, 1, 0xe0, 0, 0, 0x80, 0x80, 5, ...stamp, 0, 0, 0, 1, 0x65]);
}
