// What traffic engineers ask of a clip: turning movements, and for each line and direction the flow in passenger car
// units, the density and the level of service. From the events of the replay; tables come from the configuration.

import {
  addSpeeds,
  type Journey,
  type LevelOfService,
  levelOfService,
  type PcuTable,
  pcDensity,
  pcuOf,
  percentileSpeedKmh,
  type RoadUser,
  type ServiceTable,
  type SpeedSums,
  spaceMeanSpeedKmh,
  type TrafficEvent,
  type TurningMovement,
  timeMeanSpeedKmh,
  turningMatrix,
} from '../../contract/index.ts';

export type FigureTables = { readonly pcu: PcuTable; readonly service: ServiceTable };

export type LineFigures = {
  readonly line: string;
  readonly direction: string;
  readonly vehicles: number;
  readonly pcu: number;
  /** Passenger car units an hour of observed time. */
  readonly pcuPerH: number;
  /** Of the vehicles whose speed was measured; absent where there is none. */
  readonly speed?: {
    readonly n: number;
    readonly timeMeanKmh: number;
    readonly spaceMeanKmh: number;
    /** 85 of 100 go no faster. */
    readonly v85Kmh: number;
  };
  /** By the space-mean speed; absent where no speed was measured, or the line has no lanes to divide by. */
  readonly densityPcPerKmLane?: number;
  /** Absent too for a table that is not for densities. */
  readonly service?: LevelOfService;
};

export type TrafficFigures = {
  /** Edition of the table that `pcu` is by. */
  readonly pcuEdition: string;
  readonly movements: readonly TurningMovement[];
  readonly lines: readonly LineFigures[];
};

type LineSums = {
  readonly line: string;
  readonly direction: string;
  readonly counts: Partial<Record<RoadUser, number>>;
  speed: SpeedSums;
  readonly observedMs: Map<number, number>;
  /** Empty where the line has none. */
  readonly lanes: Set<string>;
};

export class TrafficFigureSums {
  readonly #tables: FigureTables;
  readonly #journeys: Journey[] = [];
  readonly #lines = new Map<string, LineSums>();

  constructor(tables: FigureTables) {
    this.#tables = tables;
  }

  add(event: TrafficEvent): void {
    if (event.type === 'journey') this.#journeys.push(event);
    if (event.type !== 'flow') return;
    const { line, direction, lane } = event;
    const key = `${line} ${direction}`;
    const sums: LineSums = this.#lines.get(key) ?? {
      line,
      direction,
      counts: {},
      speed: { n: 0, sumKmh: 0, sumPerKmh: 0, histogram: [] },
      observedMs: new Map(),
      lanes: new Set(),
    };
    this.#lines.set(key, sums);
    // Lanes of a line report the same time.
    sums.observedMs.set(event.fromMs, event.observedMs);
    if (lane !== undefined) sums.lanes.add(lane);
    for (const [roadUser, { n, speed }] of Object.entries(event.counts)) {
      if (roadUser === 'person') continue;
      sums.counts[roadUser as RoadUser] = (sums.counts[roadUser as RoadUser] ?? 0) + n;
      if (speed) {
        sums.speed = addSpeeds(sums.speed, speed);
      }
    }
  }

  /** Lines in the order in which they were first reported. */
  figures(): TrafficFigures {
    return {
      pcuEdition: this.#tables.pcu.edition,
      movements: turningMatrix(this.#journeys).map((movement) => ({
        ...movement,
        meanDurationS: round(movement.meanDurationS),
      })),
      lines: [...this.#lines.values()].map((sums) => this.#figuresOf(sums)),
    };
  }

  #figuresOf({ line, direction, counts, speed, observedMs, lanes }: LineSums): LineFigures {
    const { pcu: table, service } = this.#tables;
    const seenMs = [...observedMs.values()].reduce((sum, ms) => sum + ms, 0);
    const pcu = pcuOf(counts, table);
    const road = { observedMs: seenMs, spaceMeanSpeedKmh: spaceMeanSpeedKmh(speed), lanes: lanes.size };
    const density = pcDensity(counts, road, table);
    const level =
      density === undefined || service.measure !== 'density'
        ? undefined
        : levelOfService({ densityPcPerKmLane: density }, service);
    return {
      line,
      direction,
      vehicles: Object.values(counts).reduce((sum, n) => sum + n, 0),
      pcu,
      pcuPerH: seenMs > 0 ? round((pcu * 3_600_000) / seenMs) : 0,
      ...speedFigures(speed),
      ...(density === undefined ? {} : { densityPcPerKmLane: round(density) }),
      ...(level === undefined ? {} : { service: level }),
    };
  }
}

function speedFigures(sums: SpeedSums): Pick<LineFigures, 'speed'> {
  const timeMean = timeMeanSpeedKmh(sums);
  const spaceMean = spaceMeanSpeedKmh(sums);
  const v85 = percentileSpeedKmh(sums, 0.85);
  if (timeMean === undefined || spaceMean === undefined || v85 === undefined) return {};
  return {
    speed: { n: sums.n, timeMeanKmh: round(timeMean), spaceMeanKmh: round(spaceMean), v85Kmh: round(v85) },
  };
}

/** Three decimals: finer would be noise. */
function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
