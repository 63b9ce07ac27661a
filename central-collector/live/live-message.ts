// What the live part is handed: deliveries of a broker connection and the messages in them. The same shapes as ingest's,
// said here because live does not import ingest; centre.ts hands connection and reader in.

import type { AgentAddress, Health, Status, TrafficEvent } from '../../contract/index.ts';

export type Delivery = {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly receivedAtMs: number;
  /** Tells the broker to forget the message. */
  acknowledge(): void;
};

export type BatchName = AgentAddress & { readonly epoch: number; readonly seq: number };

export type LiveBatch = BatchName & {
  readonly receivedAtMs: number;
  readonly events: readonly { readonly position: number; readonly event: TrafficEvent }[];
};

export type LiveMessage =
  | { readonly kind: 'batch'; readonly batch: LiveBatch }
  | { readonly kind: 'status'; readonly status: Status }
  | { readonly kind: 'health'; readonly health: Health }
  | { readonly kind: 'rejected' };

export type ReadLiveMessage = (topic: string, payload: Uint8Array, receivedAtMs: number) => LiveMessage;

/** A connection to the broker that listens to events, status and health of all agents. */
export type LiveSource = {
  open(): void;
  close(): Promise<void>;
  /** Why nothing comes at the moment. */
  readonly problem: string | undefined;
};

export type SourceHandlers = {
  readonly onDelivery: (delivery: Delivery) => void;
  /** `resumed`: the broker had kept the session, nothing was missed meanwhile. */
  readonly onListening: (resumed: boolean) => void;
};

/** When an event became known to its box; for an interval its end. */
export function knownAtMs(event: TrafficEvent): number {
  switch (event.type) {
    case 'passage':
      return event.atMs;
    case 'flow':
    case 'zone':
      return event.toMs;
    case 'incident':
      return event.updatedAtMs;
    case 'journey':
      return event.exitedAtMs;
  }
}
