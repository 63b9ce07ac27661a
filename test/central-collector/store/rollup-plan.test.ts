import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QUARTER_MS } from '../../../central-collector/store/quarter-hours.ts';
import { TouchedQuarters } from '../../../central-collector/store/rollup-plan.ts';
import { rollupStatements } from '../../../central-collector/store/rollup-statements.ts';

const agentOf = (n: number) => ({ site: 's', agent: `box-${n}` });

function touchedBy(marks: readonly (readonly [agent: number, quarter: number])[]): TouchedQuarters {
  const touched = new TouchedQuarters();
  for (const [agent, quarter] of marks) touched.add(agentOf(agent), [[quarter, quarter]]);
  return touched;
}

describe('the windows to sum up', () => {
  it('are those that were touched and no others, few agents and at most a day at a time', () => {
    const marks = fc.array(fc.tuple(fc.nat(6), fc.nat(300)), { maxLength: 60 });
    fc.assert(
      fc.property(marks, (all) => {
        const wanted = new Set(all.map(([agent, quarter]) => `box-${agent} ${quarter}`));
        const planned = touchedBy(all)
          .windows('quarter')
          .flatMap(({ fromMs, toMs, agents }) => {
            expect(agents.length).toBeGreaterThan(0);
            expect(agents.length).toBeLessThanOrEqual(4);
            expect(toMs - fromMs).toBeLessThanOrEqual(96 * QUARTER_MS);
            const quarters = Array.from(
              { length: (toMs - fromMs) / QUARTER_MS },
              (_, at) => fromMs / QUARTER_MS + at,
            );
            return agents.flatMap(({ agent }) => quarters.map((quarter) => `${agent} ${quarter}`));
          });
        expect(planned.length).toBe(wanted.size);
        expect(new Set(planned)).toEqual(wanted);
      }),
    );
  });

  it('come newest first, hours with all agents that touched one of their quarter hours', () => {
    const touched = touchedBy([
      [1, 4],
      [2, 7],
      [1, 99],
    ]);
    expect(touched.windows('quarter').map(({ fromMs }) => fromMs / QUARTER_MS)).toEqual([99, 7, 4]);
    expect(touched.windows('hour').map(({ fromMs, toMs, agents }) => [fromMs, toMs, agents.length])).toEqual([
      [96 * QUARTER_MS, 100 * QUARTER_MS, 1],
      [4 * QUARTER_MS, 8 * QUARTER_MS, 2],
    ]);
  });

  it('leave out what is no longer whole, and count it', () => {
    const touched = touchedBy([
      [1, 4],
      [2, 4],
      [1, 5],
    ]);
    expect(touched.dropBefore(4 * QUARTER_MS + 1)).toBe(2);
    expect(touched.size).toBe(1);
  });

  it('of a range that no batch of ours can have do not run away', () => {
    const touched = new TouchedQuarters();
    touched.add(agentOf(1), [[0, 9e15]]);
    expect(touched.size).toBeLessThan(2000);
  });
});

describe('the statement of a window', () => {
  it('names its agents so that none of their names is InfluxQL', () => {
    const agents = [
      { site: 's', agent: `x' OR 'a' = 'a` },
      { site: 'back\\slash', agent: 'b' },
    ];
    const fields = { flow: ['n', 'epoch', 'seq'], zone: [], journey: [] };
    const [statement] = rollupStatements({ level: 'quarter', fromMs: 0, toMs: QUARTER_MS, agents }, fields);
    expect(statement).toBe(
      `SELECT count(n) AS intervals, sum(n) AS n INTO "m15".flow FROM "raw".flow WHERE time >= 0ms AND time < 900000ms AND ((site = 's' AND agent = 'x\\' OR \\'a\\' = \\'a') OR (site = 'back\\\\slash' AND agent = 'b')) GROUP BY time(15m), site, agent, camera, line, direction, lane, road_user fill(none)`,
    );
  });
});
