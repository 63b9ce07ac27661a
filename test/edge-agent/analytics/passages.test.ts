import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { passageSchema } from '../../../contract/index.ts';
import type { BoxCorners } from '../../../edge-agent/analytics/counting-line.ts';
import type { Track } from '../../../edge-agent/tracker/track.ts';
import { START_MS, seededRandom } from '../tracker/make-detections.ts';
import { analytics, flowsOf, LINE, passagesOf, playWay, ramp, trackAt, tracked } from './make-tracked.ts';

const directions = (target = analytics(), ys: readonly (number | undefined)[] = []) => {
  const events = [...playWay(target, ys), ...target.flush()];
  return passagesOf(events).map(({ direction }) => direction);
};

describe('counting a crossing', () => {
  it('reports who crossed where, which way and when, to the millisecond between two frames', () => {
    const target = analytics();
    const [passage, ...more] = passagesOf([
      ...playWay(target, [340, 360, 380, 395, 415, 435, 455]),
      ...target.flush(),
    ]);
    expect(more).toEqual([]);
    expect(passageSchema.parse(passage)).toEqual({
      type: 'passage',
      camera: 'test',
      line: 'north',
      direction: 'towards',
      roadUser: 'car',
      roadUserShare: 1,
      confidence: 0.8,
      // On the line a quarter of the way from the frame at 300 ms to that at 400 ms.
      atMs: START_MS + 325,
      track: 1,
    });
  });

  it.each([
    [300, 'inner'],
    [900, 'outer'],
  ])('tells the lane it was in: at x = %i it is %s', (x, lane) => {
    const lanes = [{ lane: 'inner' }, { lane: 'outer' }];
    const target = analytics({ lines: [{ ...LINE, lanes }] });
    const events = [...playWay(target, ramp(300, 500, 11), x), ...target.flush()];
    expect(passagesOf(events).map((passage) => passage.lane)).toEqual([lane]);
    const counted = flowsOf(events).filter(({ counts }) => counts.car?.n === 1);
    expect(counted.map((flow) => [flow.direction, flow.lane])).toEqual([['towards', lane]]);
    expect(counted[0]?.occupiedMs).toBeGreaterThan(0);
  });

  it('tells how long after the one before it was, and how long the line was free between them', () => {
    const target = analytics();
    const events = [];
    for (let i = 0; i <= 40; i++) {
      const at = (id: number, fromFrame: number) =>
        i >= fromFrame && i < fromFrame + 15 ? [trackAt(id, 600, 300 + (i - fromFrame) * 20)] : [];
      events.push(...target.update(tracked(i * 100, [...at(1, 0), ...at(2, 20)])));
    }
    const [first, second] = passagesOf([...events, ...target.flush()]);
    expect(first).not.toHaveProperty('headwayS');
    expect(second?.headwayS).toBeCloseTo(2, 2);
    // Boxes of 60 px at 200 px/s, of which the lower 36 stand on the road.
    expect(second?.gapS).toBeCloseTo(2 - 36 / 200, 2);
  });

  it.each([
    ['towards the camera', ramp(300, 500, 11), ['towards']],
    ['away from it', ramp(500, 300, 11), ['away']],
    ['one that turns round before the line', [...ramp(300, 385, 8), ...ramp(385, 300, 8)], []],
    ['a U-turn over the line and back', [...ramp(300, 480, 10), ...ramp(480, 300, 10)], ['towards', 'away']],
    [
      'one that jitters on the line while it waits',
      [...ramp(300, 398, 8), 402, 397, 403, 398, 404, 396, 402, ...ramp(400, 500, 8)],
      ['towards'],
    ],
    [
      'one that comes to the line, jitters over it and goes back',
      [...ramp(300, 398, 8), 402, 397, 403, 398, 402, ...ramp(398, 300, 8)],
      [],
    ],
    [
      'one whose lower edge is hidden for a moment after it crossed',
      [...ramp(300, 415, 10), 384, 383, 416, 418, ...ramp(420, 500, 6)],
      ['towards'],
    ],
    ['one so fast that no frame shows it near the line', [250, 320, 530, 600], ['towards']],
    [
      'one that is hidden while it crosses',
      [300, 320, 340, 360, undefined, undefined, undefined, 440, 460, 480],
      ['towards'],
    ],
    [
      'one that stops beyond the line within its own length',
      [...ramp(300, 420, 10), ...Array.from({ length: 50 }, () => 420)],
      ['towards'],
    ],
    ['one whose detection jumps over the line once', [...ramp(340, 370, 5), 412, ...ramp(372, 390, 5)], []],
    ['one that never reaches the line', ramp(200, 380, 12), []],
  ] as const)('%s', (_, ys, expected) => {
    expect(directions(analytics(), ys)).toEqual(expected);
  });

  it.each([
    ['its lower part', (y: number): BoxCorners => [550, y - 120, 650, y - 80]],
    ['all but a corner of it', (y: number): BoxCorners => [630, y - 120, 650, y - 80]],
  ])('does not count a lorry back that waits just beyond the line when somebody hides %s', (_, hidden) => {
    const target = analytics();
    const whole = (y: number): BoxCorners => [550, y - 120, 650, y];
    const boxes = [
      ...ramp(300, 440, 15).map(whole),
      ...Array.from({ length: 40 }, () => hidden(440)),
      ...ramp(440, 600, 17).map(whole),
    ];
    const events = boxes.flatMap((box, i) =>
      target.update(tracked(i * 100, [trackAt(1, 600, 0, { box: [...box] })])),
    );
    expect(passagesOf([...events, ...target.flush()]).map(({ direction }) => direction)).toEqual(['towards']);
  });

  it('does not count what passes beyond the ends of the line', () => {
    const short = { ...LINE, from: [0, 400], to: [500, 400] } as const;
    expect(directions(analytics({ lines: [short] }), ramp(300, 500, 11))).toEqual([]);
  });

  it('counts a vehicle over the common end of two lines once', () => {
    const left = { ...LINE, line: 'left', to: [600, 400] } as const;
    const right = { ...LINE, line: 'right', from: [600, 400] } as const;
    const events = playWay(analytics({ lines: [left, right] }), ramp(300, 500, 11), 600);
    expect(passagesOf(events).map(({ line }) => line)).toEqual(['right']);
  });

  it('does not count the way round the end of a line as a crossing', () => {
    // Over the line, round its end, over the line again: two crossings the same way, none back.
    const target = analytics({ lines: [{ ...LINE, to: [700, 400] }] });
    const way = [
      ...ramp(300, 500, 9).map((y) => [600, y] as const),
      ...ramp(600, 900, 9).map((x) => [x, 500] as const),
      ...ramp(500, 300, 9).map((y) => [900, y] as const),
      ...ramp(900, 600, 9).map((x) => [x, 300] as const),
      ...ramp(300, 500, 9).map((y) => [600, y] as const),
    ];
    const events = way.flatMap(([x, y], i) => target.update(tracked(i * 100, [trackAt(1, x, y)])));
    expect(passagesOf(events).map(({ direction }) => direction)).toEqual(['towards', 'towards']);
  });

  it('counts only road users that are believed, from their first sighting on', () => {
    const target = analytics();
    const ys = ramp(300, 500, 11);
    const unsure = ys.flatMap((y, i) =>
      target.update(tracked(i * 100, [trackAt(1, 600, y, { confirmed: false })])),
    );
    expect(passagesOf(unsure)).toEqual([]);
    const [passage] = passagesOf(target.update(tracked(1100, [trackAt(1, 600, 520)])));
    expect(passage?.atMs).toBe(START_MS + 500);
  });

  it('does not count a prediction', () => {
    const target = analytics();
    const ys = ramp(300, 500, 11);
    const events = ys.flatMap((y, i) =>
      target.update(tracked(i * 100, [trackAt(1, 600, y, { seen: y < 380 })])),
    );
    expect(passagesOf([...events, ...target.flush()])).toEqual([]);
  });

  it('follows the picture when the camera sends another size than the lines were drawn for', () => {
    const target = analytics({
      picture: { width: 2560, height: 1440 },
      lines: [{ ...LINE, from: [0, 800], to: [2560, 800] }],
    });
    expect(directions(target, ramp(300, 500, 11))).toEqual(['towards']);
  });
});

