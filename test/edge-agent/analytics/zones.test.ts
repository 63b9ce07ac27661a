import { describe, expect, it } from 'vitest';
import { type TrafficEvent, type Zone, zoneSchema } from '../../../contract/index.ts';
import { ZoneIntervals, type ZoneIntervalsOptions } from '../../../edge-agent/analytics/zone-intervals.ts';
import { observationsOf, play, type Script, START_MS, type Waypoint } from '../../support/observations.ts';

/** 400..800 x 200..500 px. Cars are 80 x 60 px, their size is 69 px. */
const ZONE = {
  zone: 'crossing',
  polygon: [
    [400, 200],
    [800, 200],
    [800, 500],
    [400, 500],
  ],
} as const;

function zones(changes: Partial<ZoneIntervalsOptions> = {}): ZoneIntervals {
  return new ZoneIntervals({
    camera: 'test',
    zones: [ZONE],
    roadUsers: ['car', 'person'],
    picture: { width: 1280, height: 720 },
    ...changes,
  });
}

function zonesOf(events: readonly TrafficEvent[]): Zone[] {
  return events.filter((event) => event.type === 'zone').map((event) => zoneSchema.parse(event));
}

/** The only interval of a scene. */
function theZone(target: ZoneIntervals, scene: Parameters<typeof play>[1]): Zone {
  const [zone, ...more] = zonesOf(play(target, scene));
  if (zone === undefined || more.length > 0) throw new Error(`${more.length + 1} zone events`);
  return zone;
}

/** From the left of the zone through it to the right: in at 3 s, out at 7 s. */
const THROUGH: Waypoint[] = [
  [1, 200, 350],
  [9, 1000, 350],
];

const totals = ({ entries, exits, appeared, lost }: Zone) => ({
  in: entries.car,
  out: exits.car,
  appeared,
  lost,
});

