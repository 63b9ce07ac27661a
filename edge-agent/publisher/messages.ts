// The messages of an agent as JSON texts.

import {
  type AgentAddress,
  type CameraStatus,
  CONTRACT_VERSION,
  type Health,
  type Status,
} from '../../contract/index.ts';
import type { BatchWithBody } from './outbox-records.ts';

/** What only the agent's main program knows of its health; the publisher adds the rest. */
export type Vitals = Omit<Health, 'v' | 'site' | 'agent' | 'outbox' | 'clockOffsetMs'>;

/** A batch as the contract's EventBatch. Its body was made when it was stored and is the same each time. */
export function eventsMessage(
  { site, agent }: AgentAddress,
  { epoch, seq, body }: BatchWithBody,
  sentAtMs: number,
): string {
  const envelope = JSON.stringify({ v: CONTRACT_VERSION, site, agent, epoch, seq, sentAtMs });
  return `${envelope.slice(0, -1)},${body}}`;
}

export type StatusFacts = {
  readonly state: Status['state'];
  readonly reason?: 'lost' | 'stopped';
  readonly atMs: number;
  readonly startedAtMs: number;
  readonly version: string;
  readonly cameras: readonly CameraStatus[];
  readonly problem?: string | undefined;
};

export function statusMessage(address: AgentAddress, facts: StatusFacts): string {
  const { problem, cameras, ...rest } = facts;
  const status: Status = {
    v: CONTRACT_VERSION,
    ...address,
    ...rest,
    cameras: [...cameras],
    ...(problem !== undefined && { problem: problem.slice(0, 500) }),
  };
  return JSON.stringify(status);
}

export function healthMessage(
  address: AgentAddress,
  vitals: Vitals,
  outbox: Health['outbox'],
  clockOffsetMs: number | undefined,
): string {
  const health: Health = {
    v: CONTRACT_VERSION,
    ...address,
    ...vitals,
    outbox,
    ...(clockOffsetMs !== undefined && { clockOffsetMs }),
  };
  return JSON.stringify(health);
}
