// What the centre sends to an agent: acknowledgements through the agent's inbox, and commands and replies.

import { ackSchema, commandSchema, parseTopic, replySchema, topicOf } from '../../../contract/index.ts';
import { AckInbox, readAck } from '../../../edge-agent/publisher/ack-inbox.ts';
import { ack } from '../../../test/contract/arbitraries.ts';
import { must, mustBeSame } from '../checks.ts';
import { anyOf, below, mutateBytes } from '../mutate-bytes.ts';
import { jsonText, mutateJson } from '../mutate-json.ts';
import { jsonSamples } from '../samples.ts';
import type { FuzzTarget, Outcome } from '../target.ts';

const T0 = Date.UTC(2026, 0, 1);

const COMMANDS = [
  { v: 1, id: 'a', expiresAtMs: T0, name: 'snapshot', camera: 'cam-1' },
  { v: 1, id: 'b', expiresAtMs: T0, name: 'reload' },
  { v: 1, id: 'c', expiresAtMs: T0, name: 'set-configuration', camera: 'cam-1', revision: 3, yaml: 'a' },
  { v: 1, id: 'd', expiresAtMs: T0, name: 'evidence', file: 'cam-1/a.jpg', offset: 0, length: 9 },
  { v: 1, id: 'e', agent: 'box-1', atMs: T0, ok: false, problems: [{ path: 'a', message: 'b' }] },
].map((command) => JSON.stringify(command));

const TOPICS = (['ack', 'command', 'events', 'status'] as const).map((channel) =>
  JSON.stringify(topicOf({ site: 'hai-phong', agent: 'box-1' }, channel)),
);

export const ackTarget: FuzzTarget = {
  name: 'acks',
  about: 'acknowledgements to an agent, commands, replies, topics',
  weight: 200,
  async open({ seed }) {
    const samples = [...jsonSamples(ack, seed, 60), ...COMMANDS, ...TOPICS];
    const applied: [number, number][] = [];
    const inbox = new AckInbox(async (_epoch, ranges) => void applied.push(...ranges));
    return {
      make(random) {
        const text = anyOf(random, samples);
        if (random() < 0.1) return Buffer.from(text);
        if (random() < 0.4)
          return mutateBytes(random, Buffer.from(text), [Buffer.from(anyOf(random, samples))]);
        const value = mutateJson(random, JSON.parse(text), samples);
        const written = Buffer.from(jsonText(random, value));
        return random() < 0.001 ? Buffer.from(`[${'[1,2],'.repeat(below(random, 150_000))}]`) : written;
      },
      async run(input) {
        const value = parsed(input);
        let outcome: Outcome = 'refused';
        for (const schema of [ackSchema, commandSchema, replySchema]) {
          const { data } = schema.safeParse(value);
          if (data === undefined) continue;
          outcome = 'accepted';
          mustBeSame('a message to the agent', schema.parse(JSON.parse(JSON.stringify(data))), data);
        }
        if (typeof value === 'string' && checkTopic(value)) outcome = 'accepted';
        applied.length = 0;
        const agent = fieldOf(value, 'agent');
        const told = readAck(Buffer.from(input), agent);
        mustBeSame('an acknowledgement', told, ackSchema.safeParse(value).data);
        must('nothing for another agent', readAck(Buffer.from(input), `${agent}x`) === undefined);
        if (told) inbox.receive(told);
        await inbox.settled();
        must(
          'ranges of whole numbers from 1',
          applied.every(([first, last]) => Number.isSafeInteger(first) && first >= 1 && last >= first),
        );
        return outcome;
      },
    };
  },
};

function checkTopic(topic: string): boolean {
  const address = parseTopic(topic);
  if (address) mustBeSame('a topic', topicOf(address, address.channel), topic);
  return address !== undefined;
}

function parsed(input: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(input).toString());
  } catch {
    // The inbox gets it all the same.
    return undefined;
  }
}

function fieldOf(value: unknown, name: string): string {
  const found = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : '';
  return typeof found === 'string' ? found : '';
}
