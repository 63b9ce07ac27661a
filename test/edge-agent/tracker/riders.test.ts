import { describe, expect, it } from 'vitest';
import { joinRiders } from '../../../edge-agent/tracker/riders.ts';
import { detectionsOf, frameAt, type Seen } from './make-detections.ts';

const MOTORBIKE: Seen = { box: [100, 140, 150, 200], roadUser: 'motorcycle', score: 0.6 };

const tables: { title: string; seen: Seen[]; expected: string[] }[] = [
  {
    title: 'a rider and the motorbike are one motorcycle with the box of both',
    seen: [MOTORBIKE, { box: [108, 90, 142, 185], roadUser: 'person', score: 0.8 }],
    expected: ['motorcycle 100,90,150,200'],
  },
  {
    title: 'so are a motorbike and the three people on it',
    seen: [
      MOTORBIKE,
      { box: [100, 95, 125, 190], roadUser: 'person' },
      { box: [112, 92, 138, 188], roadUser: 'person' },
      { box: [125, 110, 148, 190], roadUser: 'person' },
    ],
    expected: ['motorcycle 100,92,150,200'],
  },
  {
    title: 'and a cyclist on a bicycle',
    seen: [
      { box: [300, 300, 340, 340], roadUser: 'bicycle' },
      { box: [305, 270, 335, 335], roadUser: 'person' },
    ],
    expected: ['bicycle 300,270,340,340'],
  },
  {
    title: 'someone standing beside a motorbike walks',
    seen: [MOTORBIKE, { box: [140, 90, 180, 200], roadUser: 'person' }],
    expected: ['motorcycle 100,140,150,200', 'person 140,90,180,200'],
  },
  {
    title: 'someone walking in front of a distant motorbike walks: the feet are far below its wheels',
    seen: [MOTORBIKE, { box: [105, 110, 145, 280], roadUser: 'person' }],
    expected: ['motorcycle 100,140,150,200', 'person 105,110,145,280'],
  },
  {
    title: 'someone in front of a car walks: nobody rides on a car',
    seen: [
      { box: [100, 100, 300, 200], roadUser: 'car' },
      { box: [180, 90, 210, 195], roadUser: 'person' },
    ],
    expected: ['car 100,100,300,200', 'person 180,90,210,195'],
  },
  {
    title: 'a rider between two motorbikes belongs to the one that is covered more',
    seen: [
      MOTORBIKE,
      { box: [135, 140, 185, 200], roadUser: 'motorcycle', score: 0.5 },
      { box: [140, 95, 175, 185], roadUser: 'person', score: 0.4 },
    ],
    expected: ['motorcycle 100,140,150,200', 'motorcycle 135,95,185,200'],
  },
];

describe('riders and their two-wheelers', () => {
  it.each(tables)('$title', ({ seen, expected }) => {
    const joined = joinRiders(detectionsOf(frameAt(0), seen));
    expect(joined.map(({ roadUser, x1, y1, x2, y2 }) => `${roadUser} ${[x1, y1, x2, y2]}`).sort()).toEqual(
      expected,
    );
  });

  it('keeps the higher score of the two', () => {
    const joined = joinRiders(
      detectionsOf(frameAt(0), [MOTORBIKE, { box: [108, 90, 142, 185], roadUser: 'person', score: 0.8 }]),
    );
    expect(joined[0]?.score).toBeCloseTo(0.8);
  });
});
