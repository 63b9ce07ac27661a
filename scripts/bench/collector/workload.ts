// The messages of a throughput measurement: the same for the same plan, so that every process makes its own copy and
// none has to be handed over.

import { topicOf } from '../../../contract/index.ts';
import { AgentTraffic } from './agent-traffic.ts';

export type WorkloadPlan = {
  readonly agents: number;
  readonly cameras: number;
  /** Mean for each camera. */
  readonly passagesPerS: number;
  /** The first minute makes the series and is not measured. */
  readonly minutes: number;
  readonly fromMs: number;
};

export type WorkloadMessage = {
  readonly agent: string;
  readonly topic: string;
  readonly payload: string;
  readonly events: number;
};

export const SITE = 'hai-phong';

export function agentName(index: number): string {
  return `box-${String(index + 1).padStart(4, '0')}`;
}

/** The messages of one minute of all agents after the other, in the order of sending. */
export function* workloadOf(plan: WorkloadPlan): Generator<WorkloadMessage[]> {
  const { agents, cameras, passagesPerS, minutes, fromMs } = plan;
  const all = Array.from({ length: agents }, (_, index) => {
    const address = { site: SITE, agent: agentName(index) };
    return new AgentTraffic({ address, cameras, passagesPerS, seed: index + 1, fromMs });
  });
  for (let minute = 0; minute < minutes; minute += 1) {
    yield all
      .flatMap((agent) => agent.nextMinute())
      .sort((a, b) => a.atMs - b.atMs)
      .map(({ batch }) => ({
        agent: batch.agent,
        topic: topicOf(batch, 'events'),
        payload: JSON.stringify(batch),
        events: batch.events.length,
      }));
  }
}
