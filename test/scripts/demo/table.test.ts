import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { RoadUser } from '../../../contract/index.ts';
import { renderLine, renderTable, type Snapshot } from '../../../scripts/demo/table.ts';
import { TrafficRecord } from '../../../scripts/demo/tap.ts';
import { TruthLedger } from '../../../scripts/demo/truth-ledger.ts';

const at = 1_795_000_000_000;
const address = { v: 1, site: 'hai-phong', agent: 'box-001' };

describe('the table of the demo', () => {
  it('shows camera, counts by class and direction, last passages and what is stored', () => {
    const text = renderTable(snapshot(busyRecord()), { colour: false });
    expect(text).toMatch(/Ngã tư Lạch Tray +live +9\.8 +98 +2 +31 ms/);
    expect(text).toMatch(/direction +car +motorcycle +all/);
    expect(text).toMatch(/away +0 +1 +1/);
    expect(text).toMatch(/towards +2 +0 +2/);
    expect(text).toMatch(/motorcycle +away/);
    expect(text).toContain('3 passages, 28 points of interval counts');
  });

  it('keeps its columns straight under Vietnamese and wide letters', () => {
    const record = busyRecord();
    const composed = renderTable(snapshot(record), { colour: false });
    for (const name of ['Ngã tư Lạch Tray'.normalize('NFD'), '路口摄像机'.padEnd(11)]) {
      record.take(topic('status'), status('live', { name }));
      expect(columnOf('live', renderTable(snapshot(record), { colour: false }))).toBe(
        columnOf('live', composed),
      );
    }
  });

  it('says why a camera gives no picture', () => {
    const record = new TrafficRecord();
    record.take(
      topic('status'),
      status('fault', { fault: 'unreachable', detail: 'No route to the camera.' }),
    );
    const text = renderTable(snapshot(record), { colour: false });
    expect(text).toContain('unreachable');
    expect(text).toContain('No route to the camera.');
  });

  it('shows both ways of the line, and starts from nothing', () => {
    const text = renderTable(snapshot(new TrafficRecord()), { colour: false });
    expect(text).toMatch(/away +0 +0 +0 +0 +0\ntowards +0 +0 +0 +0 +0/);
    expect(text).toMatch(/starting/);
    expect(text).toContain('none yet');
  });

  it('does not blame the camera when the agent has stopped', () => {
    const record = new TrafficRecord();
    const ended = {
      camera: 'nga-tu-1',
      state: 'fault',
      fault: 'ended',
      sinceMs: at,
      detail: 'The source ended.',
    };
    record.take(topic('status'), json({ ...statusOf([ended]), state: 'offline', reason: 'stopped' }));
    const text = renderTable(snapshot(record), { colour: false });
    expect(text).toContain('stopped');
    expect(text).not.toContain('The source ended.');
  });

  it('colours only when asked to', () => {
    expect(renderTable(snapshot(busyRecord()), { colour: false })).not.toContain('\u001b');
    expect(renderTable(snapshot(busyRecord()), { colour: true })).toContain('\u001b');
  });

  describe('where the truth of the scene is known', () => {
    const crossed = (atMs: number, roadUser: RoadUser, direction: string) => ({
      ...{ atMs, roadUser, direction, line: 'south' },
    });
    const ledger = new TruthLedger({
      ...{ file: '', picture: { width: 640, height: 360 }, lengthMs: 60_000 },
      lines: [
        { line: 'south', from: [0, 1], to: [2, 1], directions: { toLeft: 'away', toRight: 'towards' } },
      ],
      crossings: [
        { clipMs: 10_000, line: 'south', direction: 'away', roadUser: 'car' },
        { clipMs: 20_000, line: 'south', direction: 'towards', roadUser: 'bus' },
        { clipMs: 30_000, line: 'south', direction: 'towards', roadUser: 'car' },
      ],
    });
    ledger.beginPass(at);
    ledger.takePassage(crossed(at + 10_300, 'car', 'away'));
    ledger.takePassage(crossed(at + 19_500, 'truck', 'towards'));
    ledger.takePassage(crossed(at + 59_500, 'car', 'away'));
    const truth = ledger.compare([{ fromMs: at, toMs: at + 90_000 }], at + 60_000);

    it('puts counts beside it by class and direction, and says what is compared', () => {
      const text = renderTable({ ...snapshot(busyRecord()), truth }, { colour: false });
      expect(text).toMatch(/counted \/ true +car +bus +truck +all +missed +extra/);
      expect(text).toMatch(/away +1 \/ 1 +– +– +1 \/ 1 +0 +0/);
      expect(text).toMatch(/towards +0 \/ 1 +0 \/ 1 +1 \/ 0 +1 \/ 2 +1 +0/);
      expect(text).toMatch(/together +1 \/ 2 +0 \/ 1 +1 \/ 0 +2 \/ 3 +1 +0/);
      expect(text).toContain('2 of 3 true crossings found. Truth: computed by the scene, not detected.');
      expect(text).toContain('1 more was counted beside a cut of the clip');
    });

    it('fits into a classic terminal, and on one line for logs', () => {
      const text = renderTable({ ...snapshot(busyRecord()), truth }, { colour: false });
      expect(text.split('\n').length).toBeLessThan(24);
      expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(80);
      expect(renderLine({ ...snapshot(busyRecord()), truth })).toContain(
        '2 of 3 true crossings found, 0 extra',
      );
    });
  });

  it('fits on one line for logs', () => {
    expect(renderLine(snapshot(busyRecord()))).toBe(
      '01:05  nga-tu-1 live 9.8 fps  passages 3 (towards 2, away 1)  in InfluxDB 3 passages, 28 flow points',
    );
  });
});

