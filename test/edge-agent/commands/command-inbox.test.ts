import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { type Reply, replySchema } from '../../../contract/index.ts';
import { CommandInbox, type Handlers } from '../../../edge-agent/commands/command-inbox.ts';
import { RefusedCommand } from '../../../edge-agent/commands/refusal.ts';

const T0 = Date.UTC(2026, 0, 1);
const DONE = { name: 'reload', restarted: [], added: [], removed: [], needRestart: [] } as const;
const NEVER = async () => {
  throw new Error('not asked for');
};

function inboxWith(handlers: Partial<Handlers>, { offsetMs = 0, isConnected = (): boolean => true } = {}) {
  const replies: Reply[] = [];
  const inbox = new CommandInbox({
    agent: 'box-1',
    handlers: {
      snapshot: NEVER,
      evidence: NEVER,
      trajectories: NEVER,
      'slit-scan': NEVER,
      'get-configuration': NEVER,
      'set-configuration': NEVER,
      reload: async () => ({ ...DONE, restarted: [], added: [], removed: [], needRestart: [] }),
      ...handlers,
    },
    send: async (payload) => {
      if (!isConnected()) throw new Error('not connected');
      replies.push(replySchema.parse(JSON.parse(payload)));
    },
    now: () => T0,
    clockOffsetMs: () => offsetMs,
    logger: pino({ level: 'silent' }),
  });
  const ask = (command: object) =>
    inbox.receive(Buffer.from(JSON.stringify({ v: 1, id: 'a', expiresAtMs: T0 + 1000, ...command })));
  const replied = (count: number) => vi.waitFor(() => expect(replies).toHaveLength(count));
  return { inbox, replies, ask, replied };
}

const RELOAD = { name: 'reload' };

describe('a command', () => {
  it('is done and answered with its id', async () => {
    const { ask, replied, replies } = inboxWith({});
    ask(RELOAD);
    await replied(1);
    expect(replies[0]).toEqual({ v: 1, id: 'a', agent: 'box-1', atMs: T0, ok: true, result: DONE });
  });

  it('that comes again is done once and answered each time, also while it is being done', async () => {
    let finish: () => void = () => undefined;
    const reload = vi.fn(async () => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return { ...DONE, restarted: [], added: [], removed: [], needRestart: [] };
    });
    const { ask, replied } = inboxWith({ reload });
    ask(RELOAD);
    ask(RELOAD);
    await vi.waitFor(() => expect(reload).toHaveBeenCalled());
    finish();
    await replied(1);
    ask(RELOAD);
    await replied(2);
    expect(reload).toHaveBeenCalledTimes(1);
  });

  const LATE: readonly [what: string, expiresAtMs: number, offsetMs: number, isDone: boolean][] = [
    ['in time', T0 + 1, 0, true],
    ['too late', T0 - 1, 0, false],
    [
      'in time by the clock of the centre, which is an hour behind that of the box',
      T0 - 3_599_000,
      3_600_000,
      true,
    ],
    ['too late by the clock of the centre, which is an hour ahead', T0 + 3_599_000, -3_600_000, false],
  ];
  it.each(LATE)('that comes %s', async (_, expiresAtMs, offsetMs, isDone) => {
    const { ask, replied, replies } = inboxWith({}, { offsetMs });
    ask({ ...RELOAD, expiresAtMs });
    await replied(1);
    expect(replies[0]).toMatchObject(isDone ? { ok: true } : { ok: false, code: 'expired' });
  });

  it('of a newer centre is answered, not ignored', async () => {
    const { ask, replied, replies } = inboxWith({});
    ask({ id: 'b', name: 'dance' });
    ask({ id: 'c', v: 2, name: 'reload' });
    ask({ id: 'd', name: 'snapshot', camera: 'Not A Slug' });
    await replied(3);
    expect(replies.map(({ code, problems }) => [code, problems?.[0]?.message])).toEqual([
      ['unknown-command', expect.stringContaining('"dance": update it')],
      ['unknown-command', expect.stringContaining('version 2')],
      ['invalid', expect.stringContaining('slug')],
    ]);
  });

  it('is refused while too many wait, and those that only look do not wait for changes', async () => {
    let finish: () => void = () => undefined;
    const first = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const reload = async () => {
      await first;
      return { ...DONE, restarted: [], added: [], removed: [], needRestart: [] };
    };
    const trajectories = async () => {
      throw new RefusedCommand('unknown-camera', 'there is no such camera');
    };
    const { ask, replied, replies } = inboxWith({ reload, trajectories });
    for (let n = 0; n < 17; n += 1) ask({ id: `r${n}`, ...RELOAD });
    ask({ id: 'look', name: 'trajectories', camera: 'x', minutes: 1 });
    await replied(2);
    expect(replies.map(({ id, code }) => [id, code])).toEqual([
      ['r16', 'busy'],
      ['look', 'unknown-camera'],
    ]);
    finish();
    await replied(18);
  });

  it('that fails is answered without what went wrong inside', async () => {
    const { ask, replied, replies } = inboxWith({ reload: NEVER });
    ask(RELOAD);
    await replied(1);
    expect(replies[0]).toMatchObject({ ok: false, code: 'failed' });
    expect(JSON.stringify(replies[0])).not.toContain('not asked for');
  });

  it('is answered later when the link is gone meanwhile', async () => {
    let connected = false;
    const { ask, replied, replies, inbox } = inboxWith({}, { isConnected: () => connected });
    ask(RELOAD);
    await inbox.inLine(async () => undefined);
    await vi.waitFor(() => expect(replies).toEqual([]));
    connected = true;
    inbox.connected();
    await replied(1);
  });

  it('that is none is no trouble', async () => {
    const { inbox, replies, ask, replied } = inboxWith({});
    for (const text of ['', '{', 'null', '[1]', '{"v":1,"name":"reload"}', '"x"'])
      inbox.receive(Buffer.from(text));
    ask(RELOAD);
    await replied(1);
    expect(replies[0]?.ok).toBe(true);
    await inbox.close();
    ask({ id: 'after', ...RELOAD });
    expect(replies).toHaveLength(1);
  });
});
