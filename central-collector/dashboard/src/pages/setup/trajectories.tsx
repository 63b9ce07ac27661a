// Where road users were in the last minutes: one colour a class, the older the fainter.

import type { Scene } from './scene.ts';

/** Who was seen so shortly before the end is still there: its box is shown. */
const STILL_THERE_MS = 3000;

export function Trajectories({ scene }: { readonly scene: Scene }) {
  const boxes = scene.shownTracks.value.filter(
    ({ points }) => scene.lengthMs - (points.at(-1)?.[2] ?? 0) < STILL_THERE_MS,
  );
  return (
    <g class="trajectories">
      {scene.trackPaths.value.map(({ roadUser, recency, d }) => (
        <path
          key={`${roadUser} ${recency}`}
          class={`track track-${roadUser}`}
          d={d}
          opacity={0.4 + 0.5 * recency}
        />
      ))}
      {scene.showBoxes.value &&
        boxes.map(({ track, roadUser, box: [x1, y1, x2, y2] }) => (
          <rect
            key={track}
            class={`track track-box track-${roadUser}`}
            x={x1}
            y={y1}
            width={Math.max(0, x2 - x1)}
            height={Math.max(0, y2 - y1)}
          />
        ))}
    </g>
  );
}
