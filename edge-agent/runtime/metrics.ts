// The agent's numbers for Prometheus. Names and labels are documented in docs/operations.md.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type AgentMetrics = ReturnType<typeof createAgentMetrics>;

/** A registry of its own for each agent, so that two in one process (tests) do not mix. */
export function createAgentMetrics() {
  const registry = new Registry();
  const registers = [registry];
  let certificateDays: Gauge | undefined;
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    /** Made when it is first asked for: without a certificate there is no number that would be true. */
    certificateDays: () => {
      certificateDays ??= new Gauge({
        name: 'ngatu_certificate_days',
        help: 'Whole days until the certificate of mqtt.tls ends, negative when it has ended',
        registers,
      });
      return certificateDays;
    },
    framesAnalysed: new Counter({
      name: 'ngatu_frames_analysed_total',
      help: 'Frames that went through detection, tracking and analytics',
      labelNames: ['camera'],
      registers,
    }),
    framesDropped: new Counter({
      name: 'ngatu_frames_dropped_total',
      help: 'Frames the camera sent that were not analysed because the box was busy or detection failed',
      labelNames: ['camera'],
      registers,
    }),
    cameraLive: new Gauge({
      name: 'ngatu_camera_live',
      help: '1 while frames come from the camera, else 0',
      labelNames: ['camera'],
      registers,
    }),
    reconnects: new Gauge({
      name: 'ngatu_camera_reconnects',
      help: 'Reconnections to the camera since the agent started',
      labelNames: ['camera'],
      registers,
    }),
    latency: new Histogram({
      name: 'ngatu_frame_latency_seconds',
      help: 'From a frame in hand to its events',
      labelNames: ['camera'],
      buckets: [0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1],
      registers,
    }),
    events: new Counter({
      name: 'ngatu_events_total',
      help: 'Traffic events made, by type',
      labelNames: ['camera', 'type'],
      registers,
    }),
    unreportedFrames: new Counter({
      name: 'ngatu_frames_unreported_total',
      help: 'Frames in no interval, because theirs had been reported before the clock was set back',
      labelNames: ['camera'],
      registers,
    }),
    unreportedPassages: new Counter({
      name: 'ngatu_passages_unreported_total',
      help: 'Passages in the count of no interval, for the same reason',
      labelNames: ['camera'],
      registers,
    }),
    outboxBatches: new Gauge({
      name: 'ngatu_outbox_batches',
      help: 'Batches on disk that no collector has acknowledged yet',
      registers,
    }),
    outboxBytes: new Gauge({
      name: 'ngatu_outbox_bytes',
      help: 'Bytes of those batches',
      registers,
    }),
    eventsGivenUp: new Gauge({
      name: 'ngatu_outbox_events_dropped',
      help: 'Events given up since the agent started because the outbox was full, too old or damaged',
      registers,
    }),
    brokerConnected: new Gauge({
      name: 'ngatu_broker_connected',
      help: '1 while the agent is connected to its broker, else 0',
      registers,
    }),
  };
}