describe('what is heard at the broker', () => {
  it('counts a batch that is delivered again only once', () => {
    const record = new TrafficRecord();
    record.take(topic('events'), batch(1, [passage('car', 'towards')]));
    record.take(topic('events'), batch(1, [passage('car', 'towards')]));
    record.take(topic('events'), batch(2, [passage('car', 'towards')]));
    expect(record.passages).toBe(2);
    expect(record.published.size).toBe(2);
  });

  it('knows since when and until when the camera was seen', () => {
    const record = new TrafficRecord();
    const take = (agent: string, state: string, sinceMs: number, atMs = sinceMs) => {
      const camera = { camera: 'nga-tu-1', state, sinceMs, ...(state === 'fault' && { fault: 'silent' }) };
      record.take(topic('status'), json({ ...statusOf([camera]), state: agent, atMs }));
    };
    take('online', 'starting', at);
    expect(record.watched).toEqual([]);
    take('online', 'live', at + 1000);
    take('online', 'live', at + 1000, at + 5000);
    expect(record.watched).toEqual([{ fromMs: at + 1000, toMs: Number.POSITIVE_INFINITY }]);
    take('online', 'fault', at + 7000);
    take('online', 'live', at + 9000);
    take('offline', 'live', at + 9000, at + 12_000);
    expect(record.watched).toEqual([
      { fromMs: at + 1000, toMs: at + 7000 },
      { fromMs: at + 9000, toMs: at + 12_000 },
    ]);
  });

  it('passes over what it cannot read', () => {
    const record = new TrafficRecord();
    record.take(topic('events'), Buffer.from('{"v":'));
    record.take(topic('events'), batch(1, [{ type: 'parade' }, passage('bus', 'away')]));
    record.take('other/topic', Buffer.from('{}'));
    expect(record.passages).toBe(1);
  });
});

function busyRecord(): TrafficRecord {
  const record = new TrafficRecord();
  record.take(topic('status'), status('live', { name: 'Ngã tư Lạch Tray' }));
  const camera = {
    ...{ camera: 'nga-tu-1', fps: 9.8, framesAnalysed: 98, framesDropped: 2, reconnects: 0 },
    latencyMs: { p50: 31.2, p95: 50 },
  };
  const health = {
    ...{ ...address, atMs: at, uptimeS: 10, cameras: [camera], rssBytes: 1 },
    outbox: { batches: 0, bytes: 0, dropped: 0 },
  };
  record.take(topic('health'), json(health));
  const events = [passage('car', 'towards'), passage('car', 'towards'), passage('motorcycle', 'away')];
  record.take(topic('events'), batch(1, events));
  return record;
}

function snapshot(traffic: TrafficRecord): Snapshot {
  return {
    elapsedMs: 65_400,
    traffic,
    speeds: new Map([['nga-tu-1', { framesAnalysed: 98, framesDropped: 2, fps: 9.8 }]]),
    truth: undefined,
    directions: ['away', 'towards'],
    stored: { passages: 3, flowPoints: 28 },
    influxUrl: 'http://127.0.0.1:8086',
    centre: { url: 'http://127.0.0.1:9465', user: 'admin', password: 'bagun' },
    logFolder: '.ngatu/demo/run',
    note: 'Ctrl-C ends it',
  };
}

function columnOf(word: string, text: string): number {
  const line = text.split('\n').find((candidate) => candidate.includes(word)) ?? '';
  return stringWidth(line.slice(0, line.indexOf(word)));
}

function passage(roadUser: string, direction: string) {
  return {
    ...{ type: 'passage', camera: 'nga-tu-1', line: 'main', direction, roadUser },
    ...{ roadUserShare: 1, confidence: 0.9, atMs: at, track: 1 },
  };
}

function status(state: string, camera: object): Buffer {
  return json(statusOf([{ camera: 'nga-tu-1', state, sinceMs: at, ...camera }]));
}

function statusOf(cameras: readonly object[]) {
  return { ...address, state: 'online', atMs: at, startedAtMs: at, version: '0.1.0', cameras };
}

function batch(seq: number, events: readonly object[]): Buffer {
  return json({ ...address, epoch: at, seq, sentAtMs: at, events });
}

function topic(channel: string): string {
  return `ngatu/v1/hai-phong/box-001/${channel}`;
}

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}
