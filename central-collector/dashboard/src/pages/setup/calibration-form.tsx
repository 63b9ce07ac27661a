// The pairs of a calibration as a table, with how far each is off: one sees whether it is right.

import { Button } from '../../parts/button.tsx';
import { formatNumber } from '../../words/formats.ts';
import { calibrationWay, isPoint, listed } from './model/drawing.ts';
import type { Point } from './model/geometry.ts';
import type { GroundFault, GroundFit } from './model/ground.ts';
import { isObject, valueAt } from './model/plain-edit.ts';
import { movePoint, removeHandle } from './model/shape-edits.ts';
import { Coordinate, PointFields } from './point-fields.tsx';
import type { ShapeFormProps } from './shape-form.tsx';
import { t } from './words.ts';

export function CalibrationForm({ editor, scene, shape }: ShapeFormProps) {
  const { value: drawing } = editor.drawing;
  const { value: fit } = scene.fit;
  const { value: selection } = editor.selection;
  const way = calibrationWay(drawing.value);
  const errors = typeof fit === 'object' ? fit.errors : [];
  const worst = errors.reduce((at, { px }, i) => (px > (errors[at]?.px ?? 0) ? i : at), 0);
  const points = listed(valueAt(drawing.value, ['calibration', 'points']));
  return (
    <>
      {fit !== undefined && <Verdict fit={fit} count={scene.pairs.value.length} />}
      {way === 'points' ? (
        <>
          <p class="field-hint">{t('calibrationHint')}</p>
          <div class="pairs-scroll">
            <table class="pairs">
              <thead>
                <tr>
                  <th scope="col">
                    <span class="unseen">{t('point', { n: '' })}</span>
                  </th>
                  <th scope="col" colSpan={2}>
                    {t('px')}
                  </th>
                  <th scope="col" colSpan={2}>
                    {t('ground')}
                  </th>
                  <th scope="col">{t('residual')}</th>
                  <td />
                </tr>
              </thead>
              <tbody>
                {shape.handles.map(({ path, point }, i) => {
                  const base = path.slice(0, -1);
                  const entry = points[i];
                  const ground: Point = isObject(entry) && isPoint(entry.ground) ? entry.ground : [0, 0];
                  const isHeld = selection?.shape === shape.id && selection.handle === i;
                  const error = errors[i];
                  const name = t('point', { n: i + 1 });
                  const move = (to: Point) =>
                    editor.edit([movePoint(drawing, path, to)], `type ${path.join('/')}`);
                  const place = (to: Point) =>
                    editor.edit(
                      [{ what: 'set', path: [...base, 'ground'], value: to }],
                      `type ${base.join('/')}/ground`,
                    );
                  const removal = removeHandle(shape, i);
                  return (
                    <tr key={path.join('/')} class={isHeld ? 'is-held' : ''}>
                      <th scope="row">
                        <button
                          type="button"
                          class="point-name"
                          aria-pressed={isHeld}
                          aria-label={name}
                          onClick={() => editor.select(shape.id, isHeld ? undefined : i)}
                        >
                          {i + 1}
                        </button>
                      </th>
                      <td>
                        <Coordinate
                          label={`${name} x`}
                          value={point[0]}
                          onChange={(x) => move([x, point[1]])}
                        />
                      </td>
                      <td>
                        <Coordinate
                          label={`${name} y`}
                          value={point[1]}
                          onChange={(y) => move([point[0], y])}
                        />
                      </td>
                      <td>
                        <Coordinate
                          label={`${name}, ${t('ground')} x`}
                          value={ground[0]}
                          step="any"
                          onChange={(x) => place([x, ground[1]])}
                        />
                      </td>
                      <td>
                        <Coordinate
                          label={`${name}, ${t('ground')} y`}
                          value={ground[1]}
                          step="any"
                          onChange={(y) => place([ground[0], y])}
                        />
                      </td>
                      <td class={`residual ${i === worst && errors.length > 4 ? 'is-worst' : ''}`}>
                        {error && (
                          <>
                            <div>{formatNumber(error.px, 1)} px</div>
                            <div>{formatNumber(error.m, 2)} m</div>
                          </>
                        )}
                      </td>
                      <td>
                        <Button
                          look="quiet"
                          icon="close"
                          label={`${t('removePoint')} ${i + 1}`}
                          disabled={removal === undefined}
                          onClick={() => removal && editor.edit([removal])}
                        />
                      </td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </div>
          <div class="button-row">
            <Button icon="plus" onClick={() => editor.draw('calibration')}>
              {t('addPoints')}
            </Button>
          </div>
        </>
      ) : (
        <>
          {way !== undefined && <p class="field-hint">{t('calibrationOther', { way: t(way) })}</p>}
          <PointFields editor={editor} shape={shape} />
        </>
      )}
    </>
  );
}

function Verdict({ fit, count }: { readonly fit: GroundFit | GroundFault; readonly count: number }) {
  if (typeof fit === 'string') {
    return <p class="object-preview is-none">{t(fit, { n: Math.max(0, 4 - count) })}</p>;
  }
  if (count === 4) return <p class="object-preview">{t('fitExact')}</p>;
  const isGood = fit.rmsPx <= fit.limitPx;
  const values = { px: formatNumber(fit.rmsPx, 1), limit: formatNumber(fit.limitPx, 1) };
  return <p class={`object-preview ${isGood ? '' : 'is-none'}`}>{t(isGood ? 'fits' : 'fitsNot', values)}</p>;
}
