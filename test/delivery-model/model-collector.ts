// A collector as central-collector/main.ts wires it, over the model's broker and database, without its HTTP pages. It is
// closed by forgetting it, as a killed process is.

import { pino } from 'pino';
import { AckSender } from '../../central-collector/ingest/acks.ts';
import type { Delivery } from '../../central-collector/ingest/broker.ts';
import { Intake } from '../../central-collector/ingest/intake.ts';
import { Ledger, type LedgerEntry } from '../../central-collector/ingest/ledger.ts';
import { LedgerSync } from '../../central-collector/ingest/ledger-sync.ts';
import { BatchWriter } from '../../central-collector/store/batch-writer.ts';
import { pageOfMarks, streamsOfLedgerRows } from '../../central-collector/store/ledger-points.ts';
import { PointStore } from '../../central-collector/store/store.ts';
import type { ModelDatabase } from './model-database.ts';
import type { ModelNetwork, Receiver } from './model-network.ts';

const log = pino({ level: 'silent' });

export class ModelCollector implements Receiver {
  readonly name: string;
  readonly #network: ModelNetwork;
  readonly #database: ModelDatabase;
  readonly #ledger = new Ledger();
  readonly #intake: Intake;
  readonly #sync: LedgerSync;
  #isAlive = true;
  /** Messages that were put aside as not storable; a model's agent sends none. */
  quarantined = 0;

  constructor(name: string, network: ModelNetwork, database: ModelDatabase, nowMs: () => number) {
    this.name = name;
    this.#network = network;
    this.#database = database;
    const writer = new BatchWriter({
      write: database.writeOf(name),
      sleep: (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)),
    });
    const store = new PointStore(writer, name, nowMs);
    const acks = new AckSender({
      log,
      now: nowMs,
      publish: async (_topic, payload) => {
        if (this.#isAlive) network.answer(payload);
        return true;
      },
    });
    this.#intake = new Intake({
      store,
      ledger: this.#ledger,
      quarantine: async () => {
        this.quarantined += 1;
      },
      answer: (id) => acks.add(id),
      log,
      now: nowMs,
    });
    this.#sync = new LedgerSync({
      ledger: this.#ledger,
      loadSummaries: async () => streamsOfLedgerRows(newestSummaries(database)),
      loadMarks: async (_sinceMs, whose) =>
        pageOfMarks(database.rows('batch').filter((row) => whose === 'all' || row.collector !== name)),
      saveSummaries: (entries, atMs) => store.ledger(entries, atMs),
      now: nowMs,
    });
  }

  take(delivery: Delivery): void {
    this.#intake.take({ ...delivery, acknowledge: () => this.#isAlive && delivery.acknowledge() });
  }

  /** Begins to listen to the marks of others and to write summaries; ends when the database has answered. */
  async sync(): Promise<void> {
    await this.#sync.run();
  }

  entries(): LedgerEntry[] {
    return this.#ledger.entries();
  }

  get inHand(): number {
    return this.#intake.inHand;
  }

  /** At any moment; of what was on the way to the database all or nothing has been stored. */
  kill(isStored: boolean): void {
    this.#isAlive = false;
    this.#database.forget(this.name, isStored);
    this.#network.requeue(this.name);
  }
}

/** As `summariesSince` asks: the four newest of each collector and agent. */
function newestSummaries(database: ModelDatabase) {
  const taken = new Map<unknown, number>();
  return database
    .rows('ledger')
    .toSorted((a, b) => Number(b.time) - Number(a.time))
    .filter(({ collector }) => {
      const n = (taken.get(collector) ?? 0) + 1;
      taken.set(collector, n);
      return n <= 4;
    });
}
