// Who crossed a line at this camera, the newest first, as it happens: a stream of its own, of this camera alone.

import { useEffect, useState } from 'preact/hooks';
import type { StreamEvent } from '../../../../api/schemas/stream.ts';
import { LiveStream } from '../../live/stream.ts';
import { Empty } from '../../parts/empty.tsx';
import { RoadUserIcon } from '../../tile/road-user-icon.tsx';
import { formatNumber, formatTime } from '../../words/formats.ts';
import { flowText } from '../../words/slugs.ts';
import { oneRoadUser, t } from './words.ts';

const SHOWN = 40;
/** Redrawn so often at most: at a busy crossing several pass each second. */
const DRAW_MS = 250;

type Row = { readonly key: number; readonly passage: StreamEvent<'passage'>['data'] };

export function Passages({ camera }: { readonly camera: string }) {
  const [rows, setRows] = useState<readonly Row[]>([]);
  useEffect(() => {
    setRows([]);
    const stream = new LiveStream({ kinds: ['passage'], camera });
    let key = 0;
    let waiting: Row[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    stream.on('passage', ({ data }) => {
      waiting.push({ key: key++, passage: data });
      timer ??= setTimeout(() => {
        timer = undefined;
        const fresh = waiting;
        waiting = [];
        // What was delayed on the way comes into its place.
        setRows((before) =>
          [...fresh, ...before]
            .sort((a, b) => b.passage.atMs - a.passage.atMs || b.key - a.key)
            .slice(0, SHOWN),
        );
      }, DRAW_MS);
    });
    stream.start();
    const watch = setInterval(() => stream.check(), 1000);
    return () => {
      clearTimeout(timer);
      clearInterval(watch);
      stream.stop();
    };
  }, [camera]);

  if (rows.length === 0) return <Empty title={t('noPassages')} />;
  return (
    <ol class="passages">
      {rows.map(({ key, passage }) => (
        <li key={key}>
          <time class="live" dateTime={new Date(passage.atMs).toISOString()}>
            {formatTime(passage.atMs, true)}
          </time>
          <RoadUserIcon user={passage.roadUser} />
          <span class="passage-user">{oneRoadUser(passage.roadUser)}</span>
          <span class="passage-line">{flowText(passage.line, passage.direction)}</span>
          <span class="passage-speed live">
            {passage.speedKmh === undefined ? '' : `${formatNumber(passage.speedKmh)} km/h`}
          </span>
        </li>
      ))}
    </ol>
  );
}
