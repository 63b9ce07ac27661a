// Turning movements of a crossroads over a day: diagram, matrix, and a slider through its intervals.

import { useEffect, useMemo, useState } from 'preact/hooks';
import { useSearchParams } from 'wouter-preact';
import type { TurningAnswer } from '../../../../api/schemas/history.ts';
import type { CameraAnswer } from '../../../../api/schemas/places.ts';
import { address } from '../../api/client.ts';
import { ROAD_USERS } from '../../api/types.ts';
import { useGet } from '../../api/use-get.ts';
import { nowMs } from '../../live/stream.ts';
import { Button } from '../../parts/button.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Field, SelectField } from '../../parts/field.tsx';
import { Fold } from '../../parts/fold.tsx';
import { Panel } from '../../parts/panel.tsx';
import { addDays, dateOf } from '../../parts/plot-time.ts';
import { Problem } from '../../parts/problem.tsx';
import { roadUserWord } from '../../words/common.ts';
import { formatNumber, formatShare, timeZone } from '../../words/formats.ts';
import { slugText } from '../../words/slugs.ts';
import { storedOrder, storeOrder } from './arm-order.ts';
import { DaySlider } from './day-slider.tsx';
import { type Chosen, Diagram } from './diagram.tsx';
import { MatrixTable } from './matrix-table.tsx';
import { armsOf, inOrder, matrixOf, moved, totalsOf } from './movements.ts';
import './turning.css';
import { type TurningView, turningFromSearch, turningToSearch } from './view.ts';
import { t } from './words.ts';

const REFRESH_S = 60;

export function Page() {
  const [search, setSearch] = useSearchParams();
  const view = turningFromSearch(search.toString());
  const cameras = useGet<{ cameras: readonly CameraAnswer[] }>('/cameras', { limit: 1000 });
  const known = cameras.data?.cameras ?? [];
  const camera = view.camera ?? crossroads(known)?.id ?? null;
  const zone = timeZone();
  const today = dateOf(nowMs.value, zone);
  const date = view.date ?? today;
  const query = { camera, from: date, to: addDays(date, 1), every: view.every, tz: zone };
  const found = useGet<TurningAnswer>(
    camera === null ? null : '/turning-movements',
    query,
    date === today ? { refreshS: REFRESH_S } : {},
  );
  const change = (next: Partial<TurningView>) =>
    setSearch(new URLSearchParams(turningToSearch({ ...view, ...next })), { replace: true });
  useEffect(() => {
    document.title = `${t('title')} – ngatu`;
  });
  if (cameras.data !== undefined && camera === null)
    return <Empty title={t('noCameras')}>{t('noCamerasHint')}</Empty>;
  const name = known.find(({ id }) => id === camera)?.name ?? camera ?? '';
  return (
    <div class="turning">
      <h1 class="unseen">{t('title')}</h1>
      {cameras.problem !== undefined && <Problem problem={cameras.problem} onRetry={cameras.reload} />}
      <Choices view={view} camera={camera} cameras={known} date={date} today={today} change={change} />
      {found.problem !== undefined && <Problem problem={found.problem} onRetry={found.reload} />}
      {found.data === undefined && found.loading && <p class="turning-quiet">{t('loading')}</p>}
      {found.data !== undefined && camera !== null && (
        <Movements
          key={camera}
          answer={found.data}
          view={view}
          camera={camera}
          name={name}
          change={change}
          csv={address('/turning-movements', { ...query, format: 'csv' })}
        />
      )}
    </div>
  );
}

