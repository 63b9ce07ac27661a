import { describe, expect, it } from 'vitest';
import { statusPoints } from '../../../central-collector/store/agent-points.ts';
import { lineOf } from '../../../central-collector/store/line-protocol.ts';
import { statusSchema } from '../../../contract/index.ts';

const T0 = Date.UTC(2026, 0, 1);
const CAMERA = { camera: 'c', name: 'Cầu', sinceMs: T0 };

const linesOf = (status: object, cameras: object[]) =>
  statusPoints(
    statusSchema.parse({
      ...{ v: 1, site: 's', agent: 'a', atMs: T0, startedAtMs: T0, version: '1', cameras },
      ...status,
    }),
    T0,
    7,
  ).map(lineOf);

describe('points of a status', () => {
  it('tell the agent and each camera', () => {
    const [own, live, fault] = linesOf({ state: 'online' }, [
      { ...CAMERA, state: 'live', width: 640, height: 360 },
      { ...CAMERA, camera: 'd', state: 'fault', fault: 'silent' },
    ]);
    expect(own).toContain('cameras=2i,cameras_live=1i');
    expect(live).toContain('state="live",name="Cầu"');
    expect(fault).toContain('state="fault",fault="silent"');
  });

  it.each([
    ['stopped', 'its agent was stopped'],
    ['lost', 'its agent was lost'],
    [undefined, 'its agent is offline'],
  ])('of an agent that is offline (%s) blame no camera, and call none alive', (reason, why) => {
    const [own, live, fault] = linesOf({ state: 'offline', reason }, [
      { ...CAMERA, state: 'live', width: 640, height: 360 },
      { ...CAMERA, camera: 'd', state: 'fault', fault: 'ended' },
    ]);
    expect(own).toContain('cameras=2i,cameras_live=0i');
    expect(live).toBe(
      `camera_status,agent=a,camera=c,site=s state="unknown",detail="${why}",name="Cầu" ${T0}000007`,
    );
    expect(fault).toBe(
      `camera_status,agent=a,camera=d,site=s state="unknown",detail="${why}",name="Cầu" ${T0}000007`,
    );
  });
});
