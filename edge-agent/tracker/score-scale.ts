// What a detector's score is worth. A score of 0.6 is next to certain from one detector and mostly wrong from another,
// so thresholds given as scores fit one of them only.

/** Log-odds beyond these are taken as these: a score of exactly 1 is as sure as 0.99998. */
const MOST_LOG_ODDS = 11;
/** The score by which this share of a camera's sightings stay below is what its detector says when it is sure. */
const SURE_SHARE = 0.75;
/** A detector is never held for surer than this score at its surest: some never say more than 0.7. */
const LEAST_SURE_SCORE = 0.73;
/** Way from the lowest score to the sure one, in log-odds, from which a box may begin a track ... */
const HIGH_AT = 0.4;
/** ... and from which it may continue one. */
const LOW_AT = 0.15;
/** Log-odds by which the sure score moves with a sighting, divided by the sightings so far within these bounds. */
const LEARNING = 20;
const LEAST_LEARNT = 100;
const MOST_LEARNT = 10_000;

export type ScoreScaleOptions = {
  /** Thresholds as configured: the least that `high` and `low` ever are. 0..1. */
  readonly highScore: number;
  readonly lowScore: number;
  /** Raises the thresholds for a detector whose sure scores lie far above them. */
  readonly adapt: boolean;
};

/**
 * Learns from the sightings of a camera which score its detector gives when it is sure: the upper quartile, tracked by
 * stochastic approximation (Robbins and Monro 1951) in log-odds, where scores crowded below 1 lie apart.
 *
 * The thresholds are raised where the configured ones lie too far below it, never lowered. With the default model (card: 0.3; sure
 * of itself at about 0.75) they stay as they are; with one that writes 0.99 on most cars and 0.6 on bushes, they rise to 0.9.
 */
export class ScoreScale {
  readonly #options: ScoreScaleOptions;
  readonly #base: number;
  #sure: number;
  #learnt = 0;
  #high: number;
  #low: number;

  constructor(options: ScoreScaleOptions) {
    this.#options = options;
    this.#base = logOdds(options.lowScore);
    this.#sure = this.#base;
    this.#high = options.highScore;
    this.#low = options.lowScore;
  }

  /** From this score on a box may begin a track. */
  get high(): number {
    return this.#high;
  }

  /** From this score on a box may continue a track. */
  get low(): number {
    return this.#low;
  }

  /** 0 for a score at `high`, 1 for one at the detector's sure score; below 0 and above 1 beyond them. */
  sureness(score: number): number {
    const high = logOdds(this.#high);
    const sure = Math.max(logOdds(LEAST_SURE_SCORE), this.#sure);
    return (logOdds(score) - high) / Math.max(0.5, sure - high);
  }

  /** Takes the score of a sighting in. */
  learn(score: number): void {
    this.#learnt = Math.min(MOST_LEARNT, this.#learnt + 1);
    const step = LEARNING / Math.max(LEAST_LEARNT, this.#learnt);
    const up = logOdds(score) > this.#sure;
    this.#sure = Math.max(this.#base, this.#sure + step * (up ? SURE_SHARE : SURE_SHARE - 1));
    const { highScore, lowScore, adapt } = this.#options;
    if (adapt) {
      const way = this.#sure - this.#base;
      this.#high = Math.max(highScore, scoreOf(this.#base + HIGH_AT * way));
      this.#low = Math.max(lowScore, scoreOf(this.#base + LOW_AT * way));
    }
  }
}

function logOdds(score: number): number {
  if (score <= 0) return -MOST_LOG_ODDS;
  if (score >= 1) return MOST_LOG_ODDS;
  return Math.min(MOST_LOG_ODDS, Math.max(-MOST_LOG_ODDS, Math.log(score / (1 - score))));
}

function scoreOf(logOddsOfScore: number): number {
  return 1 / (1 + Math.exp(-logOddsOfScore));
}
