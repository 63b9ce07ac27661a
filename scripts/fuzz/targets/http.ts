// The pages of collector and agent over plain sockets: requests that no client would send.

import { connect } from 'node:net';
import { Registry } from 'prom-client';
import { startApi } from '../../../central-collector/api/server.ts';
import { serveHealth } from '../../../edge-agent/runtime/http-server.ts';
import type { Random } from '../../scenes/random.ts';
import { must } from '../checks.ts';
import { readAnswers } from '../http-answers.ts';
import { anyOf, below, mutateBytes } from '../mutate-bytes.ts';
import { mutateText } from '../mutate-text.ts';
import type { FuzzTarget, OpenTarget } from '../target.ts';

const REQUESTS = [
  'GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n',
  'GET /metrics HTTP/1.1\r\nhost: a\r\naccept: text/plain\r\n\r\n',
  'GET /ledger?x=1 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
  'HEAD /healthz HTTP/1.1\r\nhost: a\r\n\r\n',
  'POST /healthz HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 7\r\n\r\n{"a":1}',
  'PUT /ledger HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n',
  'GET /healthz HTTP/1.0\r\n\r\n',
];

const WORDS = [
  ...[
    'GET ',
    'DELETE ',
    'CONNECT a:1 ',
    'TRACE ',
    'BREW ',
    '/../../etc/passwd',
    '/%2e%2e/%00',
    '/%zz',
    '//healthz',
    '/healthz/',
    '?',
    '#',
    '*',
  ],
  ...[
    'http://other/healthz',
    ' HTTP/1.1',
    ' HTTP/2.0',
    ' HTTP/9.9',
    'host: a, b\r\n',
    'content-length: 99999999999999999999\r\n',
    'content-length: -1\r\n',
  ],
  ...[
    'transfer-encoding: chunked\r\n',
    'transfer-encoding: identity, chunked\r\n',
    'expect: 100-continue\r\n',
    'expect: x\r\n',
    'upgrade: websocket\r\nconnection: upgrade\r\n',
  ],
  ...[
    'x: ',
    ': x\r\n',
    '\r\n',
    '\n',
    '\r',
    '\0',
    ' ',
    '\t',
    'ffffffffffffffff\r\n',
    '0\r\n\r\n',
    'authorization: Bearer x\r\n',
    'content-type: ;\r\n',
  ],
  ...[
    'content-type: application/json; charset=\u0000\r\n',
    'accept-version: 9\r\n',
    'range: bytes=0-\r\n',
    'cookie: a=b\r\n',
    'x'.repeat(9000),
    `${'y'.repeat(200)}: ${'z'.repeat(20_000)}\r\n`,
  ],
];

/** How many requests lie between two looks whether the server still answers a decent one. */
const HEALTH_EVERY = 50;

export const collectorHttpTarget: FuzzTarget = {
  name: 'http-collector',
  about: "requests to the collector's pages, over plain sockets",
  weight: 4,
  async open() {
    const api = await startApi({
      host: '127.0.0.1',
      port: 0,
      state: () => ({
        problems: [],
        totals: { messages_received: 1 },
        gauges: { agents: 1 },
        quarantined: {},
      }),
      ledger: async () => [],
      admits: (authorization) => authorization === undefined || authorization === 'Bearer x',
    });
    return httpTarget(api.port, () => api.close());
  },
};

export const agentHttpTarget: FuzzTarget = {
  name: 'http-agent',
  about: "requests to the agent's pages, over plain sockets",
  weight: 4,
  async open() {
    const server = await serveHealth({
      host: '127.0.0.1',
      port: 0,
      registry: new Registry(),
      health: () => ({ ok: true, problems: [] }),
    });
    return httpTarget(server.port, () => server.close());
  },
};

function httpTarget(port: number, close: () => Promise<void>): OpenTarget {
  let runs = 0;
  return {
    close,
    make: makeRequests,
    async run(input) {
      const answers = readAnswers(
        await exchange(port, Buffer.from(input)),
        Buffer.from(input).includes('HEAD'),
      );
      must(
        'no failure inside',
        answers.every(({ status }) => status < 500 || status === 501 || status === 505),
      );
      if (runs++ % HEALTH_EVERY === 0) {
        const [health] = readAnswers(await exchange(port, Buffer.from(REQUESTS[0] ?? '')));
        must('the server to answer a decent request', health?.status === 200);
      }
      return answers.some(({ status }) => status < 400) ? 'accepted' : 'refused';
    },
  };
}

function makeRequests(random: Random): Buffer {
  const requests = Array.from({ length: 1 + below(random, 3) }, () => {
    const text = anyOf(random, REQUESTS);
    return random() < 0.3 ? text : mutateText(random, text, WORDS, REQUESTS);
  });
  if (random() < 0.02)
    requests.push(
      anyOf(random, ['a: b\r\n', 'GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n', '\r\n', '0\r\n']).repeat(
        below(random, 3000),
      ),
    );
  const bytes = Buffer.from(requests.join(''), 'latin1');
  return random() < 0.3 ? mutateBytes(random, bytes) : bytes;
}

/** Sends all, in two pieces, and says that nothing more will come; gives all that came back until the server hung up. */
function exchange(port: number, bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const limit = setTimeout(() => {
      socket.destroy();
      reject(new Error('the server neither answered nor hung up within 12 s'));
    }, 12_000);
    socket.on('data', (part: Buffer) => parts.push(part));
    // Hung up on while still sending: what it had to say is there.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(limit);
      resolve(Buffer.concat(parts));
    });
    socket.once('end', () => socket.end());
    const middle = Math.floor(bytes.length / 2);
    socket.write(bytes.subarray(0, middle));
    socket.end(bytes.subarray(middle));
  });
}
