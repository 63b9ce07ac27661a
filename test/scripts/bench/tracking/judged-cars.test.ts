import { describe, expect, it } from 'vitest';
import { judgedCars } from '../../../../scripts/bench/tracking/judged-cars.ts';
import type { KittiObject } from '../../../../scripts/bench/tracking/kitti.ts';
import type { Box } from '../../../../scripts/models/box-overlap.ts';

const HERE: Box = [0, 0, 100, 60];
const AWAY: Box = [500, 0, 600, 60];
const object = (changes: Partial<KittiObject> = {}): KittiObject => ({
  ...{ frame: 0, id: 1, type: 'Car', truncation: 0, occlusion: 0, box: HERE },
  ...changes,
});
const track = (box: Box) => ({ id: 7, box });

describe('cars of a KITTI frame', () => {
  it.each([
    { what: 'a car in full view with a track', objects: [object()], box: HERE, truths: 1, tracks: 1 },
    { what: 'a largely occluded car', objects: [object({ occlusion: 2 })], box: HERE, truths: 1, tracks: 1 },
    { what: 'a track where nothing is', objects: [object()], box: AWAY, truths: 1, tracks: 1 },
    { what: 'a track on a truck', objects: [object({ type: 'Truck' })], box: HERE, truths: 0, tracks: 1 },
    {
      // Overlap 0.4 is no match, so the van does not forgive the track.
      what: 'a track that hardly fits a van',
      objects: [object({ type: 'Van' })],
      box: [0, 0, 40, 60] as Box,
      truths: 0,
      tracks: 1,
    },
    {
      // The car fits better and takes the track; the van is left unmatched.
      what: 'a track between a car and a van',
      objects: [object(), object({ id: 2, type: 'Van', box: [10, 0, 110, 60] })],
      box: HERE,
      truths: 1,
      tracks: 1,
    },
    {
      what: 'an unmatched track half in a DontCare region',
      objects: [object({ id: -1, type: 'DontCare', box: [550, 0, 700, 60] })],
      box: AWAY,
      truths: 0,
      tracks: 1,
    },
  ])('judge $what', ({ objects, box, truths, tracks }) => {
    const judged = judgedCars(objects, [track(box)]);
    expect([judged.truths.length, judged.tracks.length]).toEqual([truths, tracks]);
  });

  it.each([
    { what: 'a van', objects: [object({ type: 'Van' })], box: HERE },
    { what: "a car cut by the picture's edge", objects: [object({ truncation: 1 })], box: HERE },
    { what: 'a car of unknown occlusion', objects: [object({ occlusion: 3 })], box: HERE },
    { what: 'nothing, if it is at most 25 px high', objects: [], box: [0, 0, 40, 25] as Box },
    {
      what: 'a DontCare region, if more than half lies in it',
      objects: [object({ id: -1, type: 'DontCare', box: [549, 0, 700, 60] })],
      box: AWAY,
    },
  ])('forgive a track on $what', ({ objects, box }) => {
    expect(judgedCars(objects, [track(box)])).toEqual({ truths: [], tracks: [] });
  });

  it('ask for a car in a DontCare region, and judge the track that found it', () => {
    const objects = [object(), object({ id: -1, type: 'DontCare' })];
    expect(judgedCars(objects, [track(HERE)])).toMatchObject({ truths: [{ id: 1 }], tracks: [{ id: 7 }] });
  });

  it('judge a low track that fits a low car', () => {
    const low: Box = [0, 0, 40, 20];
    expect(judgedCars([object({ box: low })], [track(low)])).toMatchObject({ tracks: [{ id: 7 }] });
  });
});
