// What the overview shows of each camera: made here once for all screens, told again at most once a second, and only
// when something is different.

import type { Flow, Passage } from '../../contract/index.ts';
import type { Tile } from '../api/schemas/places.ts';
import { type BatchMark, CameraTraffic, type RecentFlow, type Watch } from './camera-traffic.ts';
import type { CameraCondition } from './registry.ts';

export type TilesOptions = {
  readonly condition: (camera: string) => CameraCondition;
  /** Cameras that there are, with traffic or without. */
  readonly cameraIds: () => readonly string[];
  readonly activeIncidents?: (camera: string) => number;
  readonly onTile: (tile: Tile) => void;
  /** Whether somebody wants tiles; without anybody none are made. Default: always. */
  readonly isWanted?: () => boolean;
  /** Of one camera. Default 1 s. */
  readonly everyMs?: number;
  readonly now?: () => number;
};

/** Of the numbers of a tile. */
export const WINDOW_MIN = 15;
const HOUR_MS = 3_600_000;
const TICK_MS = 100;
/** Coverage falls and windows move without an event; how soon a screen has to show that. */
const SWEEP_MS = 5000;

type Told = { atMs: number; text: string };

export class Tiles {
  readonly #options: TilesOptions;
  readonly #traffic = new Map<string, CameraTraffic>();
  readonly #dirty = new Set<string>();
  readonly #told = new Map<string, Told>();
  #heardSinceMs = 0;
  #sweptMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: TilesOptions) {
    this.#options = options;
  }

  /** What passed before `heardSinceMs` was not heard, and not counted before its interval comes. */
  start(heardSinceMs: number): void {
    this.#heardSinceMs = heardSinceMs;
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS);
  }

  fill(flows: readonly RecentFlow[]): void {
    for (const { site, agent, epoch, seq, flow } of flows) {
      this.flow(`${site}/${agent}/${flow.camera}`, { epoch, seq }, flow);
    }
  }

  flow(camera: string, batch: BatchMark, flow: Flow): void {
    if (this.#trafficOf(camera).addFlow(batch, flow, this.#now())) this.touch(camera);
  }

  passage(camera: string, passage: Passage): void {
    if (this.#trafficOf(camera).addPassage(passage, this.#now())) this.touch(camera);
  }

  /** Something about the camera is different. */
  touch(camera: string): void {
    this.#dirty.add(camera);
  }

  all(): Tile[] {
    const ids = new Set([...this.#options.cameraIds(), ...this.#traffic.keys()]);
    return [...ids].sort().map((id) => this.#tileOf(id));
  }

  /** Share of the last hour that was observed; null when nothing is known of it. */
  coverage(camera: string): number | null {
    const nowMs = this.#now();
    const traffic = this.#traffic.get(camera);
    if (traffic === undefined || traffic.isEmpty) return null;
    return traffic.coverage(nowMs, nowMs - HOUR_MS, this.#watchOf(this.#options.condition(camera)));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const nowMs = this.#now();
    if (nowMs - this.#sweptMs >= SWEEP_MS || nowMs < this.#sweptMs) {
      this.#sweptMs = nowMs;
      for (const id of this.#options.cameraIds()) this.#dirty.add(id);
      this.#forget(nowMs);
    }
    if (!(this.#options.isWanted?.() ?? true)) return;
    const { everyMs = 1000, onTile } = this.#options;
    for (const id of [...this.#dirty]) {
      const told = this.#told.get(id);
      const age = told === undefined ? everyMs : nowMs - told.atMs;
      if (age >= 0 && age < everyMs) continue;
      this.#dirty.delete(id);
      const tile = this.#tileOf(id);
      const text = faceOf(tile);
      if (text === told?.text) continue;
      this.#told.set(id, { atMs: nowMs, text });
      onTile(tile);
    }
  }

  /** Cameras that are gone, or never were. */
  #forget(nowMs: number): void {
    const ids = new Set(this.#options.cameraIds());
    for (const [id, traffic] of this.#traffic) {
      traffic.forget(nowMs);
      if (traffic.isEmpty && !ids.has(id)) this.#traffic.delete(id);
    }
    for (const id of this.#told.keys()) if (!ids.has(id) && !this.#traffic.has(id)) this.#told.delete(id);
  }

  #tileOf(id: string): Tile {
    const nowMs = this.#now();
    const condition = this.#options.condition(id);
    const traffic = this.#traffic.get(id) ?? new CameraTraffic();
    const { coverage, flows, minutes, freshUntil } = traffic.window(
      nowMs,
      WINDOW_MIN,
      this.#watchOf(condition),
    );
    const isKnown = !traffic.isEmpty || condition.state !== 'unknown';
    return {
      camera: id,
      name: condition.name,
      state: condition.state,
      detail: condition.detail,
      at: new Date(nowMs).toISOString(),
      freshUntil,
      windowMin: WINDOW_MIN,
      coverage: isKnown && coverage !== null ? Math.round(coverage * 1000) / 1000 : null,
      flows,
      minutes,
      activeIncidents: this.#options.activeIncidents?.(id) ?? 0,
    };
  }

  #watchOf({ state, sinceMs, aliveMs }: CameraCondition): Watch {
    return { isLive: state === 'live', sinceMs, aliveMs, heardSinceMs: this.#heardSinceMs };
  }

  #trafficOf(camera: string): CameraTraffic {
    const known = this.#traffic.get(camera);
    if (known !== undefined) return known;
    const traffic = new CameraTraffic();
    this.#traffic.set(camera, traffic);
    return traffic;
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}

/** Without the moment it was made at. */
function faceOf({ at: _at, ...rest }: Tile): string {
  return JSON.stringify(rest);
}
