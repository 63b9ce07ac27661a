import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { int, lineOf, timestampNs } from '../../../central-collector/store/line-protocol.ts';
import { droppedPoints, pointsOf, uniqueNs } from '../../../central-collector/store/points.ts';
import { trafficEventSchema } from '../../../contract/index.ts';

const T0 = Date.UTC(2026, 0, 1);
const ORIGIN = { site: 's', agent: 'a', epoch: 5, seq: 1042, position: 7 };
const INTERVAL = {
  camera: 'c',
  fromMs: T0,
  toMs: T0 + 60_000,
  observedMs: 59_000,
  framesAnalysed: 590,
  framesDropped: 3,
};

const lines = (event: unknown) => pointsOf(trafficEventSchema.parse(event), ORIGIN).map(lineOf);

describe('points of events', () => {
  it('a passage is one point whose timestamp carries batch and position', () => {
    expect(
      lines({
        type: 'passage',
        camera: 'c',
        line: 'l',
        direction: 'in',
        lane: 'l1',
        roadUser: 'car',
        roadUserShare: 0.9,
        confidence: 0.8,
        atMs: T0,
        track: 4,
        speedKmh: 50,
        headwayS: 2.5,
        gapS: 1,
      }),
    ).toEqual([
      `passage,agent=a,camera=c,direction=in,lane=l1,line=l,road_user=car,site=s track=4i,confidence=0.8,road_user_share=0.9,speed_kmh=50,headway_s=2.5,gap_s=1,epoch=5i,seq=1042i,position=7i ${T0}047007`,
    ]);
  });

  it('a flow is one point for each road user, zeros included, with sums that merge', () => {
    const speed = { n: 2, sumKmh: 81, sumPerKmh: 0.05, histogram: [0, 0, 0, 0, 0, 0, 0, 1, 1] };
    const rows = lines({
      type: 'flow',
      ...INTERVAL,
      line: 'l',
      direction: 'in',
      counts: { car: { n: 3, speed }, bus: { n: 0 } },
      occupiedMs: 900,
    });
    expect(rows).toEqual([
      `flow,agent=a,camera=c,direction=in,line=l,road_user=car,site=s n=3i,speed_n=2i,speed_sum_kmh=81,speed_sum_per_kmh=0.05,speed_h035=1i,speed_h040=1i,interval_ms=60000i,observed_ms=59000i,frames_analysed=590i,frames_dropped=3i,occupied_ms=900i,epoch=5i,seq=1042i,position=7i ${T0}047007`,
      `flow,agent=a,camera=c,direction=in,line=l,road_user=bus,site=s n=0i,interval_ms=60000i,observed_ms=59000i,frames_analysed=590i,frames_dropped=3i,occupied_ms=900i,epoch=5i,seq=1042i,position=7i ${T0}047007`,
    ]);
  });

  it('a flow has the bounds of its counts, what they stand on, and the sums of headways in every point', () => {
    const [car, bus] = lines({
      type: 'flow',
      ...INTERVAL,
      line: 'l',
      direction: 'in',
      lane: 'inner',
      counts: {
        car: { n: 3, low: 3, high: 4, accuracy: { of: 200, found: 190, counted: 195 } },
        bus: { n: 0 },
      },
      headway: { n: 2, sumS: 6.5, sumSqS2: 22 },
      gap: { n: 1, sumS: 2, sumSqS2: 4 },
    });
    const spans = 'headway_n=2i,headway_sum_s=6.5,headway_sum_sq_s2=22,gap_n=1i,gap_sum_s=2,gap_sum_sq_s2=4';
    expect(car).toContain(
      ' n=3i,n_low=3i,n_high=4i,accuracy_of=200i,accuracy_found=190i,accuracy_counted=195i,interval_ms',
    );
    expect(car).toContain(spans);
    expect(car).toContain('lane=inner');
    expect(bus).toContain(' n=0i,interval_ms');
    expect(bus).toContain(spans);
  });

  it('zone, incident and journey are one point each', () => {
    const zone = {
      type: 'zone',
      ...INTERVAL,
      zone: 'box',
      entries: { car: 2 },
      exits: {},
      appeared: 1,
      lost: 0,
      presentMean: 0.5,
      presentMax: 2,
      timeOccupancy: 0.4,
      queue: { maxVehicles: 3, truncated: true },
    };
    const incident = {
      type: 'incident',
      id: 'i-1',
      version: 2,
      camera: 'c',
      kind: 'wrong-way',
      state: 'detected',
      severity: 'high',
      probability: 'probable',
      confidence: 0.7,
      startedAtMs: T0,
      detectedAtMs: T0,
      updatedAtMs: T0 + 5,
      tracks: [3, 4],
      box: [0, 0, 5, 5],
      measures: { speedKmh: 20 },
    };
    const journey = {
      type: 'journey',
      camera: 'c',
      track: 9,
      roadUser: 'bus',
      roadUserShare: 1,
      entryLine: 'n',
      entryDirection: 'in',
      exitLine: 'e',
      exitDirection: 'out',
      enteredAtMs: T0,
      exitedAtMs: T0 + 4000,
    };
    expect([zone, incident, journey].flatMap(lines)).toEqual([
      `zone,agent=a,camera=c,site=s,zone_id=box entries_car=2i,appeared=1i,lost=0i,present_mean=0.5,present_max=2i,time_occupancy=0.4,queue_max_vehicles=3i,queue_truncated=true,interval_ms=60000i,observed_ms=59000i,frames_analysed=590i,frames_dropped=3i,epoch=5i,seq=1042i,position=7i ${T0}047007`,
      `incident,agent=a,camera=c,kind=wrong-way,site=s id="i-1",version=2i,state="detected",severity="high",probability="probable",confidence=0.7,started_at_ms=${T0}i,detected_at_ms=${T0}i,tracks="3,4",box_x1=0,box_y1=0,box_x2=5,box_y2=5,measures="{\\"speedKmh\\":20}",epoch=5i,seq=1042i,position=7i ${T0 + 5}047007`,
      `journey,agent=a,camera=c,entry_line=n,exit_line=e,road_user=bus,site=s track=9i,road_user_share=1,entry_direction="in",exit_direction="out",entered_at_ms=${T0}i,duration_ms=4000i,epoch=5i,seq=1042i,position=7i ${T0 + 4000}047007`,
    ]);
  });

  it('what the outbox gave up is a point with its counts', () => {
    const [point] = droppedPoints(
      [{ fromSeq: 2, toSeq: 9, reason: 'too-old', events: { flow: 12 } }],
      T0,
      ORIGIN,
    );
    expect(point?.fields).toEqual({ epoch: int(5), from_seq: int(2), to_seq: int(9), events_flow: int(12) });
  });

  it('never share a timestamp within 1000 batches of 1000 events, all in one millisecond', () => {
    const place = fc.record({
      epoch: fc.integer({ min: 0, max: 7_258_118_400_000 }),
      seq: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER - 1000 }),
      position: fc.integer({ min: 0, max: 999 }),
    });
    fc.assert(
      fc.property(
        place,
        fc.integer({ min: 0, max: 999 }),
        fc.integer({ min: 0, max: 999 }),
        (a, apart, position) => {
          const b = { epoch: a.epoch, seq: a.seq + apart, position };
          fc.pre(apart !== 0 || position !== a.position);
          expect(timestampNs(T0, uniqueNs(a))).not.toBe(timestampNs(T0, uniqueNs(b)));
        },
      ),
    );
  });

  it('of the first batches of two outboxes do not fall on each other', () => {
    const first = { seq: 1, position: 0 };
    expect(uniqueNs({ epoch: T0, ...first })).not.toBe(uniqueNs({ epoch: T0 + 20_417, ...first }));
  });
});
