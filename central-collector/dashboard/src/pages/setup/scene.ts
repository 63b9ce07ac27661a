// What is seen around and under the drawing: the picture, trajectories of the last minutes, the part of it that is in
// view, and where the cursor is.

import { computed, signal } from '@preact/signals';
import { ApiProblem } from '../../api/client.ts';
import type { RoadUser } from '../../api/types.ts';
import type { CameraSetup, Still, TrajectoriesAnswer } from './api.ts';
import type { Trajectory } from './model/crossings.ts';
import { calibrationPairs } from './model/drawing.ts';
import type { Editor } from './model/editor.ts';
import { clamp, type Point } from './model/geometry.ts';
import { fitGround, type GroundFit, gridOf, type Size } from './model/ground.ts';
import { isObject } from './model/plain-edit.ts';
import { pushed, type View, wholeOf, zoomed } from './model/view.ts';
import { type TrackPath, trackPathsOf } from './track-paths.ts';

export type Track = Trajectory & { readonly roadUser: RoadUser; readonly track: number };

const FALLBACK: Size = { width: 1280, height: 720 };

export class Scene {
  readonly still = signal<Still | undefined>(undefined);
  readonly stillProblem = signal<unknown>(undefined);
  readonly isStillLoading = signal(false);
  readonly minutes = signal(5);
  readonly answer = signal<TrajectoriesAnswer | undefined>(undefined);
  readonly trajectoriesProblem = signal<unknown>(undefined);
  readonly showTrajectories = signal(true);
  readonly showBoxes = signal(false);
  readonly showGrid = signal(true);
  readonly hiddenUsers = signal<readonly RoadUser[]>([]);
  readonly view = signal<View>(wholeOf(FALLBACK));
  /** Pixels of the picture in a pixel of the screen. */
  readonly unit = signal(1);
  /** Under the pointer, or the cross that keys move. */
  readonly cursor = signal<Point | undefined>(undefined);
  readonly #setup: CameraSetup;
  readonly #editor: Editor;
  #stopStill = new AbortController();
  #stopTrajectories = new AbortController();

  constructor(setup: CameraSetup, editor: Editor) {
    this.#setup = setup;
    this.#editor = editor;
  }

  readonly size = computed<Size>(() => this.#editor.drawing.value.picture ?? FALLBACK);

  /** In the pixels that the file speaks of, whatever size the box had. */
  readonly tracks = computed<readonly Track[]>(() => {
    const { value: answer } = this.answer;
    if (answer === undefined) return [];
    const sx = this.size.value.width / answer.picture.width;
    const sy = this.size.value.height / answer.picture.height;
    if (sx === 1 && sy === 1) return answer.tracks;
    return answer.tracks.map((track) => ({
      ...track,
      points: track.points.map(([x, y, ms]) => [x * sx, y * sy, ms] as const),
      box: [track.box[0] * sx, track.box[1] * sy, track.box[2] * sx, track.box[3] * sy] as const,
    }));
  });

  readonly shownTracks = computed(() =>
    this.tracks.value.filter(({ roadUser }) => !this.hiddenUsers.value.includes(roadUser)),
  );

  readonly pairs = computed(() => calibrationPairs(this.#editor.drawing.value.value.calibration));

  readonly fit = computed(() => {
    const { calibration } = this.#editor.drawing.value.value;
    if (!isObject(calibration)) return undefined;
    const distortion = typeof calibration.distortion === 'number' ? calibration.distortion : 0;
    return fitGround(this.size.value, this.pairs.value, clamp(distortion, -0.3, 1));
  });

  readonly ground = computed<GroundFit | undefined>(() =>
    typeof this.fit.value === 'object' ? this.fit.value : undefined,
  );

  readonly grid = computed(() => {
    const { value: fit } = this.ground;
    return fit && gridOf(this.size.value, this.pairs.value, fit);
  });

  readonly trackPaths = computed<readonly TrackPath[]>(() =>
    trackPathsOf(this.shownTracks.value, this.lengthMs),
  );

  /** Of the time that the trajectories are of. */
  get lengthMs(): number {
    const { value: answer } = this.answer;
    return answer === undefined ? 1 : Math.max(1, Date.parse(answer.to) - Date.parse(answer.from));
  }

  zoom(factor: number, about?: Point): void {
    const { x, y, width, height } = this.view.value;
    this.view.value = zoomed(
      this.view.value,
      this.size.value,
      factor,
      about ?? [x + width / 2, y + height / 2],
    );
  }

  push(dx: number, dy: number): void {
    this.view.value = pushed(this.view.value, this.size.value, dx, dy);
  }

  showAll(): void {
    this.view.value = wholeOf(this.size.value);
  }

  async loadStill(): Promise<void> {
    this.#stopStill.abort();
    const stop = new AbortController();
    this.#stopStill = stop;
    this.isStillLoading.value = true;
    try {
      const still = await this.#setup.still(stop.signal);
      if (stop.signal.aborted) return URL.revokeObjectURL(still.url);
      this.#forgetStill();
      this.still.value = still;
      this.stillProblem.value = undefined;
    } catch (problem) {
      if (stop.signal.aborted) return;
      this.stillProblem.value = problem;
      // A picture that may not be shown any more is not shown any more.
      if (problem instanceof ApiProblem && problem.code === 'not-allowed') this.#forgetStill();
    }
    this.isStillLoading.value = false;
  }

  async loadTrajectories(): Promise<void> {
    this.#stopTrajectories.abort();
    const stop = new AbortController();
    this.#stopTrajectories = stop;
    try {
      this.answer.value = await this.#setup.trajectories(this.minutes.value, stop.signal);
      this.trajectoriesProblem.value = undefined;
    } catch (problem) {
      if (!stop.signal.aborted) this.trajectoriesProblem.value = problem;
    }
  }

  close(): void {
    this.#stopStill.abort();
    this.#stopTrajectories.abort();
    this.#forgetStill();
  }

  #forgetStill(): void {
    if (this.still.value !== undefined) URL.revokeObjectURL(this.still.value.url);
    this.still.value = undefined;
  }
}