describe('a zone', () => {
  it('counts who drives through, for how long it was there, and how much of the time somebody was', () => {
    const zone = theZone(zones(), { roadUsers: [{ id: 1, px: THROUGH }], durationS: 20 });
    expect(zone).toMatchObject({
      zone: 'crossing',
      fromMs: START_MS,
      toMs: START_MS + 60_000,
      observedMs: 20_000,
      entries: { car: 1, person: 0 },
      exits: { car: 1, person: 0 },
      appeared: 0,
      lost: 0,
      presentMax: 1,
    });
    expect(zone.dwell?.n).toBe(1);
    expect(zone.dwell?.sumS).toBeCloseTo(4, 3);
    expect(zone.presentMean).toBeCloseTo(4 / 20, 3);
    // A tenth of its 80 px is in from 368 to 832 px: 4.64 s of 100 px each.
    expect(zone.timeOccupancy).toBeCloseTo(4.64 / 20, 1);
    // Its lower quarter, 80 x 15 px of 400 x 300, for 4 s: less on its way in and out, but for longer.
    expect(zone.spaceOccupancy).toBeCloseTo((4 * 80 * 15) / (400 * 300) / 20, 4);
  });

  it('lets nobody enter and leave who jitters on its edge', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const px: Waypoint[] = [
        [1, 200, 350],
        [3, 400, 350],
        [40, 400, 350],
        [43, 800, 350],
        [50, 1100, 350],
      ];
      const zone = theZone(zones(), { roadUsers: [{ id: 1, px }], jitterPx: 6, seed });
      expect(totals(zone)).toEqual({ in: 1, out: 1, appeared: 0, lost: 0 });
    }
  });

  it('has present, but not entering, who is there when watching begins', () => {
    const px: Waypoint[] = [
      [0, 600, 350],
      [10, 600, 350],
      [14, 1000, 350],
    ];
    const zone = theZone(zones(), { roadUsers: [{ id: 1, px }], durationS: 24 });
    expect(totals(zone)).toEqual({ in: 0, out: 1, appeared: 0, lost: 0 });
    expect(zone.presentMean).toBeCloseTo(12 / 24, 2);
    // Nobody knows how long it had been there.
    expect(zone.dwell).toEqual({ n: 0, sumS: 0 });
  });

  it('tells who vanishes inside from who leaves: present until last seen, lost, no dwell', () => {
    const px: Waypoint[] = [
      [2, 200, 350],
      [6, 600, 350],
      [12, 600, 350],
    ];
    const zone = theZone(zones(), { roadUsers: [{ id: 1, px, goneAfterS: 5 }], durationS: 20 });
    expect(totals(zone)).toEqual({ in: 1, out: 0, appeared: 0, lost: 1 });
    expect(zone.presentMean).toBeCloseTo(8 / 20, 2);
    expect(zone.dwell?.n).toBe(0);
  });

  it('tells who appears inside from who enters', () => {
    const px: Waypoint[] = [
      [5, 600, 350],
      [8, 600, 350],
      [12, 1000, 350],
    ];
    const zone = theZone(zones(), { roadUsers: [{ id: 1, px }], durationS: 20 });
    expect(totals(zone)).toEqual({ in: 0, out: 1, appeared: 1, lost: 0 });
  });

  it('knows that who is first seen just behind the edge, coming from there, came over it', () => {
    const px: Waypoint[] = [
      [5, 430, 350],
      [12, 1130, 350],
    ];
    const missing: Script['missing'] = [[4, 5.2]];
    const zone = theZone(zones(), { roadUsers: [{ id: 1, px, missing }], durationS: 20 });
    expect(totals(zone)).toEqual({ in: 1, out: 1, appeared: 0, lost: 0 });
  });

  it('that reaches the border of the picture is left and entered there', () => {
    const polygon = [
      [400, 400],
      [800, 400],
      [800, 720],
      [400, 720],
    ] as const;
    const out: Waypoint[] = [
      [2, 600, 300],
      [6, 600, 718],
    ];
    const into: Waypoint[] = [
      [8, 500, 718],
      [12, 500, 300],
    ];
    const zone = theZone(zones({ zones: [{ zone: 'near', polygon }] }), {
      roadUsers: [
        { id: 1, px: out },
        { id: 2, px: into },
      ],
    });
    expect(totals(zone)).toEqual({ in: 2, out: 2, appeared: 0, lost: 0 });
  });

  it('follows an identity from track to track and through a time of hiding', () => {
    const zone = theZone(zones(), {
      roadUsers: [
        {
          id: 1,
          px: THROUGH,
          tracks: [[4, 17]],
          hidden: [[4.5, 5]],
          missing: [[5, 5.6]],
        },
      ],
      durationS: 20,
    });
    expect(totals(zone)).toEqual({ in: 1, out: 1, appeared: 0, lost: 0 });
    expect(zone.presentMean).toBeCloseTo(4 / 20, 3);
    expect(zone.presentMax).toBe(1);
  });

  it('counts the most at once exactly, whoever is known late to have gone', () => {
    // One is lost at 6 s and gone at 9 s; the next comes in at 7 s.
    const zone = theZone(zones(), {
      roadUsers: [
        {
          id: 1,
          px: [
            [1, 300, 300],
            [6, 600, 300],
          ],
          goneAfterS: 3,
        },
        {
          id: 2,
          px: [
            [5, 200, 350],
            [13, 1000, 350],
          ],
        },
      ],
    });
    expect(zone.presentMax).toBe(1);
  });

  it('counts only the road users it is for', () => {
    const scene = {
      roadUsers: [
        { id: 1, px: THROUGH },
        { id: 2, px: THROUGH, roadUser: 'person', boxPx: [20, 50] },
      ] satisfies Script[],
      durationS: 20,
    };
    const zone = theZone(zones({ zones: [{ ...ZONE, roadUsers: ['person'] }] }), scene);
    expect([zone.entries, zone.exits, zone.presentMax]).toEqual([{ person: 1 }, { person: 1 }, 1]);
    expect(zone.spaceOccupancy).toBeCloseTo((4 * 20 * 12.5) / (400 * 300) / 20, 4);
  });

  it.each([
    [
      'two corners',
      [
        [0, 0],
        [9, 9],
      ],
      /three corners/,
    ],
    [
      'no area',
      [
        [0, 0],
        [5, 5],
        [9, 9],
      ],
      /around an area/,
    ],
    [
      'an edge that crosses itself',
      [
        [0, 0],
        [10, 10],
        [10, 0],
        [0, 10.5],
      ],
      /crosses itself/,
    ],
  ] as [string, [number, number][], RegExp][])('is refused with %s', (_, polygon, message) => {
    expect(() => zones({ zones: [{ zone: 'z', polygon }] })).toThrow(message);
  });

  it('is refused with a name that is taken', () => {
    expect(() => zones({ zones: [ZONE, ZONE] })).toThrow(/twice/);
  });
});

