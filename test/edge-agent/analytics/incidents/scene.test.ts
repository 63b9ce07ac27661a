import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Incident, RoadUser } from '../../../../contract/index.ts';
import { calibrate, toGround } from '../../../../edge-agent/analytics/calibration.ts';
import { CameraAnalytics } from '../../../../edge-agent/analytics/camera-analytics.ts';
import { Incidents } from '../../../../edge-agent/analytics/incidents/incidents.ts';
import type { Track } from '../../../../edge-agent/tracker/track.ts';
import { readScene } from '../../../../scripts/scenes/scene-file.ts';
import { readTruth } from '../../../../scripts/scenes/truth-file.ts';
import { sceneRoads } from '../../../../scripts/scorecard/scene-roads.ts';
import { frameAt } from '../../tracker/make-detections.ts';

const ROOT = join(import.meta.dirname, '../../../..');

/** Alarms of a scene whose road users are seen as well as anybody could: kind and seconds from the start. */
async function alarmsOf(name: string): Promise<string[]> {
  const { header, frames } = await readTruth(join(ROOT, `test/fixtures/scenes/${name}.truth.jsonl.gz`));
  const scene = await readScene(join(ROOT, `scripts/scenes/library/${name}.yaml`));
  const { picture } = header;
  const calibration = calibrate({ picture, ...header.calibration });
  const incidents = new Incidents({
    camera: name,
    picture,
    carriageways: sceneRoads(scene),
    toGround: ({ x, y }) => toGround(calibration, [x, y]),
  });
  const observers = [incidents];
  const analytics = new CameraAnalytics({
    camera: name,
    picture,
    lines: [],
    calibration,
    observers,
    roadUsers: [],
  });
  const seen = new Map<number, number>();
  const events = frames.flatMap(({ t, objects }, index) => {
    const tracks = objects.flatMap(({ id, box, occlusion, class: kind }): Track[] => {
      if (kind === 'debris' || occlusion > 0.8 || box[3] - box[1] < 8) return [];
      const times = (seen.get(id) ?? 0) + 1;
      seen.set(id, times);
      const roadUser: RoadUser = kind;
      return [{ id, box, roadUser, roadUserShare: 1, score: 0.8, seen: true, confirmed: times >= 3 }];
    });
    const geometry = { ...frameAt(0).geometry, sourceWidth: picture.width, sourceHeight: picture.height };
    return analytics.update({ frame: frameAt(Math.round(t * 1000), { index, geometry }), tracks, ended: [] });
  });
  return events
    .filter((event): event is Incident => event.type === 'incident' && event.state === 'detected')
    .map(
      ({ kind, detectedAtMs }) => `${kind} ${Math.round((detectedAtMs - frameAt(0).capturedAtMs) / 1000)}`,
    );
}

describe('a scene of twenty seconds', () => {
  it('has its three incidents found, each as soon as its definition is met', async () => {
    // Truth: driving the wrong way in sight from 2.6 s, on foot on the carriageway from 4.2 s, standing from 7 to 8 s.
    expect(await alarmsOf('short-incidents')).toEqual(['wrong-way 4', 'pedestrian 6', 'stopped-vehicle 17']);
  });

  it.each(['short-mixed', 'short-motorbikes'])('without incidents has none found: %s', async (name) => {
    expect(await alarmsOf(name)).toEqual([]);
  });
});
