import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { OutageLog, type OutageLogOptions } from '../../central-collector/outage-log.ts';

function rig(options: Partial<OutageLogOptions> = {}) {
  const lines: string[] = [];
  const stream = { write: (line: string) => lines.push(line) };
  const clock = { ms: 0 };
  const outage = new OutageLog({
    log: pino({ base: null, timestamp: false }, stream),
    who: 'the server',
    begins: 'trouble with the server',
    now: () => clock.ms,
    ...options,
  });
  const told = () => lines.map((line) => JSON.parse(line)).map(({ msg, problem }) => [msg, problem]);
  return { outage, clock, told };
}

describe('the log of an outage', () => {
  it('has one line at the beginning, one a minute and one at the end, however many requests fail', async () => {
    const { outage, clock, told } = rig();
    for (; clock.ms < 150_000; clock.ms += 1000) {
      outage.failed('one request', 'refused');
      outage.failed('another', 'reset');
    }
    outage.recovered('one request');
    expect(told()).toHaveLength(3);
    outage.recovered('another');
    outage.recovered('another');
    await expect.poll(told).toHaveLength(4);
    expect(told()).toEqual([
      ['trouble with the server', 'refused'],
      ['the server has been away for 60 s', 'refused'],
      ['the server has been away for 120 s', 'refused'],
      ['the server is back after 150 s', undefined],
    ]);
  });

  it('says what was done meanwhile, when what waited is done', async () => {
    let count = 5;
    let settle: () => void = () => undefined;
    const settled = () => new Promise<void>((resolve) => (settle = resolve));
    const { outage, clock, told } = rig({ done: { what: 'batches stored', count: () => count, settled } });
    outage.failed('write', 'refused');
    clock.ms = 35_000;
    outage.recovered('write');
    clock.ms = 37_000;
    count = 17;
    expect(told()).toHaveLength(1);
    settle();
    await expect.poll(told).toHaveLength(2);
    expect(told()[1]).toEqual(['the server is back after 35 s, 12 batches stored', undefined]);
  });

  it('takes a server that goes away again at once as the same outage', async () => {
    const settling: (() => void)[] = [];
    const settled = () => new Promise<void>((resolve) => settling.push(resolve));
    const { outage, clock, told } = rig({ done: { what: 'batches stored', count: () => 0, settled } });
    outage.failed('write', 'refused');
    outage.recovered('write');
    outage.failed('write', 'refused');
    clock.ms = 9000;
    outage.recovered('write');
    for (const settle of settling) settle();
    await expect.poll(told).toHaveLength(2);
    expect(told()[1]?.[0]).toBe('the server is back after 9 s, 0 batches stored');
  });

  it('is silent about what never failed, and after closing', () => {
    const { outage, told } = rig();
    outage.recovered('write');
    outage.close();
    outage.failed('write', 'refused');
    expect(told()).toEqual([]);
  });
});
