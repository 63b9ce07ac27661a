// Incidents on the road: looks at every carriageway with every rule, and lets what they find live.

import type { Incident } from '../../../contract/index.ts';
import type { PictureFault, PictureFinding } from '../../source/frame.ts';
import type { Moment, Observation, Observer } from '../observation.ts';
import { Carriageway, type CarriagewayOptions, type ToGround } from './carriageway.ts';
import { Crashes } from './crash.ts';
import { Debris } from './debris.ts';
import type { Finding, IncidentKind } from './finding.ts';
import { type FlowKind, FlowState } from './flow-state.ts';
import { IncidentLife } from './incident-life.ts';
import { findingsOf, LyingThings } from './lying-things.ts';
import { MotionHistory } from './motion-history.ts';
import { findCyclists, findPedestrians } from './on-foot.ts';
import { PictureJumps } from './picture-jumps.ts';
import type { RuleName } from './rules.ts';
import { LocalTime } from './schedule.ts';
import { findSpeeding } from './speeding.ts';
import { StoppedVehicles } from './stopped-vehicle.ts';
import { type Traffic, trafficOn } from './traffic.ts';
import { type PosedCalibration, VehicleFit } from './vehicle-fit.ts';
import { findWrongWay } from './wrong-way.ts';

export type IncidentsOptions = {
  /** Slug of the camera. */
  readonly camera: string;
  readonly carriageways: readonly CarriagewayOptions[];
  /** Size of the picture that boxes and configured points refer to; default: the camera's own. */
  readonly picture?: { readonly width: number; readonly height: number } | undefined;
  /** Where the camera is calibrated. */
  readonly toGround?: ToGround | undefined;
  /** The same with the camera's pose: tells what is no vehicle, and where exactly one stands. */
  readonly calibration?: PosedCalibration | undefined;
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
  readonly lying: LyingThings;
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
  readonly #jumps = new PictureJumps();
  readonly #localTime: LocalTime;
  readonly #places: readonly Place[];
  /** What is older was seen by a camera with a fault. */
  #trustedSince: Moment | undefined;

  /** @throws RangeError for a time zone that does not exist. */
  constructor(options: IncidentsOptions) {
    const { camera, carriageways, toGround, calibration, picture, timeZone = 'UTC', updateMs } = options;
    const fit = calibration && new VehicleFit(calibration);
    this.#life = new IncidentLife({ camera, ...(updateMs === undefined ? {} : { updateMs }) });
    this.#localTime = new LocalTime(timeZone);
    this.#places = carriageways.map((one): Place => {
      const carriageway = new Carriageway(one, toGround, fit);
      return {
        carriageway,
        flow: new FlowState(carriageway),
        stopped: new StoppedVehicles(),
        crashes: new Crashes(),
        debris: new Debris(carriageway, { picture, toGround }),
        lying: new LyingThings(),
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
    const isDoubtful = this.#jumps.isDoubtful(observation.thumbnail, observation.cameraTimeMs);
    const messages =
      isDoubtful || faults.some(({ fault }) => UNUSABLE.has(fault))
        ? this.#suspend(observation)
        : this.#life.observe(observation, this.#findAll(observation, faults));
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

  #findAll(observation: Observation, faults: readonly PictureFinding[]): Finding[] {
    this.#history.update(observation);
    const trusted = this.#trustedSince;
    return this.#places.flatMap((place) => {
      place.stopped.forget(observation.gone);
      place.crashes.forget(observation.gone);
      place.lying.forget(observation.gone);
      return this.#find(place, observation, faults).map((finding) =>
        trusted !== undefined && finding.onset && finding.onset.cameraTimeMs < trusted.cameraTimeMs
          ? { ...finding, onset: trusted }
          : finding,
      );
    });
  }

  #forget(): void {
    this.#history.clear();
    for (const { flow, stopped, crashes, debris, lying } of this.#places) {
      flow.reset();
      stopped.clear();
      crashes.clear();
      debris.reset();
      lying.clear();
    }
  }

  #find(
    { carriageway, flow, stopped, crashes, debris, lying, open }: Place,
    observation: Observation,
    faults: readonly PictureFinding[],
  ): Finding[] {
    const everything = trafficOn(carriageway, observation, this.#history);
    const things = lying.among(everything);
    const traffic = { ...everything, members: everything.members.filter((member) => !things.has(member)) };
    const isOn = (name: RuleName) =>
      carriageway.rules[name].enabled &&
      !this.#localTime.isWithin(carriageway.rules[name].off, observation.capturedAtMs);
    const crashed = isOn('crash') ? crashes.find(traffic) : [];
    const inCrash = crashes.involved(crashed);
    // Looked for also while the rule is off: what the road looks like without debris has to be known.
    if (faults.length > 0) debris.reset();
    const debrisFindings = faults.length > 0 ? [] : debris.find(traffic, observation);
    const stands = isOn('stoppedVehicle') ? stopped.find(traffic, inCrash) : [];
    // Behind a cover a part of the traffic is seen, and not a fair one.
    const isCovered = faults.some(({ fault }) => fault === 'obscured');
    const isOpen = (kind: FlowKind) => open.has(kind);
    const flows = isCovered ? flow.suspend(isOpen) : flow.find(withoutStranded(traffic, stands), isOpen);
    return [
      ...crashed,
      ...stands,
      ...when(isOn('wrongWay'), traffic, findWrongWay),
      ...when(isOn('pedestrian'), traffic, findPedestrians),
      ...when(isOn('cyclist'), traffic, findCyclists),
      ...when(isOn('speeding'), traffic, findSpeeding),
      ...flows.filter(({ kind }) => isOn(FLOW_RULES[kind])),
      ...(isOn('debris') ? [...findingsOf(things, traffic), ...debrisFindings] : []),
    ];
  }
}

function when(on: boolean, traffic: Traffic, find: (traffic: Traffic) => Finding[]): Finding[] {
  return on ? find(traffic) : [];
}

/** Who has broken down is in the way of the traffic and no part of it: the others may drive as fast as ever. */
function withoutStranded(traffic: Traffic, stands: readonly Finding[]): Traffic {
  const stranded = new Set(
    stands
      .filter(({ holds, measures, timing }) => {
        return holds === 'enter' && (measures.standsS ?? 0) * 1000 >= timing.enterMs;
      })
      .map(({ subject }) => subject),
  );
  if (stranded.size === 0) return traffic;
  return { ...traffic, members: traffic.members.filter(({ view }) => !stranded.has(`${view.id}`)) };
}
