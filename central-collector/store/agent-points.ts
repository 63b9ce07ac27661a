// How agents and their cameras fare, as points.

import type { CameraStatus, Health, Status } from '../../contract/index.ts';
import { float, int, type Point, text } from './line-protocol.ts';

/**
 * One point for the agent and one for each camera it reports, dated by their arrival: a last will was written when the
 * agent connected, and would stand before everything that it ends. `ns` keeps apart what arrives in one millisecond.
 *
 * An agent that is offline says nothing about its cameras: the last will's words on them are as old as the connection,
 * and a stopped agent has closed them itself. They become `unknown`, lest the last word on them stays `live` or a fault.
 */
export function statusPoints(status: Status, receivedAtMs: number, ns: number): Point[] {
  const { site, agent } = status;
  const online = status.state === 'online';
  const own: Point = {
    measurement: 'agent_status',
    tags: { agent, site },
    fields: {
      state: text(status.state),
      reason: text(status.reason),
      problem: text(status.problem),
      version: text(status.version),
      told_at_ms: int(status.atMs),
      started_at_ms: int(status.startedAtMs),
      cameras: int(status.cameras.length),
      cameras_live: int(online ? status.cameras.filter(({ state }) => state === 'live').length : 0),
    },
    atMs: receivedAtMs,
    ns,
  };
  const cameras = status.cameras.map(
    (camera): Point => ({
      measurement: 'camera_status',
      tags: { agent, camera: camera.camera, site },
      fields: !online
        ? unknown(status, camera)
        : {
            state: text(camera.state),
            fault: text(camera.fault),
            detail: text(camera.detail),
            name: text(camera.name),
            since_ms: int(camera.sinceMs),
            width: int(camera.width),
            height: int(camera.height),
            model: text(camera.model),
          },
      atMs: receivedAtMs,
      ns,
    }),
  );
  return [own, ...cameras];
}

function unknown({ reason }: Status, { name }: CameraStatus): Point['fields'] {
  const why = { lost: 'its agent was lost', stopped: 'its agent was stopped' };
  return {
    state: text('unknown'),
    detail: text(reason ? why[reason] : 'its agent is offline'),
    name: text(name),
  };
}

export function healthPoints(health: Health): Point[] {
  const { site, agent, atMs, outbox } = health;
  const own: Point = {
    measurement: 'agent_health',
    tags: { agent, site },
    fields: {
      uptime_s: float(health.uptimeS),
      outbox_batches: int(outbox.batches),
      outbox_bytes: int(outbox.bytes),
      outbox_oldest_ms: int(outbox.oldestMs),
      outbox_dropped: int(outbox.dropped),
      cpu_share: float(health.cpu),
      rss_bytes: int(health.rssBytes),
      load_average: float(health.loadAverage),
      temperature_c: float(health.temperatureC),
      clock_offset_ms: float(health.clockOffsetMs),
    },
    atMs,
  };
  const cameras = health.cameras.map(
    (camera): Point => ({
      measurement: 'camera_health',
      tags: { agent, camera: camera.camera, site },
      fields: {
        fps: float(camera.fps),
        frames_analysed: int(camera.framesAnalysed),
        frames_dropped: int(camera.framesDropped),
        reconnects: int(camera.reconnects),
        latency_p50_ms: float(camera.latencyMs?.p50),
        latency_p95_ms: float(camera.latencyMs?.p95),
        inference_ms: float(camera.inferenceMs),
      },
      atMs,
    }),
  );
  return [own, ...cameras];
}
