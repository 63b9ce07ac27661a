// An agent, a broker, collectors and a database, all of which can fail at any moment, and a book of what every event
// must have come to. Time is vitest's fake one; the parts of the product are real.

import { pino } from 'pino';
import { expect, vi } from 'vitest';
import type { DroppedRange, TrafficEvent } from '../../contract/index.ts';
import { Delivery } from '../../edge-agent/publisher/delivery.ts';
import { decodeKey, unseal } from '../../edge-agent/publisher/outbox-records.ts';
import { T0 } from '../edge-agent/publisher/sample-events.ts';
import { CrashableDisk, type WriteFault, type Written } from './crashable-disk.ts';
import { ModelCollector } from './model-collector.ts';
import { ModelDatabase, rowOf } from './model-database.ts';
import { idsInPoint, idsOf, type Kind, makeEvent } from './model-events.ts';
import { ModelNetwork } from './model-network.ts';

const ADDRESS = { site: 'hai-phong', agent: 'box-1' };
/** Small, so that schedules of a few hundred events overflow it. */
const MAX_BYTES = 12_000;
const MAX_AGE_MS = 1_000_000;
const UPKEEP_MS = 10_000;

type Life = {
  isAlive: boolean;
  readonly delivery: Delivery;
  readonly spare: CrashableDisk;
  readonly given: string[];
};

/** A batch that was deleted from an outbox without having been stored, as far as the agent knew. */
type GivenUp = {
  readonly epoch: number;
  readonly seq: number;
  readonly ids: readonly string[];
  /** As they were counted: merged minutes are one. */
  readonly events: number;
};

export class DeliveryWorld {
  readonly disk = new CrashableDisk();
  readonly database = new ModelDatabase();
  readonly network: ModelNetwork;
  readonly collectors: ModelCollector[];
  #collectorsMade = 0;
  #life: Life;
  #clockOffMs = 0;
  #wasWithoutClock = false;
  #events = 0;
  #upkeepAtMs = 0;
  readonly #onDisk = new Set<string>();
  /** In the memory of a process that died. */
  readonly #diedWithProcess = new Set<string>();
  /** By the write that deleted them. */
  readonly #givenUp = new Map<Written, GivenUp[]>();
  readonly #pointsOf = new Map<string, Set<string>>();
  /** Batches in the database. */
  readonly #marks = new Set<string>();
  readonly #violations: string[] = [];

