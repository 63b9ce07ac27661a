// Addresses of cameras and brokers, and the taking out of passwords from whatever is said about them.

import pino from 'pino';
import { urlSchema } from '../../../config/sections.ts';
import { BrokerConnection } from '../../../edge-agent/publisher/broker-connection.ts';
import { PublisherError } from '../../../edge-agent/publisher/publisher-error.ts';
import { inputKind } from '../../../edge-agent/source/input-kind.ts';
import { redact } from '../../../edge-agent/source/redact.ts';
import { SourceError } from '../../../edge-agent/source/source-error.ts';
import { must } from '../checks.ts';
import { anyOf, below, mutateBytes } from '../mutate-bytes.ts';
import { mutateText } from '../mutate-text.ts';
import type { FuzzTarget, Outcome } from '../target.ts';

const ADDRESSES = [
  'rtsp://10.0.0.17/stream1',
  'rtsps://admin:geheim99@cam.example:322/live?channel=1&subtype=0',
  'http://cam/video.m3u8?token=geheim99',
  'https://cam/user=admin_password=geheim99_channel=1_stream=0.sdp',
  'file:///tmp/clip.mp4',
  '/dev/video0',
  './clip.mp4',
  'mqtt://127.0.0.1:1883',
  'mqtts://broker.example:8883/',
  'wss://broker.example/mqtt',
  '[rtsp @ 0x55] method DESCRIBE failed: 401 Unauthorized authorization: Basic geheim99',
];

const WORDS = [
  ...[
    '://',
    '//',
    '/',
    '@',
    ':',
    '?',
    '#',
    '&',
    '%2F',
    '%zz',
    '%00',
    '[::1]',
    '[',
    '..',
    'password=',
    'pass',
    'a.',
    '-',
  ],
  ...[
    'file://host/x',
    'file:///a%2Fb',
    'file:///%zz',
    'rtsp:/h',
    'user:pw@',
    '\r\n',
    '\u0000',
    'authorization:',
    'xn--',
    '\u3002',
    ':99999',
    ' ',
  ],
];

const SECRET = 'geheim99';
const SILENT = pino({ level: 'silent' });

export const addressTarget: FuzzTarget = {
  name: 'addresses',
  about: 'addresses of cameras and brokers, redaction',
  weight: 60,
  async open() {
    const schema = urlSchema(['mqtt', 'mqtts', 'ws', 'wss']);
    return {
      make(random) {
        const text = anyOf(random, ADDRESSES);
        if (random() < 0.3) return mutateBytes(random, Buffer.from(text));
        const changed = mutateText(random, text, WORDS, ADDRESSES);
        return Buffer.from(
          random() < 0.002 ? changed + anyOf(random, WORDS).repeat(below(random, 20_000)) : changed,
        );
      },
      async run(input) {
        const text = Buffer.from(input).toString();
        must('no password in what is told', !redact(text, [SECRET]).includes(SECRET));
        schema.safeParse(text);
        const outcomes: Outcome[] = [brokerOutcome(text), await sourceOutcome(text)];
        return outcomes.includes('accepted') ? 'accepted' : 'refused';
      },
    };
  },
};

async function sourceOutcome(url: string): Promise<Outcome> {
  try {
    await inputKind(url);
    return 'accepted';
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return 'refused';
  }
}

/** Only made, not started: nothing is connected to. */
function brokerOutcome(url: string): Outcome {
  const nothing = () => undefined;
  try {
    new BrokerConnection({
      mqtt: { url },
      clientId: 'fuzz',
      will: () => ({ topic: 't', payload: '' }),
      subscribeTo: ['t'],
      logger: SILENT,
      random: () => 0,
      monotonicMs: () => 0,
      onConnected: nothing,
      onDisconnected: nothing,
      onMessage: nothing,
    });
    return 'accepted';
  } catch (error) {
    if (!(error instanceof PublisherError)) throw error;
    return 'refused';
  }
}
