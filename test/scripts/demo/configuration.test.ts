import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadCollectorConfig, loadEdgeConfig } from '../../../config/load.ts';
import { withoutLogin, writeConfiguration } from '../../../scripts/demo/configuration.ts';
import type { DemoCamera, Scene } from '../../../scripts/demo/scene.ts';

const camera: DemoCamera = {
  camera: 'nga-tu-1',
  name: 'Ngã tư Lạch Tray',
  picture: { width: 640, height: 360 },
  lines: [
    { line: 'south', from: [42.85, 182.48], to: [460.16, 228.12], directions: { toLeft: 'a', toRight: 'b' } },
  ],
  source: { clip: 'clip.mp4' },
};

const second: DemoCamera = {
  camera: 'le-hong-phong',
  name: 'Đường Lê Hồng Phong',
  picture: { width: 640, height: 360 },
  lines: [],
  source: { clip: 'other.mp4' },
  file: 'scripts/demo/cameras/le-hong-phong.yaml',
};

const scene: Scene = { cameras: [camera, second], model: 'yolox_nano', modelDirectories: [] };

const addresses = {
  mqtt: 'mqtt://127.0.0.1:1883',
  influxdb: 'http://127.0.0.1:8086',
  cameras: ['rtsp://127.0.0.1:8554/nga-tu-1', 'rtsp://127.0.0.1:8554/le-hong-phong'],
  agentPort: 9464,
  centrePort: 9465,
};

describe('the configuration files of the demo', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ngatu-demo-configuration-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are accepted by the loader that agent and collector use', async () => {
    const files = await writeConfiguration(folder, scene, addresses);
    const edge = await loadEdgeConfig(files.edge);
    expect(edge.cameras[0]).toMatchObject({
      name: 'Ngã tư Lạch Tray',
      lines: camera.lines,
    });
    expect(edge.cameras[1]).toMatchObject({
      name: 'Đường Lê Hồng Phong',
      source: { url: addresses.cameras[1] },
    });
    expect(edge.cameras[1]?.carriageways).toHaveLength(2);
    const collector = await loadCollectorConfig(files.collector);
    expect(collector.mqtt.url).toBe(addresses.mqtt);
    expect(JSON.parse(readFileSync(collector.centre.map ?? '', 'utf8'))).toMatchObject({
      type: 'FeatureCollection',
    });
  });

  it("keep a camera's password out of the file and out of its address", async () => {
    const stream = new URL('rtsp://viewer:s%40crecy@10.0.0.17/stream1');
    const files = await writeConfiguration(
      folder,
      { ...scene, cameras: [{ ...camera, source: { stream } }] },
      { ...addresses, cameras: [withoutLogin(stream)] },
    );
    const file = readFileSync(join(folder, 'nga-tu-1.yaml'), 'utf8');
    expect(`${readFileSync(files.edge, 'utf8')}${file}`).not.toMatch(/s(@|%40)crecy/);
    expect(Object.values(files.edgeEnvironment)).toEqual(['s@crecy']);
    expect(file).toContain('rtsp://10.0.0.17/stream1');
  });
});
