// Where a road user's box will be: a Kalman filter in real seconds, so that dropped frames and slow cameras
// do not change what "fast" means.

/** Box as centre and size in pixels. */
export type CentredBox = { cx: number; cy: number; width: number; height: number };

/*
 * All noise is relative to the size of the box (the square root of its area, or its side), because a vehicle
 * twice as near moves and jitters twice as much in pixels.
 */

/** Detection jitter as a share of the box's side: ByteTrack's 1/20 of the height. */
const MEASUREMENT_SHARE = 0.05;
/**
 * Spectral density of acceleration, box sizes per s^1.5. Braking at 6 m/s² is 1.3 car lengths per s²; perspective adds about
 * as much.
 */
const ACCELERATION_SIZES = 2;
/** Growth of a box is steadier than its motion. */
const GROWTH_SIZES = 1;
/** Spread of the unknown first velocity, sizes/s: a motorbike at 40 km/h makes 5.5 of its lengths a second. */
const FIRST_VELOCITY_SIZES = 4;
const FIRST_GROWTH_SIZES = 0.5;
/** An unseen box stops growing or shrinking with this time constant, lest it vanish or fill the picture. */
const GROWTH_DECAY_S = 0.5;

const AXES = 4;
const FIELDS = 5;

/**
 * Constant-velocity filter of one box. The four axes (centre x, centre y, width, height) are independent given
 * this noise model, so each is a 2-state filter: value, rate and their covariance (3 numbers). Process noise is
 * that of white-noise acceleration over the true time step (Bar-Shalom 2001, section 6.2.2).
 */
export class BoxFilter {
  /** `[4 axes, 5]`: value, rate, variance of value, covariance, variance of rate. */
  readonly #state = new Float64Array(AXES * FIELDS);

  constructor(box: CentredBox) {
    const size = sizeOf(box);
    this.#start(0, box.cx, MEASUREMENT_SHARE * box.width, FIRST_VELOCITY_SIZES * size);
    this.#start(1, box.cy, MEASUREMENT_SHARE * box.height, FIRST_VELOCITY_SIZES * size);
    this.#start(2, box.width, 2 * MEASUREMENT_SHARE * box.width, FIRST_GROWTH_SIZES * box.width);
    this.#start(3, box.height, 2 * MEASUREMENT_SHARE * box.height, FIRST_GROWTH_SIZES * box.height);
  }

  get cx(): number {
    return this.#read(0);
  }

  get cy(): number {
    return this.#read(FIELDS);
  }

  get width(): number {
    return Math.max(1, this.#read(2 * FIELDS));
  }

  get height(): number {
    return Math.max(1, this.#read(3 * FIELDS));
  }

  /** Square root of the box's area, px. */
  get size(): number {
    return Math.sqrt(this.width * this.height);
  }

  /** Velocity of the centre, px/s. */
  get velocityX(): number {
    return this.#read(1);
  }

  get velocityY(): number {
    return this.#read(FIELDS + 1);
  }

  /** Standard deviation of the centre, px; of its x and y the larger. */
  get positionStd(): number {
    return Math.sqrt(Math.max(this.#read(2), this.#read(FIELDS + 2)));
  }

  /** Moves the box on by `dtS` > 0 seconds. */
  predict(dtS: number, seenLast: boolean): void {
    const size = this.size;
    this.#advance(0, dtS, ACCELERATION_SIZES * size);
    this.#advance(FIELDS, dtS, ACCELERATION_SIZES * size);
    if (!seenLast) {
      const decay = Math.exp(-dtS / GROWTH_DECAY_S);
      this.#state[2 * FIELDS + 1] = this.#read(2 * FIELDS + 1) * decay;
      this.#state[3 * FIELDS + 1] = this.#read(3 * FIELDS + 1) * decay;
    }
    this.#advance(2 * FIELDS, dtS, GROWTH_SIZES * this.width);
    this.#advance(3 * FIELDS, dtS, GROWTH_SIZES * this.height);
  }

  /** Takes a detection in. `noise` widens its assumed jitter, for detections of low score. */
  correct(box: CentredBox, noise: number): void {
    const share = MEASUREMENT_SHARE * noise;
    this.#measure(0, box.cx, share * box.width);
    this.#measure(FIELDS, box.cy, share * box.height);
    this.#measure(2 * FIELDS, box.width, 2 * share * box.width);
    this.#measure(3 * FIELDS, box.height, 2 * share * box.height);
  }

  /** Stands still there: for a vehicle known to be parked or waiting. */
  restAt({ cx, cy, width, height }: CentredBox): void {
    for (const [axis, value] of [cx, cy, width, height].entries()) {
      this.#state[axis * FIELDS] = value;
      this.#state[axis * FIELDS + 1] = 0;
    }
  }

  #start(axis: number, value: number, valueStd: number, rateStd: number): void {
    const base = axis * FIELDS;
    this.#state[base] = value;
    this.#state[base + 2] = valueStd * valueStd;
    this.#state[base + 4] = rateStd * rateStd;
  }

  #advance(base: number, dt: number, density: number): void {
    const s = this.#state;
    const rate = this.#read(base + 1);
    const pxx = this.#read(base + 2);
    const pxv = this.#read(base + 3);
    const pvv = this.#read(base + 4);
    const q = density * density;
    s[base] = this.#read(base) + rate * dt;
    s[base + 2] = pxx + dt * (2 * pxv + dt * pvv) + (q * dt * dt * dt) / 3;
    s[base + 3] = pxv + dt * pvv + (q * dt * dt) / 2;
    s[base + 4] = pvv + q * dt;
  }

  #measure(base: number, value: number, std: number): void {
    const s = this.#state;
    const pxx = this.#read(base + 2);
    const pxv = this.#read(base + 3);
    const innovation = value - this.#read(base);
    const total = pxx + std * std;
    const gainX = pxx / total;
    const gainV = pxv / total;
    s[base] = this.#read(base) + gainX * innovation;
    s[base + 1] = this.#read(base + 1) + gainV * innovation;
    s[base + 2] = (1 - gainX) * pxx;
    s[base + 3] = (1 - gainX) * pxv;
    s[base + 4] = this.#read(base + 4) - gainV * pxv;
  }

  #read(index: number): number {
    return this.#state[index] as number;
  }
}

function sizeOf(box: CentredBox): number {
  return Math.sqrt(box.width * box.height);
}
