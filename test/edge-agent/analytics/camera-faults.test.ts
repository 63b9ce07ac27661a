import { describe, expect, it } from 'vitest';
import { type Incident, incidentSchema } from '../../../contract/index.ts';
import { CameraFaults, type CameraFaultsOptions } from '../../../edge-agent/analytics/camera-faults.ts';
import type { PictureFault, PictureState, SourceState } from '../../../edge-agent/source/frame.ts';

const START_MS = Date.UTC(2026, 4, 1, 6);
const LIVE: SourceState = { state: 'live', width: 640, height: 360 };
const SILENT: SourceState = { state: 'fault', fault: 'silent', detail: 'Nothing comes.' };

function at(seconds: number): number {
  return START_MS + seconds * 1000;
}

function pictureAt(seconds: number, faults: Partial<Record<PictureFault, number>> = {}): PictureState {
  const findings = Object.entries(faults).map(([fault, sinceS]) => ({
    fault: fault as PictureFault,
    sinceMs: at(sinceS),
    confidence: 0.9,
    measures: {},
  }));
  return { cameraTimeMs: seconds * 1000, capturedAtMs: at(seconds), learned: true, findings };
}

/** A camera with a clock that ticks every second and three pictures in each of them, as long as pictures come. */
class Watched {
  readonly faults: CameraFaults;
  readonly messages: Incident[] = [];

  constructor(options: Partial<CameraFaultsOptions> = {}) {
    this.faults = new CameraFaults({ camera: 'north', ...options });
    this.take(this.faults.source(LIVE, at(0)));
  }

  take(messages: Incident[]): void {
    for (const message of messages) this.messages.push(incidentSchema.parse(message));
  }

  pictures(fromS: number, toS: number, faults?: Partial<Record<PictureFault, number>>): this {
    for (let s = fromS; s < toS; s++) {
      for (const part of [0.1, 0.4, 0.7]) this.take(this.faults.picture(pictureAt(s + part, faults)));
      this.take(this.faults.advanceTo(at(s + 1)));
    }
    return this;
  }

  nothing(fromS: number, toS: number): this {
    for (let s = fromS; s < toS; s++) this.take(this.faults.advanceTo(at(s + 1)));
    return this;
  }

  source(state: SourceState, seconds: number): this {
    this.take(this.faults.source(state, at(seconds)));
    return this;
  }

  get told(): string[] {
    return this.messages.map(
      ({ kind, state, updatedAtMs }) => `${kind} ${state} at ${Math.round((updatedAtMs - START_MS) / 1000)}`,
    );
  }
}

describe('faults of a camera', () => {
  it.each([
    ['black', 15],
    ['frozen', 16],
    ['blurred', 17],
    ['obscured', 17],
    ['moved', 17],
  ] as const)('%s is an incident within ten seconds, and over ten seconds after it is', (fault, foundS) => {
    const camera = new Watched()
      .pictures(0, 10)
      .pictures(10, 20, { [fault]: 10 })
      .pictures(20, 35);
    expect(camera.told).toEqual([`camera-${fault} detected at ${foundS}`, `camera-${fault} cleared at 30`]);
    const [first, last] = camera.messages;
    expect(first?.startedAtMs).toBe(at(10));
    expect(last?.clearedAtMs).toBeLessThan(at(21));
    expect(last?.id).toBe(first?.id);
  });

  it('a camera that sends nothing is offline', () => {
    const camera = new Watched().pictures(0, 10).source(SILENT, 18).nothing(18, 30);
    expect(camera.told).toEqual(['camera-offline detected at 23']);
    camera.source(LIVE, 30).pictures(30, 45);
    expect(camera.told.at(-1)).toBe('camera-offline cleared at 40');
  });

  it('a short interruption is no incident', () => {
    const camera = new Watched().pictures(0, 10).source(SILENT, 10).nothing(10, 13).source(LIVE, 13);
    expect(camera.pictures(13, 30).told).toEqual([]);
  });

  it('a source that says its picture is frozen waited for eight seconds already', () => {
    const frozen: SourceState = { state: 'fault', fault: 'frozen', detail: 'It stands.' };
    const camera = new Watched().pictures(0, 10).source(frozen, 18).nothing(18, 20);
    expect(camera.told).toEqual(['camera-frozen detected at 18']);
    expect(camera.messages[0]?.startedAtMs).toBe(at(10));
  });

  it('a frozen picture is one incident, whether the picture or the source tells of it', () => {
    const frozen: SourceState = { state: 'fault', fault: 'frozen', detail: 'It stands.' };
    const camera = new Watched().pictures(0, 10).pictures(10, 18, { frozen: 10 }).source(frozen, 18);
    camera.nothing(18, 40).source(LIVE, 40).pictures(40, 55);
    expect(new Set(camera.messages.map(({ id }) => id)).size).toBe(1);
    expect(camera.told.at(-1)).toBe('camera-frozen cleared at 50');
  });

  it('a camera that was moved and then goes offline is still moved when it is back', () => {
    const camera = new Watched().pictures(0, 10).pictures(10, 30, { moved: 10 });
    camera.source(SILENT, 30).nothing(30, 90).source(LIVE, 90).pictures(90, 110, { moved: 10 });
    const moved = camera.messages.filter(({ kind }) => kind === 'camera-moved');
    expect(moved.at(-1)?.state).toBe('updated');
    expect(new Set(moved.map(({ id }) => id)).size).toBe(1);
  });

  it('says that the view does not fit from the moment when that is seen, for speeds to be withheld', () => {
    const camera = new Watched().pictures(0, 10);
    expect(camera.faults.viewFits).toBe(true);
    camera.pictures(10, 11, { moved: 7 });
    expect(camera.faults.viewFits).toBe(false);
    expect(camera.pictures(11, 12).faults.viewFits).toBe(true);
  });

  it('waits as long as it is told to, and leaves out what nobody wants to know', () => {
    const rules = { black: { afterS: 60 }, moved: { enabled: false } };
    const camera = new Watched({ rules }).pictures(0, 62, { black: 0, moved: 0 });
    expect(camera.told).toEqual(['camera-black detected at 60']);
  });

  it('a verdict is kept, and what was rejected is not told of again', () => {
    const camera = new Watched().pictures(0, 20, { obscured: 0 });
    const id = camera.messages[0]?.id ?? '';
    expect(camera.faults.judge(id, 'rejected', at(20))?.state).toBe('rejected');
    const before = camera.messages.length;
    camera.pictures(20, 60, { obscured: 0 });
    expect(camera.messages.length).toBe(before);
    expect(camera.faults.judge('unknown', 'confirmed', at(20))).toBeUndefined();
  });

  it('a clock that is set back an hour neither opens nor closes anything', () => {
    const camera = new Watched().pictures(3600, 3610);
    camera.pictures(10, 40);
    expect(camera.told).toEqual([]);
  });

  it('the end of watching closes what is open', () => {
    const camera = new Watched().pictures(0, 20, { blurred: 0 });
    expect(camera.faults.flush().map(({ state }) => state)).toEqual(['cleared']);
  });
});