describe('time that was not observed', () => {
  it('is no presence, and a stay that it cuts off ends nowhere', () => {
    const px: Waypoint[] = [
      [2, 200, 350],
      [6, 600, 350],
      [10, 600, 350],
    ];
    // The camera is away from 9 s to 29 s.
    const zone = theZone(zones(), {
      roadUsers: [
        { id: 1, px, goneAfterS: 19.5 },
        {
          id: 2,
          px: [
            [29, 600, 300],
            [32, 600, 300],
            [36, 1000, 300],
          ],
        },
      ],
      gaps: [[9, 29]],
      durationS: 40,
    });
    expect(zone.observedMs).toBe(8900 + 11_000);
    // The first was there for 4.9 s that were seen, the second for 5 s.
    expect((zone.presentMean * zone.observedMs) / 1000).toBeCloseTo(4.9 + 5, 1);
    expect(totals(zone)).toEqual({ in: 1, out: 1, appeared: 0, lost: 0 });
  });

  it('gives no interval: an outage of minutes is missing', () => {
    const events = play(zones(), { roadUsers: [], durationS: 400, gaps: [[90, 300]] });
    const seen = zonesOf(events).map((zone) => [(zone.fromMs - START_MS) / 1000, zone.observedMs]);
    expect(seen).toEqual([
      [0, 60_000],
      [60, 29_900],
      [300, 60_000],
      [360, 40_000],
    ]);
  });

  it('is not reported twice when the clock is set back', () => {
    const px: Waypoint[] = [
      [0, 600, 350],
      [500, 600, 350],
    ];
    const frame = (timeS: number) => (timeS < 150 ? {} : { capturedAtMs: START_MS + timeS * 1000 - 100_000 });
    const target = zones();
    const reported = zonesOf(play(target, { roadUsers: [{ id: 1, px }], durationS: 350, fps: 5, frame }));
    const starts = reported.map(({ fromMs }) => (fromMs - START_MS) / 1000);
    expect(starts).toEqual([0, 60, 120, 180, 240]);
    for (const { presentMean, presentMax } of reported) expect([presentMean, presentMax]).toEqual([1, 1]);
    expect(target.unreported.frames).toBeGreaterThan(500);
  });

  it('after a failure, who is there again is no entry', () => {
    const target = zones();
    const scene = observationsOf({
      roadUsers: [
        {
          id: 1,
          px: [
            [0, 600, 350],
            [20, 600, 350],
          ],
        },
      ],
    });
    for (const observation of scene.slice(0, 100)) target.observe(observation);
    target.reset();
    for (const observation of scene.slice(100)) {
      const roadUsers = observation.roadUsers.map((view) => ({ ...view, id: 2, firstSeen: observation }));
      target.observe({ ...observation, roadUsers, gone: [] });
    }
    const [zone] = zonesOf(target.flush());
    expect(zone && totals(zone)).toEqual({ in: 0, out: 0, appeared: 0, lost: 0 });
  });
});
