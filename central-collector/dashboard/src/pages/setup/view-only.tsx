// What somebody sees who may not change cameras: why not, the picture, and what is counted in it by name.

import { useEffect, useState } from 'preact/hooks';
import type { CameraAnswer } from '../../../../api/schemas/places.ts';
import { useGet } from '../../api/use-get.ts';
import { ButtonLink } from '../../parts/button.tsx';
import { Panel } from '../../parts/panel.tsx';
import { problemText } from '../../parts/problem.tsx';
import { formatTime } from '../../words/formats.ts';
import { type CameraName, CameraSetup, type Still } from './api.ts';
import { t } from './words.ts';

export function ViewOnly({ name: { site, agent, camera } }: { readonly name: CameraName }) {
  const path = `/cameras/${site}/${agent}/${camera}`;
  const { data } = useGet<CameraAnswer>(path);
  const [still, setStill] = useState<Still | undefined>(undefined);
  const [problem, setProblem] = useState<unknown>(undefined);

  useEffect(() => {
    const stop = new AbortController();
    let url: string | undefined;
    new CameraSetup({ site, agent, camera }).still(stop.signal).then(
      (next) => {
        url = next.url;
        setStill(next);
      },
      (failure: unknown) => {
        if (!stop.signal.aborted) setProblem(failure);
      },
    );
    return () => {
      stop.abort();
      if (url !== undefined) URL.revokeObjectURL(url);
    };
  }, [site, agent, camera]);

  return (
    <div class="view-only">
      <header class="setup-head">
        <ButtonLink href={path} look="quiet" icon="left" label={t('back')} />
        <h1>
          <small>{t('title')}</small> {data?.name ?? camera}
        </h1>
      </header>
      <p class="news news-warn" role="status">
        {t('readOnly')}
      </p>
      <div class="view-only-parts">
        {still !== undefined && (
          <figure>
            <img src={still.url} alt={t('canvas')} />
            <figcaption class="field-hint">
              {t('pictureOf', { time: formatTime(still.atMs, true) })}
            </figcaption>
          </figure>
        )}
        {problem !== undefined && (
          <p class="picture-none">{t('noPictureNow', { why: problemText(problem) })}</p>
        )}
        {data !== undefined && (
          <Panel title={t('objects')}>
            <dl class="view-only-names">
              {data.lines.map(({ line, directions }) => [
                <dt key={`${line} name`}>
                  {t('line')} {line}
                </dt>,
                <dd key={line}>{directions.join(', ')}</dd>,
              ])}
              {data.zones.map((zone) => (
                <dt key={zone}>
                  {t('zone')} {zone}
                </dt>
              ))}
            </dl>
          </Panel>
        )}
      </div>
    </div>
  );
}
