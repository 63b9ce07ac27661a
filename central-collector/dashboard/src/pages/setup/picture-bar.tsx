// Below the picture: how old it is, which trajectories lie on it, where the cursor is.

import { ApiProblem } from '../../api/client.ts';
import { ROAD_USERS, type RoadUser } from '../../api/types.ts';
import { problemText } from '../../parts/problem.tsx';
import { roadUserWord } from '../../words/common.ts';
import { formatNumber, formatTime } from '../../words/formats.ts';
import type { Scene } from './scene.ts';
import { t } from './words.ts';

const MINUTES = [1, 2, 5, 10];

export function PictureBar({ scene }: { readonly scene: Scene }) {
  const { value: problem } = scene.stillProblem;
  const mayNotLeave = problem instanceof ApiProblem && problem.code === 'not-allowed';
  return (
    <div class="picture-bar">
      {mayNotLeave && (
        <p class="picture-none">
          <strong>{t('noPictures')}</strong> {t('noPicturesWhat')}
        </p>
      )}
      {problem !== undefined && !mayNotLeave && (
        <p class="picture-none">{t('noPictureNow', { why: problemText(problem) })}</p>
      )}
      <TrajectoryChoice scene={scene} />
    </div>
  );
}

/** On the picture: of when it is, and where the cursor is. */
export function PictureNotes({ scene }: { readonly scene: Scene }) {
  const { value: still } = scene.still;
  return (
    <div class="picture-notes">
      <span role="status">
        {scene.isStillLoading.value && still === undefined
          ? t('pictureLoading')
          : still !== undefined && t('pictureOf', { time: formatTime(still.atMs, true) })}
      </span>
      <CursorPlace scene={scene} />
    </div>
  );
}

/** Pixels, and metres on the road where the camera is calibrated. */
function CursorPlace({ scene }: { readonly scene: Scene }) {
  const { value: cursor } = scene.cursor;
  if (cursor === undefined) return null;
  const ground = scene.ground.value?.toGround(cursor);
  return (
    <span class="cursor-place">
      {Math.round(cursor[0])}, {Math.round(cursor[1])}
      {ground && (
        <span class="cursor-ground">
          {t('cursorGround', { x: formatNumber(ground[0], 1), y: formatNumber(ground[1], 1) })}
        </span>
      )}
    </span>
  );
}

function TrajectoryChoice({ scene }: { readonly scene: Scene }) {
  const { value: problem } = scene.trajectoriesProblem;
  const { value: hidden } = scene.hiddenUsers;
  const counts = new Map<RoadUser, number>();
  for (const { roadUser } of scene.tracks.value) counts.set(roadUser, (counts.get(roadUser) ?? 0) + 1);
  const { value: grid } = scene.grid;
  return (
    <fieldset class="picture-row" aria-label={t('trajectories')}>
      <Switch signal={scene.showTrajectories}>{t('trajectories')}</Switch>
      <select
        class="input picture-minutes"
        aria-label={t('trajectories')}
        value={scene.minutes.value}
        onChange={({ currentTarget }) => {
          scene.minutes.value = Number(currentTarget.value);
          void scene.loadTrajectories();
        }}
      >
        {MINUTES.map((n) => (
          <option key={n} value={n}>
            {t('minutes', { n })}
          </option>
        ))}
      </select>
      {scene.showTrajectories.value && <Switch signal={scene.showBoxes}>{t('boxes')}</Switch>}
      {grid !== undefined && <Switch signal={scene.showGrid}>{t('showGrid', { step: grid.stepM })}</Switch>}
      {scene.showTrajectories.value &&
        ROAD_USERS.filter((roadUser) => counts.has(roadUser)).map((roadUser) => {
          const isShown = !hidden.includes(roadUser);
          return (
            <button
              key={roadUser}
              type="button"
              class="chip"
              aria-pressed={isShown}
              onClick={() => {
                scene.hiddenUsers.value = isShown
                  ? [...hidden, roadUser]
                  : hidden.filter((each) => each !== roadUser);
              }}
            >
              <span class={`swatch swatch-${roadUser}`} aria-hidden="true" />
              {roadUserWord(roadUser)} {counts.get(roadUser)}
            </button>
          );
        })}
      {problem !== undefined && (
        <span class="picture-none">{t('trajectoriesFailed', { why: problemText(problem) })}</span>
      )}
      {problem === undefined && scene.answer.value?.tracks.length === 0 && (
        <span class="picture-note">{t('noTrajectories')}</span>
      )}
    </fieldset>
  );
}

function Switch({ signal, children }: { readonly signal: { value: boolean }; readonly children: string }) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={signal.value}
        onChange={({ currentTarget }) => {
          signal.value = currentTarget.checked;
        }}
      />
      {children}
    </label>
  );
}
