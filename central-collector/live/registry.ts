// Who is there: the last word of every box and camera. Filled by the retained statuses when the centre starts; until
// then a box that was known before is `unknown`.

import type { AgentAddress, Health, Status, TrafficEvent } from '../../contract/index.ts';
import type { BoxAnswer, CameraAnswer } from '../api/schemas/places.ts';
import { knownAtMs } from './live-message.ts';
import {
  type BoxRecord,
  boxAnswer,
  type CameraRecord,
  cameraAnswer,
  cameraState,
  newCamera,
} from './place-answers.ts';

/** What others know of boxes and cameras; null where they know nothing. */
export type PlaceFacts = {
  readonly position?: (camera: string) => CameraAnswer['position'];
  /** Share of the last hour that was observed. */
  readonly coverage?: (camera: string) => number | null;
  readonly ledger?: (box: AgentAddress) => {
    readonly batchesMissing: number;
    readonly lastBatchAtMs: number | undefined;
  };
};

export type RegistryOptions = PlaceFacts & {
  /** A box has changed, or one of its cameras. */
  readonly onBox: (box: BoxAnswer) => void;
  readonly onCamera: (camera: CameraAnswer) => void;
  /** To be kept for the next start. */
  readonly onStored?: (box: string, text: string) => void;
};

/** As many as the ledger has agents, with the cameras that a status may have. */
const MAX_BOXES = 20_000;
const MAX_CAMERAS = 1000;
/** Names that one camera may make lines of; more are a defect. */
const MAX_LINES = 200;

type Stored = {
  readonly status: Status;
  readonly sinceMs: number;
  /** A last will names none. */
  readonly cameras: readonly Pick<CameraRecord, 'camera' | 'name' | 'picture'>[];
};

export class Registry {
  readonly #options: RegistryOptions;
  readonly #boxes = new Map<string, BoxRecord>();
  /** Of boxes whose number was beyond the bound. */
  ignored = 0;

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  /** What was stored at the last run: names, and since when; not whether they are there now. */
  load(stored: readonly (readonly [box: string, text: string])[]): void {
    for (const [, text] of stored) {
      const { status, sinceMs, cameras } = JSON.parse(text) as Stored;
      const box = this.#boxOf(status);
      if (box === undefined) continue;
      box.before = { status, sinceMs };
      for (const { camera, ...face } of cameras) Object.assign(this.#cameraOf(box, camera) ?? {}, face);
    }
  }

  status(status: Status, receivedAtMs: number): void {
    const box = this.#boxOf(status);
    if (box === undefined) return;
    const before = this.#faces(box);
    box.sinceMs = sinceOf(box, status, receivedAtMs);
    box.status = status;
    box.before = undefined;
    if (status.state === 'online') this.#takeCameras(box, status);
    else for (const { camera, name } of status.cameras) this.#nameCamera(box, camera, name);
    this.#tellChanges(box, before);
    this.#options.onStored?.(box.name, textOf(box, status));
  }

  health(health: Health, receivedAtMs: number): void {
    const box = this.#boxOf(health);
    if (box === undefined) return;
    const isFirst = box.health === undefined;
    box.health = health;
    box.healthAtMs = receivedAtMs;
    for (const { camera, fps } of health.cameras) {
      const record = box.cameras.get(camera);
      if (record && fps > 0) record.aliveMs = Math.max(record.aliveMs ?? 0, receivedAtMs);
    }
    if (isFirst) this.#options.onBox(this.#boxAnswer(box));
  }

  /** Learns lines, zones and the last event of a camera. */
  saw(address: AgentAddress, event: TrafficEvent, receivedAtMs: number): void {
    const box = this.#boxOf(address);
    const camera = box && this.#cameraOf(box, event.camera);
    if (camera === undefined) return;
    const atMs = knownAtMs(event);
    camera.lastEventMs = Math.max(camera.lastEventMs ?? 0, atMs);
    camera.aliveMs = Math.max(camera.aliveMs ?? 0, Math.min(atMs, receivedAtMs));
    if (event.type === 'zone' && camera.zones.size < MAX_LINES) camera.zones.add(event.zone);
    if (event.type !== 'flow') return;
    const directions = camera.lines.get(event.line) ?? new Set();
    if (directions.size < MAX_LINES) directions.add(event.direction);
    if (camera.lines.size < MAX_LINES) camera.lines.set(event.line, directions);
  }

  boxes(): BoxAnswer[] {
    return [...this.#boxes.values()].map((box) => this.#boxAnswer(box));
  }

  box({ site, agent }: AgentAddress): BoxAnswer | undefined {
    const box = this.#boxes.get(`${site}/${agent}`);
    return box && this.#boxAnswer(box);
  }

  cameras(): CameraAnswer[] {
    return [...this.#boxes.values()].flatMap((box) =>
      [...box.cameras.values()].map((camera) => this.#cameraAnswer(box, camera)),
    );
  }

  camera(id: string): CameraAnswer | undefined {
    const found = this.#find(id);
    return found && this.#cameraAnswer(found.box, found.record);
  }

  /** For tiles: what is known of a camera without its numbers. */
  condition(id: string): CameraCondition {
    const found = this.#find(id);
    if (found === undefined)
      return { name: null, state: 'unknown', detail: null, sinceMs: undefined, aliveMs: undefined };
    const { box, record } = found;
    const { state, sinceMs, detail } = cameraState(box, record);
    return { name: record.name ?? null, state, detail, sinceMs, aliveMs: record.aliveMs };
  }

  /** Of the box of a camera, whether it is there and has that camera. */
  standing(id: string): BoxStanding {
    const at = id.lastIndexOf('/');
    const box = this.#boxes.get(id.slice(0, at));
    const { status, sinceMs } = box ?? {};
    return {
      state: status?.state ?? 'unknown',
      sinceMs,
      startedAtMs: status?.startedAtMs,
      hasCamera: box?.cameras.get(id.slice(at + 1))?.state !== undefined,
    };
  }

  get cameraIds(): string[] {
    return [...this.#boxes.values()].flatMap(({ name, cameras }) =>
      [...cameras.keys()].map((camera) => `${name}/${camera}`),
    );
  }

  #find(id: string): { box: BoxRecord; record: CameraRecord } | undefined {
    const at = id.lastIndexOf('/');
    const box = this.#boxes.get(id.slice(0, at));
    const record = box?.cameras.get(id.slice(at + 1));
    return box && record && { box, record };
  }

  #boxOf({ site, agent }: AgentAddress): BoxRecord | undefined {
    const name = `${site}/${agent}`;
    const known = this.#boxes.get(name);
    if (known !== undefined) return known;
    if (this.#boxes.size >= MAX_BOXES) {
      this.ignored += 1;
      return undefined;
    }
    const box: BoxRecord = { name, site, agent, cameras: new Map() };
    this.#boxes.set(name, box);
    return box;
  }

  #cameraOf(box: BoxRecord, camera: string): CameraRecord | undefined {
    const known = box.cameras.get(camera);
    if (known !== undefined || box.cameras.size >= MAX_CAMERAS) return known;
    const record = newCamera(camera);
    box.cameras.set(camera, record);
    return record;
  }