describe('two tracks that cross together', () => {
  const counted = (second: (i: number, y: number) => readonly Track[]) => {
    const target = analytics();
    const events = ramp(300, 500, 21).flatMap((y, i) =>
      target.update(tracked(i * 100, [trackAt(1, 600, y), ...second(i, y)])),
    );
    return passagesOf([...events, ...target.flush()]).length;
  };

  it.each([
    ['cover each other nearly', (_: number, y: number) => [trackAt(2, 612, y - 8)], 1],
    [
      'half cover each other and are seen in turn',
      (i: number, y: number) => (i % 3 === 0 ? [trackAt(2, 625, y - 8)] : []),
      1,
    ],
    [
      'half cover each other, one of them a weak second box',
      (_: number, y: number) => [trackAt(2, 625, y - 8, { score: 0.35 })],
      1,
    ],
    [
      'half cover each other, each seen surely all the time',
      (_: number, y: number) => [trackAt(2, 630, y - 5)],
      2,
    ],
    [
      'go beside each other, one of them weak',
      (_: number, y: number) => [trackAt(2, 670, y, { score: 0.35 })],
      2,
    ],
    ['follow each other closely', (_: number, y: number) => [trackAt(2, 600, y - 40)], 2],
    // It is overtaken: covered for a moment only.
    ['overtake each other on the line', (i: number, y: number) => [trackAt(2, 600 + 15 * (i - 10), y)], 2],
  ])('%s', (_, second, expected) => {
    expect(counted(second)).toBe(expected);
  });
});

