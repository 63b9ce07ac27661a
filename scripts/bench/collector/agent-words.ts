// What a simulated box says of itself, in the sizes of a real one's.

import { type AgentAddress, CONTRACT_VERSION, type Health, type Status } from '../../../contract/index.ts';

export function statusOf(address: AgentAddress, cameras: number, nowMs: number): string {
  const status: Status = {
    ...{
      v: CONTRACT_VERSION,
      ...address,
      state: 'online',
      atMs: nowMs,
      startedAtMs: nowMs,
      version: '0.1.0',
    },
    cameras: Array.from({ length: cameras }, (_, at) => ({
      ...{ camera: `cam-${at + 1}`, name: `Camera ${at + 1}`, state: 'live' as const, sinceMs: nowMs },
      ...{ width: 1280, height: 720, model: 'yolox_nano' },
    })),
  };
  return JSON.stringify(status);
}

export function healthOf(address: AgentAddress, cameras: number, nowMs: number, open: number): string {
  const health: Health = {
    ...{ v: CONTRACT_VERSION, ...address, atMs: nowMs, uptimeS: 86_400.5 },
    cameras: Array.from({ length: cameras }, (_, at) => ({
      ...{ camera: `cam-${at + 1}`, fps: 9.98, framesAnalysed: 100, framesDropped: 0, reconnects: 1 },
      ...{ latencyMs: { p50: 41.2, p95: 77.9 }, inferenceMs: 31.4 },
    })),
    outbox: { batches: open, bytes: open * 800, dropped: 0 },
    ...{ cpu: 0.61, rssBytes: 312_455_168, loadAverage: 2.4, temperatureC: 61.5, clockOffsetMs: -3.5 },
  };
  return JSON.stringify(health);
}