  #takeCameras(box: BoxRecord, { cameras }: Status): void {
    const configured = new Set(cameras.map(({ camera }) => camera));
    for (const [camera, record] of box.cameras) if (!configured.has(camera)) record.gone = true;
    for (const { camera, name, state, fault, detail, sinceMs, width, height } of cameras) {
      const record = this.#cameraOf(box, camera);
      if (record === undefined) continue;
      const picture = width !== undefined && height !== undefined ? { width, height } : record.picture;
      Object.assign(record, { name, state, fault, detail, sinceMs, picture, gone: false });
    }
  }

  #nameCamera(box: BoxRecord, camera: string, name: string | undefined): void {
    const record = this.#cameraOf(box, camera);
    if (record !== undefined && name !== undefined) record.name = name;
  }

  /** What people see of a box and its cameras, as far as its status says it. */
  #faces(box: BoxRecord): Map<string, string> {
    const { health: _health, lastBatchAt: _at, batchesMissing: _missing, ...said } = this.#boxAnswer(box);
    const faces = new Map([['', JSON.stringify(said)]]);
    for (const [camera, record] of box.cameras) {
      const { state, sinceMs, detail, fault } = cameraState(box, record);
      faces.set(camera, JSON.stringify([state, sinceMs, detail, fault, record.name, record.picture]));
    }
    return faces;
  }

  #tellChanges(box: BoxRecord, before: ReadonlyMap<string, string>): void {
    const after = this.#faces(box);
    if (after.get('') !== before.get('')) this.#options.onBox(this.#boxAnswer(box));
    for (const [camera, record] of [...box.cameras]) {
      if (after.get(camera) !== before.get(camera)) this.#options.onCamera(this.#cameraAnswer(box, record));
      if (record.gone) box.cameras.delete(camera);
    }
  }

  #boxAnswer(box: BoxRecord): BoxAnswer {
    return boxAnswer(box, this.#options.ledger?.(box));
  }

  #cameraAnswer(box: BoxRecord, camera: CameraRecord): CameraAnswer {
    const id = `${box.name}/${camera.camera}`;
    const { position, coverage } = this.#options;
    return cameraAnswer(box, camera, { position: position?.(id) ?? null, coverage: coverage?.(id) ?? null });
  }
}

export type CameraCondition = {
  readonly name: string | null;
  readonly state: CameraAnswer['state'];
  readonly detail: string | null;
  readonly sinceMs: number | undefined;
  /** Last sign that it watches. */
  readonly aliveMs: number | undefined;
};

export type BoxStanding = {
  readonly state: 'online' | 'offline' | 'unknown';
  /** Of that state. */
  readonly sinceMs: number | undefined;
  /** Of its present run, or the last one. */
  readonly startedAtMs: number | undefined;
  /** Its status names it; of a box that is away: named it when it was there, as far as this run heard. */
  readonly hasCamera: boolean;
};

function textOf({ cameras, sinceMs = 0 }: BoxRecord, status: Status): string {
  const faces = [...cameras.values()].map(({ camera, name, picture }) => ({ camera, name, picture }));
  return JSON.stringify({ status: { ...status, cameras: [] }, sinceMs, cameras: faces } satisfies Stored);
}

/**
 * Since when it has been so. A last will was written when the agent connected: it is dated by its arrival, and one that
 * was known at the last run by what was known then.
 */
function sinceOf({ status, sinceMs, before }: BoxRecord, next: Status, receivedAtMs: number): number {
  const known = status === undefined ? before : { status, sinceMs };
  const same =
    known?.status.state === next.state &&
    known.status.reason === next.reason &&
    known.status.startedAtMs === next.startedAtMs;
  if (same && known?.sinceMs !== undefined) return known.sinceMs;
  if (next.state === 'online') return next.startedAtMs > receivedAtMs ? receivedAtMs : next.atMs;
  return next.reason === 'lost' ? receivedAtMs : Math.min(next.atMs, receivedAtMs);
}
