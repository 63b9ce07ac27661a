// How well identities are kept, beside peers that saw the same boxes, and what the tracker costs.

import { ROAD_USERS } from '../../contract/index.ts';
import { unscaledGeometry } from '../../edge-agent/source/frame-geometry.ts';
import { Tracker } from '../../edge-agent/tracker/tracker.ts';
import { type PeerRow, readPeerRows } from '../bench/peers/peer-rows.ts';
import { hashOfBoxes } from '../bench/peers/run-peers.ts';
import { benchData } from '../bench/tracking/print-tracking.ts';
import { rowOfResults, type TrackingRow, trackSequence } from '../bench/tracking/score-data.ts';
import { seededRandom } from '../scenes/random.ts';
import { quantile, table } from './markdown.ts';
import type { Section, Target } from './section.ts';

/** Scenes that the peers saw too; those that are not there are told. */
const SCENES = ['city-day', 'crossroads-day', 'street-motorbikes'];
const RATES = [25, 10, 5];
const LEAST_HOTA = 95;
const OBJECTS = 50;
const MOST_MS = 0.3;

export const trackingSection: Section = {
  name: 'tracking',
  heading: 'Tracking',
  measure: async ({ data, scenesDir, model, say }) => {
    const peers = await readPeerRows().catch(() => undefined);
    const rows: (string | number)[][] = [];
    const targets: Target[] = [];
    const others: string[] = [];
    for await (const set of benchData({ data, scenesDir, scenes: SCENES, fps: RATES, model })) {
      const own = rowOfResults(
        set,
        set.sequences.map((sequence) => trackSequence(sequence)),
      );
      say(`  ${own.data}, ${own.fps} frames a second: HOTA ${own.HOTA}, IDF1 ${own.IDF1}, MOTA ${own.MOTA}`);
      rows.push(cellsOf('ngatu', own));
      const boxes = hashOfBoxes(set);
      const named = (peers ?? []).filter((peer) => peer.data === own.data && peer.fps === own.fps);
      const beside = named.filter((peer) => peer.boxes === boxes);
      if (beside.length < named.length) others.push(`${own.data} at ${own.fps} frames a second`);
      for (const peer of beside) rows.push(cellsOf(`${peer.tracker} ${peer.version}, ${peer.setting}`, peer));
      targets.push(...targetsOf(own, beside));
    }
    const ms = quantile(timesWith(OBJECTS), 0.5) ?? Number.NaN;
    say(`  ${OBJECTS} objects: ${ms.toFixed(3)} ms a frame`);
    targets.push({
      what: `tracker, ${OBJECTS} objects: at most ${MOST_MS} ms a frame`,
      measured: `${ms.toFixed(3)} ms`,
      met: ms <= MOST_MS,
    });
    return {
      text: [
        'HOTA, DetA, AssA, IDF1 and MOTA in percent, as TrackEval defines them; judged by what the tracker said at the time of each frame.',
        ...(rows.length > 0
          ? [table(['tracker', 'data', 'fps', 'HOTA', 'DetA', 'AssA', 'IDF1', 'MOTA', 'switches'], rows)]
          : ['Not measured: neither KITTI nor the scenes are here.']),
        ...(others.length > 0
          ? [
              `Peers saw other boxes of ${others.join(', ')}, so that their scores cannot stand beside ours; \`npm run bench -- peers\` measures them anew.`,
            ]
          : []),
        ...(peers === undefined ? ["Peers' scores are not there; `npm run bench -- peers` makes them."] : []),
        `The tracker takes ${ms.toFixed(3)} ms a frame (median) for ${OBJECTS} objects that all move and are all seen.`,
      ].join('\n\n'),
      targets,
    };
  },
};

function cellsOf(
  name: string,
  { data, fps, HOTA, DetA, AssA, IDF1, MOTA, IDSW }: TrackingRow,
): (string | number)[] {
  return [name, data, fps, ...[HOTA, DetA, AssA, IDF1, MOTA].map((score) => score.toFixed(2)), IDSW];
}

function targetsOf(own: TrackingRow, peers: readonly PeerRow[]): Target[] {
  if (own.data.includes('ground truth')) {
    return [
      {
        what: `${own.data}: HOTA at least ${LEAST_HOTA}`,
        measured: own.HOTA.toFixed(2),
        met: own.HOTA >= LEAST_HOTA,
      },
    ];
  }
  return peers
    .filter(({ setting }) => setting === 'default')
    .map((peer) => ({
      what: `${own.data}, ${own.fps} frames a second: HOTA above ${peer.tracker}'s ${peer.HOTA.toFixed(2)}`,
      measured: own.HOTA.toFixed(2),
      met: own.HOTA > peer.HOTA,
    }));
}

/** Times of single updates, ms, after a warm-up, for a crowd that drives through the picture and comes again. */
function timesWith(objects: number): number[] {
  const random = seededRandom(7);
  const size = { width: 1280, height: 720 };
  const crowd = Array.from({ length: objects }, () => ({
    x: random() * size.width,
    y: random() * size.height,
    vx: 40 + random() * 120,
  }));
  const tracker = new Tracker();
  const times: number[] = [];
  for (let index = 0; index < 600; index++) {
    const boxes = crowd.flatMap(({ x, y, vx }) => {
      const at = (x + (vx * index) / 10) % size.width;
      return [at - 24 + random() * 2, y - 18 + random() * 2, at + 24 + random() * 2, y + 18 + random() * 2];
    });
    const detections = {
      frame: {
        index,
        cameraTimeMs: index * 100,
        capturedAtMs: index * 100,
        droppedBefore: 0,
        discontinuity: false,
        geometry: unscaledGeometry(size),
      },
      count: objects,
      boxes: Float32Array.from(boxes),
      scores: new Float32Array(objects).fill(0.8),
      roadUsers: new Uint8Array(objects).fill(ROAD_USERS.indexOf('car')),
    };
    const from = performance.now();
    tracker.update(detections);
    if (index >= 100) times.push(performance.now() - from);
  }
  return times;
}
