import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Health, Status } from '../../../contract/index.ts';
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
  T0,
} from './live-rig.ts';

afterEach(cleanUp);

const until = (condition: () => boolean) =>
  vi.waitFor(() => expect(condition()).toBe(true), { timeout: 10_000 });

const lost: Partial<Status> = { state: 'offline', reason: 'lost', cameras: [] };

function health(atMs: number, fps = 10): Health {
  return {
    ...{ v: 1, ...BOX, atMs, uptimeS: 10, rssBytes: 1e8, outbox: { batches: 1, bytes: 100, dropped: 0 } },
    cameras: [{ camera: 'nga-tu-1', fps, framesAnalysed: 100, framesDropped: 0, reconnects: 0 }],
  };
}

describe('the registry of boxes and cameras', () => {
  it('knows a box and its cameras from its status, and tells when they change', async () => {
    const centre = await live();
    const client = new Client(centre, { wanted: { type: ['box', 'camera'] } });
    send(centre, status(T0), 'status', T0);
    expect(centre.registry.box(BOX)).toMatchObject({
      state: 'online',
      since: '2026-03-02T01:00:00.000Z',
      health: null,
    });
    expect(centre.registry.camera(CAMERA)).toMatchObject({
      ...{ id: CAMERA, name: 'Ngã tư Lạch Tray', state: 'live', picture: { width: 1280, height: 720 } },
      ...{ lines: [], zones: [], coverage: null, fault: null },
    });
    const { cameras } = status(T0);
    send(centre, status(T0 + 1000, { startedAtMs: T0, cameras }), 'status', T0 + 1000);
    await centre.settled();
    await until(() => client.told.length === 3);
    expect(client.told.map(({ kind }) => kind)).toEqual(['hello', 'box', 'camera']);
  });

  it('says at once that the cameras of a lost box are offline, and dates it by when it was heard', async () => {
    const centre = await live();
    const client = new Client(centre, { wanted: { type: ['box', 'camera'] } });
    send(centre, status(T0), 'status', T0);
    send(centre, status(T0, lost), 'status', T0 + 600_000);
    await until(() => client.of('camera').length === 2);
    expect(client.of('box')[1]?.data).toMatchObject({
      state: 'offline',
      reason: 'lost',
      since: '2026-03-02T01:10:00.000Z',
    });
    expect(client.of('camera')[1]?.data).toMatchObject({ state: 'offline', name: 'Ngã tư Lạch Tray' });
  });

  it('says of a camera whether its box is there, since when it runs, and whether it has that camera', async () => {
    const centre = await live();
    const standing = () => centre.registry.standing(CAMERA);
    expect(standing()).toMatchObject({ state: 'unknown', hasCamera: false });
    send(centre, batch(1, [passage(1)]), 'events');
    expect(standing()).toMatchObject({ state: 'unknown', hasCamera: false });
    const { cameras } = status(T0);
    send(centre, status(T0, { cameras, startedAtMs: T0 }), 'status', T0);
    expect(standing()).toEqual({ state: 'online', sinceMs: T0, startedAtMs: T0, hasCamera: true });
    send(centre, status(T0, { ...lost, startedAtMs: T0 }), 'status', T0 + 600_000);
    expect(standing()).toMatchObject({ state: 'offline', sinceMs: T0 + 600_000, hasCamera: true });
    const more = { cameras: [], startedAtMs: T0 + 900_000 };
    send(centre, status(T0 + 900_000, more), 'status', T0 + 900_000);
    expect(standing()).toMatchObject({ state: 'online', startedAtMs: T0 + 900_000, hasCamera: false });
  });

  it('tells a fault of a camera with its words', async () => {
    const centre = await live();
    const fault = {
      camera: 'nga-tu-1',
      state: 'fault',
      fault: 'unauthorised',
      detail: 'wrong password',
      sinceMs: T0,
    } as const;
    send(centre, status(T0, { cameras: [fault] }), 'status', T0);
    expect(centre.registry.camera(CAMERA)).toMatchObject({
      state: 'fault',
      fault: 'unauthorised',
      detail: 'wrong password',
    });
  });

  it('leaves out a camera that the box does not have any more, and says so once', async () => {
    const centre = await live();
    const client = new Client(centre, { wanted: { type: ['camera'] } });
    send(centre, status(T0), 'status', T0);
    send(centre, status(T0 + 1, { startedAtMs: T0, cameras: [] }), 'status', T0 + 1);
    await until(() => client.of('camera').length === 2);
    expect(client.of('camera')[1]?.data).toMatchObject({
      state: 'unknown',
      detail: expect.stringContaining('any more'),
    });
    expect(centre.registry.cameras()).toEqual([]);
  });

  it('learns lines, directions and zones from what a camera counts', async () => {
    const centre = await live();
    const nowMs = Date.now();
    const fromMs = Math.floor(nowMs / 60_000) * 60_000 - 60_000;
    send(centre, status(nowMs), 'status');
    send(centre, batch(1, [flow(fromMs, 3), flow(fromMs, 2, { direction: 'towards' })]), 'events');
    expect(centre.registry.camera(CAMERA)).toMatchObject({
      lines: [{ line: 'north', directions: ['away', 'towards'] }],
      lastEventAt: new Date(fromMs + 60_000).toISOString(),
    });
    expect(centre.registry.camera(CAMERA)?.coverage).toBeGreaterThan(0);
  });

  it('has the health of a box, and tells it once to those who listen', async () => {
    const centre = await live();
    const client = new Client(centre, { wanted: { type: ['box'] } });
    send(centre, status(T0), 'status', T0);
    send(centre, health(T0), 'health', T0 + 5);
    send(centre, health(T0 + 10_000), 'health', T0 + 10_005);
    await until(() => client.of('box').length === 2);
    expect(centre.registry.box(BOX)?.health).toMatchObject({
      ...{ at: '2026-03-02T01:00:10.005Z', cpu: null, outbox: { batches: 1, oldestAt: null } },
      cameras: [{ camera: 'nga-tu-1', fps: 10, latencyP95Ms: null }],
    });
  });

  it('remembers names over a restart, but not that a box is there, and since when it is away', async () => {
    const directory = await folder();
    const first = await live({ directory });
    send(first, status(T0), 'status', T0);
    send(first, status(T0, lost), 'status', T0 + 60_000);
    await first.settled();
    await first.close();
    const second = await live({ directory });
    expect(second.registry.box(BOX)).toMatchObject({ state: 'unknown', since: null });
    expect(second.registry.camera(CAMERA)).toMatchObject({ state: 'unknown', name: 'Ngã tư Lạch Tray' });
    send(second, status(T0, lost), 'status', T0 + 86_400_000);
    expect(second.registry.box(BOX)).toMatchObject({ state: 'offline', since: '2026-03-02T01:01:00.000Z' });
  });
});
