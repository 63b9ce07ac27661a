// Metres of the road laid over the picture, and how far each calibration point is from where it should be.

import type { GroundFit } from './model/ground.ts';
import type { Scene } from './scene.ts';

/** Short errors are drawn longer, so that one sees which way they go. */
const TIMES = 5;

export function GroundGrid({ scene, fit }: { readonly scene: Scene; readonly fit: GroundFit }) {
  const { value: pairs } = scene.pairs;
  const lines = scene.grid.value?.lines ?? [];
  const path = (isMain: boolean) =>
    lines
      .filter((line) => line.isMain === isMain)
      .map(({ points }) => `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}`)
      .join('');
  const errors = pairs
    .map(({ picture, ground }) => {
      const seen = fit.toPicture(ground);
      return seen === undefined
        ? ''
        : `M${picture}l${TIMES * (seen[0] - picture[0])} ${TIMES * (seen[1] - picture[1])}`;
    })
    .join('');
  return (
    <g class="ground">
      <path class="ground-line" d={path(false)} />
      <path class="ground-line ground-main" d={path(true)} />
      <path class="ground-error" d={errors} />
    </g>
  );
}
