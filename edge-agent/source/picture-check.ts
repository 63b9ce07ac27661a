// Finds what is wrong with a camera by the look of its pictures: black, frozen, blurred, covered, or turned away from what
// it used to see. Says how it looks at a moment; how long that must last is for those who raise an alarm.

import type { PictureFinding, PictureState, Thumbnail } from './frame.ts';
import { BackgroundWindow, type CoveredBox } from './picture-background.ts';
import { type GradientField, gradientField } from './picture-gradient.ts';
import { FaultOnsets, type PictureLook } from './picture-look.ts';
import { LEAST_POINTS, PictureReference } from './picture-reference.ts';
import { SharpnessWatch } from './picture-sharpness.ts';
import { PictureStillness } from './picture-stillness.ts';
import { ViewWatch } from './picture-view.ts';

/** Road users of the frame, `[count, 4]` x1, y1, x2, y2 in source pixels, as Detections has them. */
export type KnownBoxes = { readonly count: number; readonly boxes: Float32Array };

/** What a state is about. */
type When = { readonly cameraTimeMs: number; readonly capturedAtMs: number; readonly discontinuity: boolean };

/** How often the background is looked at, ms: half of its thumbnails are new after two. */
const LOOK_MS = 950;

/** Backgrounds that must have been learned before anything is compared with them, one a second. */
const LEAST_LEARNED = 6;

/** Standing still so long after an abrupt stop is a finding, ms. */
const FROZEN_MS = 3000;

/** Black: the mean is below the one, and hardly a pixel of the thumbnail above the other (grey levels). A street at night has lights. */
const BLACK_MEAN = 16;
const BLACK_LEVEL = 40;
const BLACK_EXCEPTIONS = 0.002;

export class PictureCheck {
  readonly #window = new BackgroundWindow();
  readonly #stillness = new PictureStillness();
  #sharpness = new SharpnessWatch();
  #reference: PictureReference | undefined;
  #view: ViewWatch | undefined;
  #background: Uint8Array | undefined;
  #lastLookMs = Number.NEGATIVE_INFINITY;
  #slow: readonly PictureLook[] = [];
  readonly #onsets = new FaultOnsets();

  /** Takes the next thumbnail and what was detected in its frame. */
  update(thumbnail: Thumbnail, when: When, known?: KnownBoxes): PictureState {
    const { cameraTimeMs, capturedAtMs, discontinuity } = when;
    if (this.#reference?.width !== thumbnail.width || this.#reference.height !== thumbnail.height) {
      this.#relearn(thumbnail);
    }
    if (discontinuity) this.#restart();
    const findings: PictureFinding[] = [];
    const black = blackOf(thumbnail);
    if (black !== undefined) findings.push(this.#onsets.since(black, capturedAtMs));
    const still = this.#stillness.update(thumbnail, this.#background, cameraTimeMs);
    if (still !== undefined && still.stillMs >= FROZEN_MS) {
      const frozen: PictureLook = {
        fault: 'frozen',
        confidence: Math.min(1, 0.5 + still.moved / 400),
        measures: { stillS: still.stillMs / 1000, movedPixels: still.moved },
      };
      findings.push(this.#onsets.since(frozen, capturedAtMs, still.stillMs));
    }
    // What stands still is not learned: it would become the background, cars and all.
    if (black === undefined && still === undefined) {
      this.#window.add(thumbnail, inThumbnail(thumbnail, known), cameraTimeMs);
      if (cameraTimeMs - this.#lastLookMs >= LOOK_MS) {
        this.#lastLookMs = cameraTimeMs;
        this.#slow = this.#look(thumbnail, cameraTimeMs);
      }
    }
    // While it is black or frozen the last look at the view holds: a camera that was moved still is.
    for (const look of this.#slow) findings.push(this.#onsets.since(look, capturedAtMs));
    return { cameraTimeMs, capturedAtMs, learned: this.#isLearned, findings };
  }

  /** An operator says that what the camera sees now is right: it is learned anew. */
  acceptView(): void {
    this.#reference = undefined;
  }

  get #isLearned(): boolean {
    return (this.#reference?.learned ?? 0) >= LEAST_LEARNED;
  }

  #relearn({ width, height }: Thumbnail): void {
    this.#reference = new PictureReference(width, height);
    this.#view = new ViewWatch(this.#reference);
    this.#sharpness = new SharpnessWatch();
    this.#slow = [];
    this.#restart();
  }

  #restart(): void {
    this.#window.clear();
    this.#stillness.reset();
    this.#background = undefined;
    this.#lastLookMs = Number.NEGATIVE_INFINITY;
  }

  #look(thumbnail: Thumbnail, atMs: number): PictureLook[] {
    const background = this.#window.background();
    const reference = this.#reference;
    const view = this.#view;
    if (background === undefined || reference === undefined || view === undefined) return [];
    this.#background = background.luma;
    const field: GradientField = gradientField(background);
    if (!this.#isLearned) {
      reference.learn(field, reference.looks(field, background.luma, { dx: 0, dy: 0 }));
      this.#sharpness.learn(thumbnail.edges, background.luma);
      return [];
    }
    const enough = reference.points().count >= LEAST_POINTS;
    const seen = view.update(field, background.luma, atMs, enough);
    const blurred = this.#sharpness.check(thumbnail.edges, background.luma, seen.layout);
    const findings = [seen.finding ?? blurred].filter((finding) => finding !== undefined);
    if (findings.length === 0 && !seen.doubtful) {
      reference.learn(field, seen.looks);
      this.#sharpness.learn(thumbnail.edges, background.luma);
    }
    return findings;
  }
}

function blackOf({ luma }: Thumbnail): PictureLook | undefined {
  let sum = 0;
  let bright = 0;
  for (const value of luma) {
    sum += value;
    if (value > BLACK_LEVEL) bright++;
  }
  const mean = sum / luma.length;
  if (mean > BLACK_MEAN || bright > BLACK_EXCEPTIONS * luma.length) return undefined;
  return { fault: 'black', confidence: 1 - mean / (2 * BLACK_MEAN), measures: { meanLuma: mean } };
}

function inThumbnail(thumbnail: Thumbnail, known: KnownBoxes | undefined): CoveredBox[] {
  if (known === undefined) return [];
  const { scaleX, scaleY, originX, originY } = thumbnail;
  return Array.from({ length: known.count }, (_, i): CoveredBox => {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = known.boxes.subarray(4 * i, 4 * i + 4);
    return [
      (x1 - originX) * scaleX,
      (y1 - originY) * scaleY,
      (x2 - originX) * scaleX,
      (y2 - originY) * scaleY,
    ];
  });
}