  private constructor(collectors: number) {
    this.network = new ModelNetwork('ngatu/v1/hai-phong/box-1/events', Date.now);
    this.collectors = Array.from({ length: collectors }, () => this.#makeCollector());
    this.database.onPoint = (point, fields) => this.#stored(point, fields);
    this.disk.onWrite = (written) => this.#written(written, true);
    this.disk.onUndone = (written) => this.#givenUp.delete(written);
    this.disk.onDeath = () => this.#died();
    this.#life = this.#begin();
  }

  /** With a fault of the disk at one of the writes, the first being 1. */
  static async begin(collectors: number, fault?: readonly [number, WriteFault]): Promise<DeliveryWorld> {
    const world = new DeliveryWorld(collectors);
    if (fault) world.disk.faults.set(...fault);
    await world.#open();
    return world;
  }

  /** Wall clock of the agent minus that of everybody else. */
  set clockOffMs(offMs: number) {
    this.#clockOffMs = offMs;
    this.#wasWithoutClock ||= startOfTime() + offMs < Date.UTC(2020);
  }

  get isAgentAlive(): boolean {
    return this.#life.isAlive;
  }

  get delivery(): Delivery {
    return this.#life.delivery;
  }

  add(kinds: readonly Kind[]): void {
    if (!this.#life.isAlive) return;
    const events = kinds.map((kind): TrafficEvent => {
      this.#events += 1;
      const { id, event } = makeEvent(kind, this.#events);
      this.#life.given.push(id);
      return event;
    });
    this.#life.delivery.add(events);
  }

  /** Lets time pass; the agent does meanwhile what its publisher lets it do every second and every ten. */
  async pass(ms: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(ms);
    if (this.#life.isAlive) {
      this.#life.delivery.kick();
      if (Date.now() - this.#upkeepAtMs >= UPKEEP_MS) {
        this.#upkeepAtMs = Date.now();
        void this.#life.delivery.upkeep();
      }
    }
    await this.settle();
  }

  /** Whatever goes on without time passing goes on to its end. */
  async settle(): Promise<void> {
    // Memory answers in the same turn of the event loop; two for what one turn has set off.
    for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(this.#violations).toEqual([]);
  }

  connect(): void {
    if (this.network.connected || !this.#life.isAlive) return;
    this.network.connected = true;
    this.#life.delivery.connected();
  }

  cut(reached: number): void {
    if (!this.network.connected) return;
    this.network.cut(reached);
    if (this.#life.isAlive) this.#life.delivery.disconnected();
  }

  kill(power?: { keep: number }): void {
    this.disk.die(power);
    this.#died();
  }

  async restart(): Promise<void> {
    if (this.#life.isAlive) this.kill();
    this.#life = this.#begin();
    await this.#open();
  }

  killCollector(which: number, isStored: boolean): void {
    const at = which % this.collectors.length;
    this.collectors[at]?.kill(isStored);
    this.collectors[at] = this.#makeCollector();
  }

  takeAnswer(which: number, fate: 'once' | 'doubled' | 'lost'): void {
    const payload = this.network.takeAnswer(which, fate);
    if (payload !== undefined && this.#life.isAlive) this.#life.delivery.receive(Buffer.from(payload));
  }

  /** Everything works again, and goes on until nothing is left to do. */
  async heal(): Promise<void> {
    this.disk.refuses = false;
    this.disk.faults.clear();
    if (!this.#life.isAlive) await this.restart();
    for (let round = 0; round < 100; round += 1) {
      this.connect();
      for (let turn = 0; turn < 2000 && (this.network.busy || this.database.waiting > 0); turn += 1) {
        this.network.arrive();
        this.network.deliver(0, this.collectors[turn % this.collectors.length] as ModelCollector);
        this.database.answer(0, 'stored');
        this.takeAnswer(0, 'once');
        if (turn % 20 === 0) await this.pass(25);
      }
      await this.pass(15_000);
      const { batches, waiting } = this.#life.delivery.stats();
      const isDone = batches === 0 && Object.keys(waiting).length === 0 && this.#life.delivery.idle;
      if (isDone && !this.network.busy && this.database.waiting === 0 && round > 1) break;
    }
    for (let round = 0; round < 2 * this.collectors.length; round += 1) {
      const syncing = this.collectors[round % this.collectors.length]?.sync();
      for (let turn = 0; turn < 4; turn += 1) {
        await this.pass(25);
        this.database.answer(0, 'stored');
        await this.settle();
      }
      await syncing;
    }
  }

  /** What must be true when all is over. */
  async check(): Promise<void> {
    const { delivery } = this.#life;
    expect(delivery.stats()).toMatchObject({ batches: 0, bytes: 0, events: {}, waiting: {} });
    const givenUp = new Set([...this.#givenUp.values()].flat().flatMap(({ ids }) => ids));
    const missing = (ids: Iterable<string>) =>
      [...ids].filter((id) => !this.#pointsOf.has(id) && !givenUp.has(id));
    expect(missing(this.#onDisk), 'were on the disk, and are neither in the database nor given up').toEqual(
      [],
    );
    expect(missing(this.#life.given), 'were given to the agent that lives, and are nowhere').toEqual([]);
    const state = JSON.parse(unseal(new Map(await this.disk.entries()).get('state') ?? '') ?? '{}');
    const { epoch, next } = state as { epoch: number; next: number };
    expect(state).toMatchObject({ dropped: [], totals: { batches: 0 } });
    for (const collector of this.collectors) {
      expect(collector.quarantined).toBe(0);
      const entry = collector.entries().find((each) => each.epoch === epoch);
      expect(entry?.gaps ?? [], `the ledger of ${collector.name}`).toEqual([]);
      const last = Math.max(
        0,
        ...[...(entry?.ranges ?? []), ...(entry?.droppedRanges ?? [])].map(([, to]) => to),
      );
      expect(last, `the highest number in the ledger of ${collector.name}`).toBe(next - 1);
    }
    this.#checkReports(epoch);
  }

  /** What was given up was told to the centre, as many events as there were. */
  #checkReports(epoch: number): void {
    const told = this.database.rows('dropped').filter((row) => row.epoch === epoch);
    const gone = [...this.#givenUp.values()].flat().filter((batch) => batch.epoch === epoch);
    for (const { seq } of gone) {
      const isTold = told.some((row) => Number(row.from_seq) <= seq && seq <= Number(row.to_seq));
      expect(isTold, `batch ${seq} was given up, and the centre does not know`).toBe(true);
    }
    const eventsTold = told
      .flatMap((row) => [row.events_passage, row.events_flow, row.events_incident])
      .reduce<number>((sum, n) => sum + Number(n ?? 0), 0);
    const eventsGone = gone.reduce((sum, { events }) => sum + events, 0);
    // Without a clock it is dated by its arrival: should a report be given up that arrived, it is there twice.
    if (this.#wasWithoutClock)
      expect(eventsTold, 'events told as given up').toBeGreaterThanOrEqual(eventsGone);
    else expect(eventsTold, 'events told as given up').toBe(eventsGone);
  }

  #makeCollector(): ModelCollector {
    this.#collectorsMade += 1;
    return new ModelCollector(`collector-${this.#collectorsMade}`, this.network, this.database, Date.now);
  }

  #begin(): Life {
    const spare = new CrashableDisk();
    spare.onWrite = (written) => this.#written(written, false);
    const life: Life = {
      isAlive: true,
      spare,
      given: [],
      delivery: new Delivery({
        address: ADDRESS,
        directory: 'model',
        maxBytes: MAX_BYTES,
        maxAgeMs: MAX_AGE_MS,
        publish: (payload) => (life.isAlive ? this.network.publish(payload) : new Promise(() => undefined)),
        isConnected: () => this.network.connected,
        onStorageChange: () => undefined,
        logger: pino({ level: 'silent' }),
        now: () => Date.now() + this.#clockOffMs,
        monotonicMs: Date.now,
        random: () => 0.5,
        batchMs: 250,
        spareAfterMs: 10_000,
        makeDatabase: () => this.disk.connect(),
        makeSpare: () => spare.connect(),
      }),
    };
    return life;
  }

  async #open(): Promise<void> {
    // It waits for the disk, and whoever dies meanwhile waits for ever.
    void this.#life.delivery.open();
    await this.settle();
  }

  #died(): void {
    if (!this.#life.isAlive) return;
    this.#life.isAlive = false;
    this.network.cut(this.disk.writes % 3);
    for (const id of this.#life.given) {
      if (!this.#onDisk.has(id)) this.#diedWithProcess.add(id);
    }
  }

  #stored(point: string, fields: string): void {
    const measurement = point.slice(0, point.indexOf(','));
    const row = rowOf(point, fields);
    if (measurement === 'batch') this.#marks.add(`${row.epoch}/${row.seq}`);
    for (const id of idsInPoint(measurement, row)) {
      const points = this.#pointsOf.get(id) ?? new Set();
      points.add(point);
      this.#pointsOf.set(id, points);
      if (points.size > 1) this.#violations.push(`${id} is stored twice: ${[...points].join(' and ')}`);
    }
  }

  #written(written: Written, isDisk: boolean): void {
    const { deleted, put } = written;
    const state = JSON.parse(unseal(put.get('state') ?? '') ?? '{}') as {
      epoch: number;
      dropped: DroppedRange[];
    };
    const kept = new Set<string>();
    for (const [key, value] of put) {
      if (!decodeKey(key)) continue;
      for (const id of idsIn(value)) {
        kept.add(id);
        if (isDisk) this.#onDisk.add(id);
      }
    }
    for (const [key, value] of deleted) {
      const batch = decodeKey(key);
      if (!batch) continue;
      const ids = idsIn(value);
      if (ids.length > 0 && ids.every((id) => kept.has(id))) continue;
      const isTold = state.dropped.some(({ fromSeq, toSeq }) => fromSeq <= batch.seq && batch.seq <= toSeq);
      if (isTold) {
        const events = Object.values(batch.events).reduce((sum, n) => sum + n, 0);
        const givenUp = { epoch: state.epoch, seq: batch.seq, ids, events };
        this.#givenUp.set(written, [...(this.#givenUp.get(written) ?? []), givenUp]);
      } else {
        const isStored = this.#marks.has(`${state.epoch}/${batch.seq}`);
        if (!isStored || ids.some((id) => !this.#pointsOf.has(id))) {
          this.#violations.push(
            `batch ${batch.seq} (${ids.join(', ')}) left the outbox unstored and unreported`,
          );
        }
      }
    }
  }
}

function idsIn(value: string): string[] {
  const { events } = JSON.parse(`{${unseal(value) ?? ''}}`) as { events: TrafficEvent[] };
  return events.flatMap(idsOf);
}

export function startOfTime(): number {
  return T0 + 86_400_000;
}