function Movements({
  answer: { intervals },
  view,
  camera,
  name,
  change,
  csv,
}: {
  readonly answer: TurningAnswer;
  readonly view: TurningView;
  readonly camera: string;
  readonly name: string;
  readonly change: (next: Partial<TurningView>) => void;
  readonly csv: string;
}) {
  const [order, setOrder] = useState(() => storedOrder(camera));
  const [chosen, choose] = useState<Chosen>(null);
  const arms = inOrder(armsOf(intervals), order);
  const totals = useMemo(() => totalsOf(intervals, view.roadUsers), [intervals, view.roadUsers.join()]);
  const place = view.interval !== null && view.interval < intervals.length ? view.interval : null;
  const shown = place === null ? intervals : intervals.slice(place, place + 1);
  const matrix = matrixOf(shown, arms, view.roadUsers, nowMs.value);
  const wasSeen = shown.some(({ coverage, movements }) => coverage > 0 || movements.length > 0);
  const put = (next: readonly string[] | null) => {
    storeOrder(camera, next);
    setOrder(next ?? []);
  };
  return (
    <>
      <section class="panel panel-body" aria-label={t('time')}>
        <DaySlider
          intervals={intervals}
          totals={totals}
          chosen={place}
          choose={(interval) => change({ interval })}
        />
      </section>
      {arms.length === 0 || !wasSeen ? (
        <Empty title={t(wasSeen ? 'noMovements' : 'notObserved')}>
          {t(wasSeen ? 'noMovementsHint' : 'notObservedHint')}
        </Empty>
      ) : (
        <div class="turning-main">
          <Panel title={name} class="turning-diagram">
            <Diagram matrix={matrix} camera={name} chosen={chosen} choose={choose} />
            <p class="turning-quiet">{t('widths')}</p>
          </Panel>
          <div class="turning-side">
            <dl class="turning-figures">
              <div>
                <dt>{t('sum')}</dt>
                <dd>{t('vehicles', { n: formatNumber(matrix.total) })}</dd>
              </div>
              <div>
                <dt>{t('seen')}</dt>
                <dd>{formatShare(matrix.coverage)}</dd>
              </div>
            </dl>
            <Panel
              title={t('matrix')}
              actions={
                <a class="button button-plain" href={csv} download="turning-movements.csv">
                  {t('csv')}
                </a>
              }
            >
              <MatrixTable matrix={matrix} chosen={chosen} choose={choose} />
            </Panel>
            <Panel
              title={t('order')}
              actions={
                order.length > 0 && (
                  <Button look="quiet" onClick={() => put(null)}>
                    {t('resetOrder')}
                  </Button>
                )
              }
            >
              <p class="turning-quiet">{t('orderHint')}</p>
              <ol class="arms">
                {arms.map((arm, i) => (
                  <li key={arm}>
                    <span>
                      {i + 1}. {slugText(arm)}
                    </span>
                    <Button
                      look="quiet"
                      icon="up"
                      label={t('earlier', { arm: slugText(arm) })}
                      onClick={() => put(moved(arms, arm, -1))}
                    />
                    <Button
                      look="quiet"
                      icon="down"
                      label={t('later', { arm: slugText(arm) })}
                      onClick={() => put(moved(arms, arm, 1))}
                    />
                  </li>
                ))}
              </ol>
            </Panel>
          </div>
        </div>
      )}
    </>
  );
}

function Choices({
  view,
  camera,
  cameras,
  date,
  today,
  change,
}: {
  readonly view: TurningView;
  readonly camera: string | null;
  readonly cameras: readonly CameraAnswer[];
  readonly date: string;
  readonly today: string;
  readonly change: (next: Partial<TurningView>) => void;
}) {
  const go = (next: string) => change({ date: next === today ? null : next });
  return (
    <search>
      <Fold title={t('choices')} class="turning-fold">
        <div class="turning-choices">
          <SelectField
            label={t('camera')}
            value={camera ?? ''}
            options={cameras.map(({ id, name }) => ({ value: id, label: name ?? id }))}
            onChange={(next) => change({ camera: next, interval: null })}
          />
          <div class="turning-date">
            <Button icon="left" label={t('dayBefore')} onClick={() => go(addDays(date, -1))} />
            <Field label={t('date')}>
              {(control) => (
                <input
                  class="input"
                  type="date"
                  value={date}
                  max={today}
                  onChange={(event) => event.currentTarget.value !== '' && go(event.currentTarget.value)}
                  {...control}
                />
              )}
            </Field>
            <Button
              icon="right"
              label={t('dayAfter')}
              disabled={date >= today}
              onClick={() => go(addDays(date, 1))}
            />
          </div>
          <SelectField
            label={t('every')}
            value={view.every}
            options={[
              { value: '15m', label: t('quarter') },
              { value: '1h', label: t('hour') },
            ]}
            onChange={(every) => change({ every, interval: null })}
          />
          <fieldset class="turning-classes">
            <legend>{t('classes')}</legend>
            <Button pressed={view.roadUsers.length === 0} onClick={() => change({ roadUsers: [] })}>
              {t('allClasses')}
            </Button>
            {ROAD_USERS.filter((one) => one !== 'vehicle' || view.roadUsers.includes(one)).map((one) => (
              <Button
                key={one}
                pressed={view.roadUsers.includes(one)}
                onClick={() =>
                  change({
                    roadUsers: view.roadUsers.includes(one)
                      ? view.roadUsers.filter((other) => other !== one)
                      : [...view.roadUsers, one],
                  })
                }
              >
                {roadUserWord(one)}
              </Button>
            ))}
          </fieldset>
        </div>
      </Fold>
    </search>
  );
}

/** The first camera that has lines on two arms at least. */
function crossroads(cameras: readonly CameraAnswer[]): CameraAnswer | undefined {
  return cameras.find(({ lines }) => lines.length > 1) ?? cameras[0];
}