describe('vehicles that are already there, and those that leave', () => {
  const unseen = [undefined, undefined, undefined, undefined, undefined];
  const justBeyond = ramp(405, 500, 8);

  it('counts one that is first seen with its wheels just over the line and drives on, at the moment it crossed', () => {
    const [passage, ...more] = passagesOf(playWay(analytics(), [...unseen, ...justBeyond]));
    expect(more).toEqual([]);
    // 5 px ago, at 13.6 px a frame.
    expect(passage).toMatchObject({ direction: 'towards', atMs: START_MS + 463 });
  });

  it('does not count one that had crossed before the camera was watched', () => {
    expect(directions(analytics(), justBeyond)).toEqual([]);
  });

  it('does not count one that crossed while the camera was away', () => {
    const target = analytics();
    const events = [
      ...playWay(target, unseen),
      ...justBeyond.flatMap((y, i) =>
        target.update(tracked(5000 + i * 100, [trackAt(1, 600, y)], { frame: { discontinuity: i === 0 } })),
      ),
    ];
    expect(passagesOf([...events, ...target.flush()])).toEqual([]);
  });

  it('counts one that appeared on the line before a gap and is believed after it', () => {
    const target = analytics();
    const events = [
      ...playWay(target, unseen),
      ...justBeyond.flatMap((y, i) => {
        const frame = { discontinuity: i === 2 };
        return target.update(tracked(500 + i * 100, [trackAt(1, 600, y, { confirmed: i >= 2 })], { frame }));
      }),
    ];
    expect(passagesOf([...events, ...target.flush()])).toHaveLength(1);
  });

  it('does not count one that is parked just beyond the line', () => {
    expect(
      directions(analytics(), [...unseen, ...Array.from({ length: 60 }, (_, i) => 405 + (i % 2))]),
    ).toEqual([]);
  });

  it('does not count one that first appears well beyond the line', () => {
    expect(directions(analytics(), [...unseen, ...ramp(470, 600, 8)])).toEqual([]);
  });

  it('counts one that is cut off by the end of the picture just after it crossed', () => {
    expect(directions(analytics(), ramp(300, 406, 12))).toEqual(['towards']);
  });
});

describe('a vehicle that is hidden by another before it reaches the line', () => {
  /** Goes down the picture at `pxPerFrame` and is never seen again past y = 380; the other drives from `fromX` to `toX`. */
  const counted = (pxPerFrame: number, other?: { fromX: number; toX: number; y: number }) => {
    const target = analytics();
    const events = [];
    for (let i = 0; i < 60; i++) {
      const y = 200 + i * pxPerFrame;
      const x = other && other.fromX + ((other.toX - other.fromX) * i) / 59;
      const box: BoxCorners = [(x ?? 0) - 100, (other?.y ?? 0) - 130, (x ?? 0) + 100, other?.y ?? 0];
      const tracks = [
        ...(y <= 380 ? [trackAt(1, 600, y)] : []),
        ...(other ? [trackAt(2, 0, 0, { box, roadUser: 'truck' })] : []),
      ];
      events.push(...target.update(tracked(i * 100, tracks)));
    }
    return passagesOf([...events, ...target.flush()]).map(({ direction, track }) => [direction, track]);
  };

  it.each([
    [
      'counts one that goes behind a lorry that waits beyond the line',
      12,
      { fromX: 600, toX: 600, y: 450 },
      true,
    ],
    ['counts one that goes behind a lorry that goes across', 12, { fromX: 500, toX: 760, y: 450 }, true],
    ['does not count one that creeps: it may stop there', 3, { fromX: 600, toX: 600, y: 450 }, false],
    ['does not count one that nobody hides: it is not there', 12, { fromX: 900, toX: 900, y: 450 }, false],
  ])('%s', (_, pxPerFrame, other, expected) => {
    expect(counted(pxPerFrame, other)).toEqual(expected ? [['towards', 1]] : []);
  });

  it('does not count one that nobody is near', () => {
    expect(counted(12)).toEqual([]);
  });
});

