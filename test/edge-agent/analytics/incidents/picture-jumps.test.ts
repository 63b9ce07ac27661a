import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../../contract/index.ts';
import { PictureJumps } from '../../../../edge-agent/analytics/incidents/picture-jumps.ts';
import type { Observation } from '../../../../edge-agent/analytics/observation.ts';
import type { Thumbnail } from '../../../../edge-agent/source/frame.ts';
import { observationsOf, play } from '../../../support/observations.ts';
import { drives, incidentsOn, kinds, VIEW } from './road.ts';

/** A picture of which a share is lighter than before. */
function picture(share: number, levels = 30): Thumbnail {
  const luma = new Uint8Array(1000).fill(100).fill(100 + levels, 0, 1000 * share);
  const at = { scaleX: 1, scaleY: 1, originX: 0, originY: 0 };
  return { width: 40, height: 25, luma, ...at, edges: { share: 0, sharpness: undefined } };
}

describe('a jump of the whole picture', () => {
  it('is when most of it changes at once, and leaves doubt for six seconds', () => {
    const jumps = new PictureJumps();
    expect(jumps.isDoubtful(picture(0), 0)).toBe(false);
    expect(jumps.isDoubtful(picture(0.6), 300)).toBe(true);
    expect(jumps.isDoubtful(undefined, 6300)).toBe(true);
    expect(jumps.isDoubtful(picture(0.6), 6400)).toBe(false);
  });

  it.each([
    ['less of it changes, as when a bus passes', picture(0.5), 300],
    ['it gets a little lighter', picture(1, 8), 300],
    ['nobody looked for a while', picture(1), 1100],
  ])('is none when %s', (_, second, atMs) => {
    const jumps = new PictureJumps();
    jumps.isDoubtful(picture(0), 0);
    expect(jumps.isDoubtful(second, atMs)).toBe(false);
  });
});

describe('incidents after a knock against the camera', () => {
  const roadUsers = [{ id: 1, ground: drives(90, { atS: 5 }) }];
  const found = (knockS: number): string[] => {
    const observations = observationsOf({ roadUsers, view: VIEW, durationS: 20 }).map(
      (observation, i): Observation => ({ ...observation, thumbnail: picture(i < knockS * 10 ? 0 : 1) }),
    );
    const events = play(incidentsOn({ speedLimitKmh: 60 }), observations);
    return kinds(events.filter((event): event is Incident => event.type === 'incident'));
  };

  it('are not believed until it is known what the camera looks at', () => {
    expect(found(4.5)).toEqual([]);
    expect(found(50)).toEqual(['speeding']);
  });
});
