// Bytes of a picture or video, or the part of them that a player asks for.

import type { FastifyReply, FastifyRequest } from 'fastify';

export type SentFile = {
  readonly bytes: Uint8Array;
  readonly type: string;
  /** Of the bytes; without one the answer's own is made. */
  readonly sha256: string | undefined;
  /** As it is saved. */
  readonly name: string;
};

export function sendFile(request: FastifyRequest, reply: FastifyReply, file: SentFile): FastifyReply {
  const bytes = Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.byteLength);
  reply
    .type(file.type)
    .header('accept-ranges', 'bytes')
    .header('content-disposition', `inline; filename="${file.name}"`);
  if (file.sha256 !== undefined) reply.header('etag', `"${file.sha256}"`);
  const part = partOf(request, reply, bytes.length);
  if (part === 'all') return reply.send(bytes);
  if (part === 'none') {
    return reply.code(416).header('content-range', `bytes */${bytes.length}`).type('text/plain').send('');
  }
  const [first, last] = part;
  return reply
    .code(206)
    .header('content-range', `bytes ${first}-${last}/${bytes.length}`)
    .send(bytes.subarray(first, last + 1));
}

/** One range, RFC 9110 14.2; several, or units that we do not know, are answered with the whole. */
function partOf(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  length: number,
): 'all' | 'none' | readonly [number, number] {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '') ?? [];
  if (first === '' && last === '') return 'all';
  const condition = headers['if-range'];
  if (condition !== undefined && condition !== reply.getHeader('etag')) return 'all';
  const from = first === '' ? Math.max(0, length - Number(last)) : Number(first);
  const to = first === '' || last === '' ? length - 1 : Math.min(Number(last), length - 1);
  return from > to || from >= length ? 'none' : [from, to];
}
