// How agents and their cameras fare, as points.

import type { Health, Status } from '../../contract/index.ts';
import { int, type Point } from './line-protocol.ts';

/** One point for the agent and one for each camera it reports. */
export function statusPoints(status: Status): Point[] {
  const { site, agent, atMs } = status;
  const own: Point = {
    measurement: 'agent_status',
    tags: { site, agent },
    fields: {
      state: status.state,
      reason: status.reason,
      version: status.version,
      started_at_ms: int(status.startedAtMs),
      cameras: int(status.cameras.length),
      cameras_live: int(status.cameras.filter(({ state }) => state === 'live').length),
    },
    atMs,
  };
  const cameras = status.cameras.map(
    (camera): Point => ({
      measurement: 'camera_status',
      tags: { site, agent, camera: camera.camera },
      fields: {
        state: camera.state,
        fault: camera.fault,
        detail: camera.detail,
        name: camera.name,
        since_ms: int(camera.sinceMs),
        width: camera.width === undefined ? undefined : int(camera.width),
        height: camera.height === undefined ? undefined : int(camera.height),
        model: camera.model,
      },
      atMs,
    }),
  );
  return [own, ...cameras];
}

export function healthPoints(health: Health): Point[] {
  const { site, agent, atMs, outbox } = health;
  const own: Point = {
    measurement: 'agent_health',
    tags: { site, agent },
    fields: {
      uptime_s: health.uptimeS,
      outbox_batches: int(outbox.batches),
      outbox_bytes: int(outbox.bytes),
      outbox_oldest_ms: outbox.oldestMs === undefined ? undefined : int(outbox.oldestMs),
      outbox_dropped: int(outbox.dropped),
      cpu_share: health.cpu,
      rss_bytes: int(health.rssBytes),
      load_average: health.loadAverage,
      temperature_c: health.temperatureC,
      clock_offset_ms: health.clockOffsetMs,
    },
    atMs,
  };
  const cameras = health.cameras.map(
    (camera): Point => ({
      measurement: 'camera_health',
      tags: { site, agent, camera: camera.camera },
      fields: {
        fps: camera.fps,
        frames_analysed: int(camera.framesAnalysed),
        frames_dropped: int(camera.framesDropped),
        reconnects: int(camera.reconnects),
        latency_p50_ms: camera.latencyMs?.p50,
        latency_p95_ms: camera.latencyMs?.p95,
        inference_ms: camera.inferenceMs,
      },
      atMs,
    }),
  );
  return [own, ...cameras];
}
