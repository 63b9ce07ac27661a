// The way to the set-up of each camera.

import type { CameraAnswer } from '../../../../api/schemas/places.ts';
import { useGet } from '../../api/use-get.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { ButtonLink } from '../../parts/button.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Table } from '../../parts/table.tsx';
import { cameraStateWord } from '../../words/common.ts';
import { t } from './words.ts';

const TONES: Readonly<Record<CameraAnswer['state'], Tone>> = {
  live: 'ok',
  starting: 'accent',
  fault: 'bad',
  offline: 'bad',
  unknown: 'off',
};

export function CamerasPart() {
  const { data, problem, reload } = useGet<{ readonly cameras: readonly CameraAnswer[] }>('/cameras');
  return (
    <div class="part" aria-busy={data === undefined && problem === undefined}>
      {problem !== undefined && <Problem problem={problem} onRetry={reload} />}
      {data?.cameras.length === 0 && <Empty title={t('noCameras')} />}
      {data && data.cameras.length > 0 && (
        <Table
          caption={t('cameras')}
          rows={data.cameras}
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
    </div>
  );
}
