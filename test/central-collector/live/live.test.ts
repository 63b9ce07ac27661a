import { afterEach, describe, expect, it, vi } from 'vitest';
import type { LiveEvent } from '../../../central-collector/live/stream-entry.ts';
import {
  BOX,
  batch,
  CAMERA,
  Client,
  cleanUp,
  flow,
  folder,
  live,
  passage,
  send,
  status,
} from './live-rig.ts';

afterEach(cleanUp);

const until = (condition: () => boolean) =>
  vi.waitFor(() => expect(condition()).toBe(true), { timeout: 10_000 });

function passages(first: number, count: number) {
  return Array.from({ length: count }, (_, at) => passage(first + at));
}

describe('the live stream', () => {
  it('tells a passage with its envelope once the log has it, and only then acknowledges it', async () => {
    const centre = await live();
    const client = new Client(centre);
    const sent = send(centre, batch(1, [passage(7)]), 'events');
    expect(sent.acknowledged).toBe(false);
    await until(() => client.tracks().length === 1);
    expect(sent.acknowledged).toBe(true);
    const [event] = client.of('passage');
    expect(event).toMatchObject({
      ...{ specversion: '1.0', source: '/ngatu/hai-phong/box-1', type: 'ngatu.passage.v1', subject: CAMERA },
      ...{ id: expect.stringMatching(/^\d{16}$/), datacontenttype: 'application/json' },
    });
    expect(client.told[0]).toMatchObject({ kind: 'hello', id: '-' });
  });

  it('tells a batch that is sent again once, also after a restart', async () => {
    const directory = await folder();
    const first = await live({ directory });
    send(first, batch(1, passages(1, 3)), 'events');
    const again = send(first, batch(1, passages(1, 3)), 'events');
    await first.settled();
    expect(again.acknowledged).toBe(true);
    expect(first.counts.duplicates).toBe(1);
    await first.close();
    const second = await live({ directory });
    const client = new Client(second, { lastEventId: '0' });
    send(second, batch(1, passages(1, 3)), 'events');
    send(second, batch(2, passages(4, 1)), 'events');
    await until(() => client.tracks().length >= 4);
    expect(client.tracks()).toEqual([1, 2, 3, 4]);
  });

  it('goes on after any event, in order, without loss or duplicate, while more and more happens', async () => {
    const centre = await live();
    const all = new Client(centre);
    let seq = 0;
    const more = () => {
      seq += 1;
      send(centre, batch(seq, passages(seq * 10, 10)), 'events');
    };
    for (let n = 0; n < 50; n += 1) more();
    await centre.settled();
    await until(() => all.tracks().length === 500);
    const resumed = [0, 1, 123, 250, 498, 499].map((at) => ({
      at,
      client: new Client(centre, { lastEventId: all.ids[at] }),
    }));
    for (let n = 0; n < 50; n += 1) {
      more();
      await new Promise((resolve) => setTimeout(resolve, n % 5));
    }
    await until(() => all.tracks().length === 1000);
    for (const { at, client } of resumed) {
      await until(() => client.tracks().length >= 999 - at);
      expect(client.ids).toEqual(all.ids.slice(at + 1));
      expect(client.of('gap')).toEqual([]);
    }
  });

  it('gives ids that rise over restarts, also when the folder was lost', async () => {
    const ids: string[] = [];
    const directory = await folder();
    for (const where of [directory, directory, await folder()]) {
      const centre = await live({ directory: where });
      const client = new Client(centre);
      send(centre, batch(ids.length + 1, passages(1, 1)), 'events');
      await until(() => client.ids.length === 1);
      ids.push(...client.ids);
      await centre.close();
    }
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(3);
  });

  it('says that there is a gap when the events after an id are not kept any more, and goes on from the oldest', async () => {
    const centre = await live({ maxBytes: 300_000 });
    const first = new Client(centre);
    for (let seq = 1; seq <= 40; seq += 1) {
      send(centre, batch(seq, passages(seq * 100, 50)), 'events');
      await centre.settled();
    }
    await until(() => first.tracks().length === 2000);
    expect(centre.log.bytes).toBeLessThanOrEqual(300_000);
    const late = new Client(centre, { lastEventId: first.ids[0] });
    await until(() => late.ids.at(-1) === first.ids.at(-1));
    const [gap] = late.of('gap');
    expect(gap?.data).toMatchObject({ afterId: first.ids[0], firstId: late.ids[0] });
    expect(late.ids).toEqual(first.ids.slice(-late.ids.length));
    expect(late.told.findIndex(({ kind }) => kind === 'gap')).toBe(1);
  });

  it.each(['99999999999999999', 'nonsense', '-1'])(
    'says that there is a gap for the unknown id %s',
    async (id) => {
      const centre = await live();
      send(centre, batch(1, passages(1, 2)), 'events');
      await centre.settled();
      const client = new Client(centre, { lastEventId: id });
      await until(() => client.of('gap').length === 1);
      expect(client.of('gap')[0]?.data).toMatchObject({ afterId: id, firstId: null });
      send(centre, batch(2, passages(5, 1)), 'events');
      await until(() => client.tracks().length === 1);
      expect(client.tracks()).toEqual([5]);
    },
  );

  it('marks what a box tells hours later', async () => {
    const centre = await live();
    const client = new Client(centre);
    const nowMs = Date.now();
    send(
      centre,
      batch(1, [passage(1, { atMs: nowMs - 3_600_000 }), passage(2, { atMs: nowMs - 1000 })]),
      'events',
    );
    await until(() => client.tracks().length === 2);
    expect(client.of('passage').map(({ late }) => late)).toEqual([true, undefined]);
  });

  it('gives each client what it asked for', async () => {
    const centre = await live();
    const by = {
      flows: new Client(centre, { wanted: { type: ['flow'] } }),
      usual: new Client(centre, { wanted: {} }),
      site: new Client(centre, { wanted: { type: ['passage'], site: ['ha-noi'] } }),
      camera: new Client(centre, { wanted: { type: ['passage', 'box'], camera: [CAMERA] } }),
      other: new Client(centre, {
        wanted: { type: ['passage', 'box'], camera: ['hai-phong/box-1/nga-tu-2'] },
      }),
    };
    send(centre, batch(1, [passage(1), flow(Math.floor(Date.now() / 60_000) * 60_000, 3)]), 'events');
    send(centre, batch(1, [passage(2)], { site: 'ha-noi' }), 'events');
    send(centre, status(Date.now()), 'status');
    await until(() => by.usual.of('camera').length === 1 && by.camera.of('box').length === 1);
    const kinds = (client: Client) =>
      client.told.map(({ kind }) => kind).filter((kind) => kind !== 'hello' && kind !== 'tile');
    expect(kinds(by.flows)).toEqual(['flow']);
    expect(kinds(by.usual)).toEqual(['flow', 'box', 'camera']);
    expect(by.site.tracks()).toEqual([2]);
    expect(kinds(by.camera)).toEqual(['passage', 'box']);
    expect(kinds(by.other)).toEqual(['box']);
  });

  it('tells a slow client and leaves it behind, and nobody else notices', async () => {
    const centre = await live({ limits: { maxBytes: 100_000 } });
    const slow = new Client(centre, {}, false);
    const quick = new Client(centre);
    for (let seq = 1; seq <= 20; seq += 1) {
      send(centre, batch(seq, passages(seq * 100, 50)), 'events');
      await centre.settled();
    }
    await until(() => quick.tracks().length === 1000);
    expect(slow.ended).toBe(true);
    expect(slow.told.at(-1)).toMatchObject({ kind: 'slow', data: { why: expect.stringContaining('bytes') } });
    expect(quick.ended).toBe(false);
    const resumed = new Client(centre, { lastEventId: slow.ids.at(-1) ?? '0' });
    await until(() => slow.tracks().length + resumed.tracks().length === 1000);
  });

  it('hands events to listeners inside of the process, in order and once', async () => {
    const centre = await live();
    const heard: LiveEvent[] = [];
    const end = centre.subscribe((event) => heard.push(event));
    send(centre, batch(1, passages(1, 5)), 'events');
    send(centre, batch(1, passages(1, 5)), 'events');
    await centre.settled();
    expect(heard.map(({ data }) => (data as { track: number }).track)).toEqual([1, 2, 3, 4, 5]);
    expect(heard[0]).toMatchObject({ kind: 'passage', camera: CAMERA, box: 'hai-phong/box-1', late: false });
    end();
    send(centre, batch(2, passages(6, 1)), 'events');
    await centre.settled();
    expect(heard).toHaveLength(5);
  });

  it('tells that it did not hear everything when the broker had forgotten it', async () => {
    const directory = await folder();
    let listening: ((resumed: boolean) => void) | undefined;
    const connect: NonNullable<Parameters<typeof live>[0]>['connect'] = ({ onListening }) => {
      listening = onListening;
      return { open: () => undefined, close: async () => undefined, problem: undefined };
    };
    const centre = await live({ directory, connect });
    const client = new Client(centre);
    listening?.(false);
    send(centre, batch(1, passages(1, 1)), 'events');
    await until(() => client.tracks().length === 1);
    expect(client.of('gap')).toEqual([]);
    listening?.(true);
    listening?.(false);
    await until(() => client.of('gap').length === 1);
    send(centre, batch(2, passages(2, 1)), 'events');
    await until(() => client.tracks().length === 2);
    const before = new Client(centre, { lastEventId: client.ids[0] });
    const after = new Client(centre, { lastEventId: client.ids[1] });
    await until(() => before.tracks().length === 1);
    expect(before.of('gap')).toHaveLength(1);
    expect(after.of('gap')).toEqual([]);
  });

  it('counts on tiles what passed before a restart', async () => {
    const directory = await folder();
    const first = await live({ directory });
    send(first, status(Date.now()), 'status');
    send(first, batch(1, passages(1, 7)), 'events');
    await first.settled();
    await first.close();
    const asked: number[] = [];
    const second = await live({
      directory,
      recentFlows: async (sinceMs) => {
        asked.push(sinceMs);
        if (asked.length === 1) throw new Error('InfluxDB is not up yet');
        const fromMs = Math.floor(Date.now() / 60_000) * 60_000 - 120_000;
        return [{ ...BOX, epoch: 1, seq: 1, flow: flow(fromMs, 20) }];
      },
    });
    send(second, batch(2, passages(10, 1)), 'events');
    await second.settled();
    const total = () => second.tilesAnswer().tiles[0]?.flows?.[0]?.total;
    expect(total()).toBe(8);
    await until(() => total() === 28);
  });

  it('is not put out by messages that are none', async () => {
    const centre = await live();
    const sent = send(centre, { hello: 'there' }, 'events');
    await centre.settled();
    expect(sent.acknowledged).toBe(true);
    expect(centre.counts.rejected).toBe(1);
  });

  it('describes an incident as the board of incidents sees it', async () => {
    const seen: unknown[] = [];
    const centre = await live({
      describeIncident: (address, incident) => {
        seen.push([address.agent, incident.version]);
        return { id: 'x.y.z', notes: 3 } as never;
      },
    });
    const client = new Client(centre, { wanted: { type: ['incident'], severity: 'high' } });
    const atMs = Date.now();
    const incident = {
      ...{ type: 'incident' as const, id: 'i-1', camera: 'nga-tu-1', kind: 'stopped-vehicle' as const },
      ...{
        state: 'detected' as const,
        probability: 'probable' as const,
        confidence: 0.9,
        tracks: [],
        measures: {},
      },
      ...{ startedAtMs: atMs, detectedAtMs: atMs, updatedAtMs: atMs },
    };
    send(centre, batch(1, [{ ...incident, version: 1, severity: 'low' }]), 'events');
    send(centre, batch(2, [{ ...incident, version: 2, severity: 'critical' }]), 'events');
    await until(() => client.of('incident').length === 1);
    expect(client.of('incident')[0]?.data).toMatchObject({ event: { version: 2 }, incident: { notes: 3 } });
    expect(seen).toEqual([
      [BOX.agent, 1],
      [BOX.agent, 2],
    ]);
  });
});
