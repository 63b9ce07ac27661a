// Picture and video of an incident, as the box lets them go. When it does not, the page says why.

import { useEffect, useState } from 'preact/hooks';
import type { IncidentAnswer } from '../../../../api/schemas/incidents.ts';
import { ApiProblem, address } from '../../api/client.ts';
import { nowMs } from '../../live/stream.ts';
import { Button } from '../../parts/button.tsx';
import { problemText } from '../../parts/problem.tsx';
import { common } from '../../words/common.ts';
import './detail.css';
import { incidentTitle, whereOf } from './incident-words.ts';
import { t } from './words.ts';

type Size = { readonly width: number; readonly height: number };
type Fetched = { readonly url: string | null; readonly problem: unknown; readonly retry: () => void };

/** Pictures come within seconds of the alarm, or not at all. */
const LATEST_MS = 60_000;

export function Snapshot({
  incident,
  picture,
}: {
  readonly incident: IncidentAnswer;
  /** Size that the incident's last box refers to; null: then it is not drawn. The picture has its own frames in it. */
  readonly picture: Size | null;
}) {
  const [framed, setFramed] = useState(false);
  const { evidence, box } = incident;
  const fetched = useFile(evidence.snapshot ? path(incident, 'snapshot') : null);
  if (!evidence.snapshot) return <Without incident={incident} />;
  if (fetched.problem !== undefined) return <Refused fetched={fetched} />;
  if (fetched.url === null)
    return (
      <div class="evidence evidence-wait" role="status">
        {t('loadingPicture')}
      </div>
    );
  const alt = t('snapshotAlt', { camera: whereOf(incident), what: incidentTitle(incident) });
  const frame = box === null || picture === null ? null : { box, picture };
  return (
    <figure class="evidence">
      <img src={fetched.url} alt={alt} />
      {frame !== null && framed && (
        <svg
          viewBox={`0 0 ${frame.picture.width} ${frame.picture.height}`}
          preserveAspectRatio="none"
          aria-hidden="true"
          focusable="false"
        >
          <rect
            x={frame.box[0]}
            y={frame.box[1]}
            width={frame.box[2] - frame.box[0]}
            height={frame.box[3] - frame.box[1]}
            vector-effect="non-scaling-stroke"
          />
        </svg>
      )}
      {frame !== null && (
        <Button class="evidence-frame" pressed={framed} onClick={() => setFramed(!framed)}>
          {t(framed ? 'boxOff' : 'boxOn')}
        </Button>
      )}
    </figure>
  );
}

/** Asked for only when somebody wants it: it is large, and comes over the box's own link. */
export function Clip({ incident }: { readonly incident: IncidentAnswer }) {
  const [wanted, setWanted] = useState(false);
  const fetched = useFile(incident.evidence.clip && wanted ? path(incident, 'clip') : null);
  if (!incident.evidence.clip) return null;
  if (!wanted)
    return (
      <Button icon="camera" onClick={() => setWanted(true)}>
        {t('loadClip')}
      </Button>
    );
  if (fetched.problem !== undefined) return <Refused fetched={fetched} />;
  if (fetched.url === null)
    return (
      <div class="evidence evidence-wait" role="status">
        {t('loadingClip')}
      </div>
    );
  return (
    // A traffic camera has no sound.
    <video class="evidence-clip" src={fetched.url} controls autoplay muted playsInline />
  );
}

function Without({ incident }: { readonly incident: IncidentAnswer }) {
  const isFresh = incident.state === 'active' && nowMs.value - Date.parse(incident.detectedAt) < LATEST_MS;
  return <p class="evidence-none">{t(isFresh ? 'evidenceLater' : 'noEvidence')}</p>;
}

function Refused({ fetched: { problem, retry } }: { readonly fetched: Fetched }) {
  const code = problem instanceof ApiProblem ? problem.code : '';
  const isFinal = code === 'not-allowed' || code === 'not-found';
  return (
    <div class="evidence-none" role="status">
      <p>
        {code === 'not-allowed'
          ? t('notAllowedToLeave')
          : code === 'not-found'
            ? t('evidenceGone')
            : code === 'unavailable'
              ? t('boxAway')
              : problemText(problem)}
      </p>
      {!isFinal && <Button onClick={retry}>{common('retry')}</Button>}
    </div>
  );
}

/** A file as an address within the page: so a refusal can be told in words, which <img> and <video> do not hand over. */
function useFile(from: string | null): Fetched {
  const [turn, setTurn] = useState(0);
  const [got, setGot] = useState<{ url: string | null; problem: unknown }>({ url: null, problem: undefined });
  // Another turn asks again.
  useEffect(() => {
    setGot({ url: null, problem: undefined });
    if (from === null) return;
    const stop = new AbortController();
    let url: string | null = null;
    fetchFile(from, stop.signal).then(
      (file) => {
        if (stop.signal.aborted) return;
        url = URL.createObjectURL(file);
        setGot({ url, problem: undefined });
      },
      (problem: unknown) => {
        if (!stop.signal.aborted) setGot({ url: null, problem });
      },
    );
    return () => {
      stop.abort();
      if (url !== null) URL.revokeObjectURL(url);
    };
  }, [from, turn]);
  return { ...got, retry: () => setTurn((now) => now + 1) };
}

async function fetchFile(from: string, signal: AbortSignal): Promise<Blob> {
  let response: Response;
  try {
    response = await fetch(from, { credentials: 'same-origin', signal });
  } catch (error) {
    throw signal.aborted ? error : new ApiProblem(0, { code: 'unreachable' }, null, error);
  }
  if (response.ok) return response.blob();
  const document = (await response.json().catch(() => ({}))) as { code?: string; detail?: string };
  throw new ApiProblem(response.status, document);
}

function path({ id }: IncidentAnswer, file: 'snapshot' | 'clip'): string {
  return address(`/incidents/${encodeURIComponent(id)}/${file}`);
}
