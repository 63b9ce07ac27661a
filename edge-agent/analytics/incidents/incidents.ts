// Incidents on the road: looks at every carriageway with every rule, and lets what they find live.

import type { Incident } from '../../../contract/index.ts';
import type { PictureFault } from '../../source/frame.ts';
import type { Moment, Observation, Observer } from '../observation.ts';
import { Carriageway, type CarriagewayOptions, type ToGround } from './carriageway.ts';
import { Crashes } from './crash.ts';
import { Debris } from './debris.ts';
import type { Finding, IncidentKind } from './finding.ts';
import { type FlowKind, FlowState } from './flow-state.ts';
import { IncidentLife } from './incident-life.ts';
import { MotionHistory } from './motion-history.ts';
import { findCyclists, findPedestrians } from './on-foot.ts';
import type { RuleName } from './rules.ts';
import { LocalTime } from './schedule.ts';
import { findSpeeding } from './speeding.ts';
import { StoppedVehicles } from './stopped-vehicle.ts';
import { type Traffic, trafficOn } from './traffic.ts';
import { findWrongWay } from './wrong-way.ts';

export type IncidentsOptions = {
  /** Slug of the camera. */
  readonly camera: string;
  readonly carriageways: readonly CarriagewayOptions[];
  /** Size of the picture that boxes and configured points refer to; default: the camera's own. */
  readonly picture?: { readonly width: number; readonly height: number } | undefined;
  /** Where the camera is calibrated. */
  readonly toGround?: ToGround | undefined;
  /** Whose clocks schedules go by, such as `Asia/Ho_Chi_Minh`. Default UTC. */
  readonly timeZone?: string | undefined;
  /** Updates of one incident come no more often, ms, unless it gets worse. Default 10,000. */
  readonly updateMs?: number | undefined;
};

type Place = {
  readonly carriageway: Carriageway;
  readonly flow: FlowState;
  readonly stopped: StoppedVehicles;
  readonly crashes: Crashes;
  readonly debris: Debris;
  /** Kinds that are open there, as of the last frame. */
  readonly open: Set<IncidentKind>;
};

const FLOW_RULES: Readonly<Record<FlowKind, RuleName>> = {
  queue: 'queue',
  congestion: 'congestion',
  'slow-traffic': 'slowTraffic',
};

/** What a camera with such a fault shows is no evidence: cars stand in a frozen picture, and lines lie beside the road. */
const UNUSABLE: ReadonlySet<PictureFault> = new Set(['frozen', 'black', 'moved']);

export class Incidents implements Observer {
  readonly #life: IncidentLife;
  readonly #history = new MotionHistory();
  readonly #localTime: LocalTime;
  readonly #places: readonly Place[];
  /** What is older was seen by a camera with a fault. */
  #trustedSince: Moment | undefined;

  /** @throws RangeError for a time zone that does not exist. */
  constructor(options: IncidentsOptions) {
    const { camera, carriageways, toGround, picture, timeZone = 'UTC', updateMs } = options;
    this.#life = new IncidentLife({ camera, ...(updateMs === undefined ? {} : { updateMs }) });
    this.#localTime = new LocalTime(timeZone);
    this.#places = carriageways.map((one): Place => {
      const carriageway = new Carriageway(one, toGround);
      return {
        carriageway,
        flow: new FlowState(carriageway),
        stopped: new StoppedVehicles(),
        crashes: new Crashes(),
        debris: new Debris(carriageway, { picture, toGround }),
        open: new Set(),
      };
    });
  }

  /** Incidents that were not opened because too many were. */
  get refused(): number {
    return this.#life.refused;
  }

  observe(observation: Observation): Incident[] {
    const faults = observation.picture?.findings ?? [];
    const messages = faults.some(({ fault }) => UNUSABLE.has(fault))
      ? this.#suspend(observation)
      : this.#life.observe(observation, this.#findAll(observation, faults.length > 0));
    return this.#noteOpen(messages);
  }

  advanceTo(nowMs: number): Incident[] {
    return this.#noteOpen(this.#life.advanceTo(nowMs));
  }

  reset(): void {
    this.#life.reset();
    this.#forget();
  }

  flush(): Incident[] {
    return this.#life.flush();
  }

  /** An operator's verdict; the message that tells it, or undefined for an incident that is not remembered. */
  judge(id: string, verdict: 'confirmed' | 'rejected', atMs: number): Incident | undefined {
    return verdict === 'confirmed' ? this.#life.confirm(id, atMs) : this.#life.reject(id, atMs);
  }

  #noteOpen(messages: Incident[]): Incident[] {
    for (const { region, kind, clearedAtMs } of messages) {
      const open = this.#places.find(({ carriageway }) => carriageway.name === region)?.open;
      if (clearedAtMs === undefined) open?.add(kind);
      else open?.delete(kind);
    }
    return messages;
  }

  /** The camera has a fault: nothing begins and nothing ends. */
  #suspend({ cameraTimeMs, capturedAtMs }: Observation): Incident[] {
    this.#forget();
    this.#trustedSince = { cameraTimeMs, capturedAtMs };
    return this.#life.observe({ cameraTimeMs, capturedAtMs, watchedSince: this.#trustedSince }, []);
  }

  #findAll(observation: Observation, isDimmed: boolean): Finding[] {
    this.#history.update(observation);
    const trusted = this.#trustedSince;
    return this.#places.flatMap((place) => {
      place.stopped.forget(observation.gone);
      place.crashes.forget(observation.gone);
      return this.#find(place, observation, isDimmed).map((finding) =>
        trusted !== undefined && finding.onset && finding.onset.cameraTimeMs < trusted.cameraTimeMs
          ? { ...finding, onset: trusted }
          : finding,
      );
    });
  }

  #forget(): void {
    this.#history.clear();
    for (const { flow, stopped, crashes, debris } of this.#places) {
      flow.reset();
      stopped.clear();
      crashes.clear();
      debris.reset();
    }
  }

  #find(
    { carriageway, flow, stopped, crashes, debris, open }: Place,
    observation: Observation,
    isDimmed: boolean,
  ): Finding[] {
    const traffic = trafficOn(carriageway, observation, this.#history);
    const isOn = (name: RuleName) =>
      carriageway.rules[name].enabled &&
      !this.#localTime.isWithin(carriageway.rules[name].off, observation.capturedAtMs);
    const crashed = isOn('crash') ? crashes.find(traffic) : [];
    const inCrash = crashes.involved(crashed);
    // Looked for also while the rule is off: what the road looks like without debris has to be known.
    if (isDimmed) debris.reset();
    const debrisFindings = isDimmed ? [] : debris.find(traffic, observation);
    return [
      ...crashed,
      ...when(isOn('stoppedVehicle'), traffic, () => stopped.find(traffic, inCrash)),
      ...when(isOn('wrongWay'), traffic, findWrongWay),
      ...when(isOn('pedestrian'), traffic, findPedestrians),
      ...when(isOn('cyclist'), traffic, findCyclists),
      ...when(isOn('speeding'), traffic, findSpeeding),
      ...flow.find(traffic, (kind) => open.has(kind)).filter(({ kind }) => isOn(FLOW_RULES[kind])),
      ...(isOn('debris') ? debrisFindings : []),
    ];
  }
}

function when(on: boolean, traffic: Traffic, find: (traffic: Traffic) => Finding[]): Finding[] {
  return on ? find(traffic) : [];
}
