// The way to the set-up of each camera.

import { useState } from 'preact/hooks';
import type { CameraAnswer } from '../../../../api/schemas/places.ts';
import { useGet } from '../../api/use-get.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { Empty } from '../../parts/empty.tsx';
import { TextField } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Table } from '../../parts/table.tsx';
import { cameraStateWord } from '../../words/common.ts';
import { plain } from './plain.ts';
import { t } from './words.ts';

const TONES: Readonly<Record<CameraAnswer['state'], Tone>> = {
  live: 'ok',
  starting: 'accent',
  fault: 'bad',
  offline: 'bad',
  unknown: 'off',
};

type Cameras = { readonly cameras: readonly CameraAnswer[]; readonly next: string | null };

const PAGE = 500;

export function CamerasPart() {
  const [sought, setSought] = useState('');
  /** Of the page that is shown; the first has none. */
  const [cursor, setCursor] = useState<string | null>(null);
  const { data, problem, reload } = useGet<Cameras>('/cameras', { limit: PAGE, cursor });
  const words = plain(sought);
  const cameras = data?.cameras.filter(({ id, name }) => plain(`${name} ${id}`).includes(words)) ?? [];
  const next = data?.next ?? null;
  return (
    <div class="part" aria-busy={data === undefined && problem === undefined}>
      {problem !== undefined && <Problem problem={problem} onRetry={reload} />}
      {data?.cameras.length === 0 && <Empty title={t('noCameras')} />}
      {data && data.cameras.length > 0 && (
        <div class="filters">
          <TextField
            label={t('seek')}
            type="search"
            autocomplete="off"
            value={sought}
            onInput={({ currentTarget }) => setSought(currentTarget.value)}
          />
        </div>
      )}
      {cameras.length > 0 && (
        <Table
          caption={t('cameras')}
          rows={cameras}
          rowKey={({ id }) => id}
          columns={[
            {
              key: 'camera',
              title: t('camera'),
              render: ({ id, name }) => (
                <>
                  <strong>{name ?? id}</strong>
                  {name !== null && <div class="part-note">{id}</div>}
                </>
              ),
            },
            {
              key: 'state',
              title: t('state'),
              render: ({ state }) => <Badge tone={TONES[state]}>{cameraStateWord(state)}</Badge>,
            },
            {
              key: 'setup',
              title: <span class="unseen">{t('setUp')}</span>,
              render: ({ id }) => (
                <ButtonLink href={`/setup/${id}`} icon="setup">
                  {t('setUp')}
                </ButtonLink>
              ),
            },
          ]}
        />
      )}
      {(next !== null || cursor !== null) && (
        <div class="button-line">
          <Button disabled={cursor === null} onClick={() => setCursor(null)}>
            {t('firstCameras')}
          </Button>
          <Button disabled={next === null} onClick={() => setCursor(next)}>
            {t('moreCameras')}
          </Button>
        </div>
      )}
    </div>
  );
}
