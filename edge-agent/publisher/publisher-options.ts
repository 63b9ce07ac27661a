// What a publisher is given, and what it tells about itself.

import type { Logger } from 'pino';
import type { AgentAddress } from '../../contract/index.ts';
import type { RetryPolicy } from '../retry-policy.ts';
import type { EventCounts } from './batch-class.ts';
import type { MqttOptions } from './broker-connection.ts';
import type { MakeDatabase } from './outbox-database.ts';

export type PublisherOptions = {
  readonly address: AgentAddress;
  readonly mqtt: MqttOptions;
  readonly outbox: {
    readonly directory: string;
    /** At least 1 MiB. */
    readonly maxBytes: number;
    readonly maxAgeMs: number;
  };
  /** Of the software, for the status. */
  readonly version: string;
  readonly logger: Logger;
  /** What the centre asks of this agent. Default: nobody listens. */
  readonly commands?: CommandListener;
  /** Wall clock, milliseconds since 1970. Default Date.now. */
  readonly now?: () => number;
  /** Numbers in [0, 1), for jitter. Default Math.random. */
  readonly random?: () => number;
  readonly timing?: Partial<PublisherTiming>;
  /** By which batches grow old and are sent again. Default: the process's. For tests that simulate days. */
  readonly monotonicMs?: () => number;
  /** For tests that let the disk fail. */
  readonly makeDatabase?: MakeDatabase;
};

export type CommandListener = {
  /** A message on the agent's command topic. Returns at once, never throws. */
  receive(payload: Buffer): void;
  /** There is a connection: what could not be answered can be now. */
  connected(): void;
};

export type PublisherTiming = {
  /**
   * Longest that an event waits for others before it is written, in milliseconds. Default 250: half of what
   * may pass between frame and control-centre screen. Quiet cameras write as seldom as with a second; so do all while there is no connection.
   */
  readonly batchMs: number;
  /** Changes of the status within so many milliseconds make one message. Default 300. */
  readonly statusMs: number;
  /** How often age and size of the outbox are checked, in milliseconds. Default 10,000. */
  readonly upkeepMs: number;
  /** How long the disk may refuse before events are sent from memory, in milliseconds. Default 10,000. */
  readonly spareAfterMs: number;
  /** Default 10 s growing to 5 min. */
  readonly resend: RetryPolicy;
  /** Default 1 s growing to 60 s. */
  readonly reconnect: RetryPolicy;
};

export type PublisherStats = DeliveryStats & {
  readonly connected: boolean;
  /** Why there is no connection; no credentials in it. */
  readonly connectionProblem?: string;
  /** What the broker refuses though there is a connection; events wait in the outbox meanwhile. */
  readonly refusal?: string;
  /** This clock minus the centre's, in milliseconds. */
  readonly clockOffsetMs?: number;
};

export type DeliveryStats = {
  /** Why nothing can be stored, and what becomes of the events. */
  readonly storageProblem?: string;
  /** What the outbox holds, and what is in memory in its place. */
  readonly batches: number;
  readonly bytes: number;
  readonly events: EventCounts;
  /** How long the oldest batch has waited in the outbox, ms; up to 10 s too long, after it was confirmed. */
  readonly oldestAgeMs?: number;
  /** Events not yet in the outbox. */
  readonly waiting: EventCounts;
  /** Since the start: events taken over, and events given up, each of which is reported to the centre. */
  readonly accepted: EventCounts;
  readonly dropped: EventCounts;
  /** Since the start: batches stored, taken by the broker (again counts again), deleted because confirmed. */
  readonly storedBatches: number;
  readonly publishedBatches: number;
  readonly ackedBatches: number;
  /** Since the start: sent again for want of a confirmation, and not taken by the broker. */
  readonly resentBatches: number;
  readonly failedBatches: number;
  /** Batches sent and not confirmed. */
  readonly unconfirmed: number;
  /** Messages on the ack topic that were not for a life of this agent's outbox that is in use. */
  readonly ignoredAcks: number;
};
