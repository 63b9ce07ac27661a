import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { CommandSender } from '../../../central-collector/commands/command-sender.ts';
import type { Command, Reply, ResultOf } from '../../../contract/index.ts';

const BOX = { site: 'hai-phong', agent: 'box-1' };
const T0 = Date.UTC(2026, 0, 1);
const ASKED = { name: 'trajectories', camera: 'north', minutes: 1 } as const;

function senderWith({
  presence = 'online' as 'online' | 'offline' | 'unknown',
  published = 'taken' as 'taken' | 'nobody' | 'away',
} = {}) {
  const sent: { topic: string; command: Command; expiryS: number }[] = [];
  const sender = new CommandSender({
    presence: () => presence,
    log: pino({ level: 'silent' }),
    now: () => T0,
  });
  sender.attach({
    publish: async (topic, payload, expiryS) => {
      sent.push({ topic, command: JSON.parse(payload), expiryS });
      return published;
    },
  });
  const answer = (more: Partial<Reply>, agent = 'box-1') => {
    const id = sent.at(-1)?.command.id;
    const reply = { v: 1, id, agent, atMs: T0, ...more };
    sender.receive(`ngatu/v1/hai-phong/${agent}/reply`, Buffer.from(JSON.stringify(reply)));
  };
  return { sender, sent, answer };
}

const RESULT: ResultOf<'trajectories'> = {
  ...{ name: 'trajectories', fromMs: T0, toMs: T0, picture: { width: 10, height: 10 } },
  tracks: [],
};
const done: Partial<Reply> = { ok: true, result: RESULT };
const soon = () => new Promise((resolve) => setImmediate(resolve));

describe('a question to a box', () => {
  it('goes to its command topic with an end, and its answer comes back', async () => {
    const { sender, sent, answer } = senderWith();
    const asked = sender.ask(BOX, ASKED);
    await soon();
    expect(sent).toMatchObject([
      {
        topic: 'ngatu/v1/hai-phong/box-1/command',
        expiryS: 10,
        command: { v: 1, name: 'trajectories', expiresAtMs: T0 + 10_000 },
      },
    ]);
    answer(done);
    expect(await asked).toEqual(RESULT);
  });

  it('is answered by that box alone, by a reply that can be read, to this question', async () => {
    const { sender, answer } = senderWith();
    const asked = sender.ask(BOX, ASKED);
    await soon();
    answer(done, 'box-2');
    answer({ ...done, id: 'another' });
    answer({ ok: true });
    sender.receive('ngatu/v1/hai-phong/box-1/reply', Buffer.from('}{'));
    sender.receive('somewhere/else', Buffer.from('{}'));
    answer({
      ok: false,
      code: 'unknown-camera',
      problems: [{ path: '', message: 'there is no camera north' }],
    });
    await expect(asked).rejects.toMatchObject({
      code: 'not-found',
      refusal: 'unknown-camera',
      message: 'hai-phong/box-1: there is no camera north',
      retryable: false,
    });
  });

  const AWAY: readonly [what: string, state: Parameters<typeof senderWith>[0], message: RegExp][] = [
    ['is offline', { presence: 'offline' }, /hai-phong\/box-1 is offline/],
    ['does not listen', { published: 'nobody' }, /does not listen at the broker/],
    ['cannot be reached, because the broker is away', { published: 'away' }, /no connection to the broker/],
  ];
  it.each(AWAY)('that %s fails at once, and says so', async (_, state, message) => {
    const { sender } = senderWith(state);
    await expect(sender.ask(BOX, ASKED)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(message),
      retryable: true,
      unanswered: false,
    });
  });

  it('that is not answered fails when its time is over, and what comes later is nothing', async () => {
    const { sender, answer } = senderWith();
    await expect(sender.ask(BOX, ASKED, 30)).rejects.toMatchObject({ code: 'unavailable', unanswered: true });
    expect(sender.counts.commands_unanswered).toBe(1);
    answer(done);
  });

  it('is one of twenty that wait at most', async () => {
    const { sender } = senderWith();
    const waiting = Array.from({ length: 20 }, () => sender.ask(BOX, ASKED).catch((error: Error) => error));
    await expect(sender.ask(BOX, ASKED)).rejects.toMatchObject({
      message: expect.stringContaining('too much'),
    });
    sender.close();
    for (const each of await Promise.all(waiting)) expect(each).toMatchObject({ code: 'unavailable' });
    await expect(sender.ask(BOX, ASKED)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