describe('a tracker that loses a vehicle and finds it under a new id', () => {
  const switched = (ys: readonly number[], lostFrom: number, foundAt: number, firstY = 0) => {
    const target = analytics();
    const events = ys.flatMap((y, i) => {
      const tracks = i < lostFrom ? [trackAt(1, 600, y)] : i >= foundAt ? [trackAt(2, 600, y + firstY)] : [];
      return target.update(tracked(i * 100, tracks, { ended: i === lostFrom ? [1] : [] }));
    });
    return passagesOf([...events, ...target.flush()]).map(({ direction, atMs }) => ({ direction, atMs }));
  };
  const ys = ramp(200, 600, 41);

  it('counts it once when that happens just after the line', () => {
    expect(switched(ys, 23, 25)).toEqual([{ direction: 'towards', atMs: START_MS + 2000 }]);
  });

  it('counts it once when the new track begins before the line because its box is smaller', () => {
    expect(switched(ys, 22, 23, -30)).toHaveLength(1);
  });

  it('counts it once when it was lost before the line and found beyond it, at the moment in between', () => {
    expect(switched(ys, 18, 23)).toEqual([{ direction: 'towards', atMs: START_MS + 2000 }]);
  });

  it('counts it once when it was lost on the line', () => {
    expect(switched(ys, 20, 21)).toHaveLength(1);
  });

  it('counts both when another vehicle follows the one that was lost', () => {
    const target = analytics();
    const events = ramp(200, 700, 51).flatMap((y, i) => {
      const first = i < 22 ? [trackAt(1, 600, y)] : [];
      const second = i >= 24 ? [trackAt(2, 600, y - 150)] : [];
      return target.update(tracked(i * 100, [...first, ...second], { ended: i === 22 ? [1] : [] }));
    });
    expect(passagesOf([...events, ...target.flush()])).toHaveLength(2);
  });
});

describe('any way over the line', () => {
  it('gives one passage for each real crossing, in the right direction, whatever the jitter and drop-outs', () => {
    const crossings = fc.integer({ min: 0, max: 6 });
    const speed = fc.integer({ min: 4, max: 60 });
    fc.assert(
      fc.property(crossings, speed, fc.integer(), fc.boolean(), (count, pxPerFrame, seed, down) => {
        const random = seededRandom(seed);
        // From one side to the other and back, each time at least two box sizes away from the line.
        const sides = Array.from({ length: count + 1 }, (_, i) => ((i % 2 === 0) === down ? -1 : 1));
        const turns = sides.map((side) => 400 + side * (140 + random() * 100));
        const ys: (number | undefined)[] = [];
        for (const [i, from] of turns.entries()) {
          const to = turns[i + 1] ?? from;
          const steps = Math.max(2, Math.ceil(Math.abs(to - from) / pxPerFrame));
          // Surely seen where it turns: what nobody saw cannot be counted.
          ys.push(from);
          for (const y of ramp(from, to, steps)) {
            // Jitter of up to 3.5 px, 5 % of the box, and every fifth frame without a detection.
            ys.push(random() < 0.2 ? undefined : y + (random() - 0.5) * 7);
          }
        }
        const expected = sides.slice(1).map((side) => (side > 0 ? 'towards' : 'away'));
        expect(directions(analytics(), ys)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it('never counts a vehicle that waits on the line for an hour more than once', () => {
    const random = seededRandom(11);
    const wait = Array.from({ length: 36_000 }, () => 400 + (random() - 0.5) * 12);
    const target = analytics();
    const events = [...playWay(target, [...ramp(300, 400, 11), ...wait, ...ramp(400, 500, 11)])];
    expect(passagesOf([...events, ...target.flush()])).toHaveLength(1);
  });
});
