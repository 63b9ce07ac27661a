// One camera: its tile large, its last hour, what it sees, what is the matter, who passes.

import { useEffect, useState } from 'preact/hooks';
import { Link, useParams } from 'wouter-preact';
import type { CameraAnswer } from '../../../../api/schemas/places.ts';
import { ApiProblem } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { useGet } from '../../api/use-get.ts';
import { cameras } from '../../live/cameras.ts';
import { nowMs } from '../../live/stream.ts';
import { tileOf, useTiles } from '../../live/tiles.ts';
import { Badge, SeverityBadge } from '../../parts/badge.tsx';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Problem } from '../../parts/problem.tsx';
import { CameraTile } from '../../tile/tile.tsx';
import { STATE_TONES } from '../../tile/tile-numbers.ts';
import { cameraStateWord } from '../../words/common.ts';
import { faultAdviceText, faultText } from '../../words/faults.ts';
import { formatDuration, formatMoment } from '../../words/formats.ts';
import { incidentTitle } from '../incidents/incident-words.ts';
import { activeIncidents, useActiveIncidents } from '../incidents/store.ts';
import { PlaceDialog } from '../places/place-dialog.tsx';
import { scanAddress } from '../slit-scan/view.ts';
import { LastHour } from './last-hour.tsx';
import './page.css';
import { Passages } from './passages.tsx';
import { StillPicture } from './still.tsx';
import { t } from './words.ts';

const ROWS = 24;

export function Page() {
  const { site = '', agent = '', camera = '' } = useParams();
  const id = `${site}/${agent}/${camera}`;
  const got = useGet<CameraAnswer>(`/cameras/${id}`);
  useTiles();
  useActiveIncidents();
  const [placing, setPlacing] = useState(false);
  const { data } = got;
  useEffect(() => {
    if (data !== undefined) cameras.value = new Map(cameras.peek()).set(data.id, data);
  }, [data]);

  if (got.data === undefined && got.problem instanceof ApiProblem) {
    return got.problem.status === 404 ? (
      <Empty title={t('missing')}>{t('missingHint')}</Empty>
    ) : (
      <Problem problem={got.problem} onRetry={got.reload} />
    );
  }
  const known = cameras.value.get(id) ?? got.data;
  const tile = tileOf(id).value;
  const name = tile?.name ?? known?.name ?? id;
  const search = `?camera=${encodeURIComponent(id)}`;
  return (
    <div class="camera" key={id}>
      <header class="camera-head">
        <div>
          <h1>{name}</h1>
          <p class="camera-id">
            {t('box', { site, agent })} · {camera}
          </p>
        </div>
        {known !== undefined && <CameraState camera={known} />}
        <div class="camera-actions">
          <ButtonLink icon="history" href={`/history${search}`}>
            {t('history')}
          </ButtonLink>
          <ButtonLink icon="turning" href={`/turning${search}`}>
            {t('turning')}
          </ButtonLink>
          <ButtonLink icon="scan" href={scanAddress(id)}>
            {t('scan')}
          </ButtonLink>
          {may('configure') && (
            <>
              <Button icon="pin" onClick={() => setPlacing(true)}>
                {t('place')}
              </Button>
              <ButtonLink icon="setup" href={`/setup/${id}`}>
                {t('setup')}
              </ButtonLink>
            </>
          )}
        </div>
      </header>
      <div class="camera-main">
        <CameraTile camera={id} rows={ROWS} linked={false} />
        <Panel title={t('hour')}>
          <LastHour camera={id} />
        </Panel>
      </div>
      <div class="camera-side">
        <Incidents camera={id} />
        <StillPicture site={site} agent={agent} camera={camera} name={name} />
        <Panel title={t('passages')} class="camera-passages">
          <Passages camera={id} />
        </Panel>
      </div>
      {placing && known !== undefined && (
        <PlaceDialog
          placed={{ kind: 'camera', id, site, position: known.position }}
          onClose={(saved) => {
            setPlacing(false);
            if (saved) got.reload();
          }}
        />
      )}
    </div>
  );
}

/** What is wrong with it, and what to do. */
function CameraState({ camera }: { readonly camera: CameraAnswer }) {
  const { state, since, fault, detail } = camera;
  const told = faultText(fault);
  return (
    <div class="camera-state">
      <Badge tone={STATE_TONES[state]}>{cameraStateWord(state)}</Badge>
      {since !== null && <span class="age">{t('since', { time: formatMoment(since, nowMs.value) })}</span>}
      {told !== null && (
        <p>
          <strong>{told}.</strong> {faultAdviceText(fault)}
        </p>
      )}
      {detail !== null && state !== 'live' && <p class="age">{detail}</p>}
    </div>
  );
}

function Incidents({ camera }: { readonly camera: string }) {
  const here = [...activeIncidents.value.values()].filter((incident) => incident.camera === camera);
  return (
    <Panel title={t('incidents')}>
      {here.length === 0 ? (
        <p class="camera-quiet">{t('noIncidents')}</p>
      ) : (
        <ul class="camera-incidents">
          {here.map((incident) => (
            <li key={incident.id}>
              <SeverityBadge severity={incident.severity} />
              <Link href={`/incidents/${encodeURIComponent(incident.id)}`}>{incidentTitle(incident)}</Link>
              <span class="age">{formatDuration(nowMs.value - Date.parse(incident.detectedAt))}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
