// The overview: where the cameras are, how traffic is, what is the matter.

import { useTiles } from '../../live/tiles.ts';
import { Button } from '../../parts/button.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Problem } from '../../parts/problem.tsx';
import { toggleWall, wall } from '../../shell/wall.ts';
import { IncidentStrip } from '../incidents/strip.tsx';
import { OverviewMap } from './overview-map.tsx';
import './page.css';
import { TileList } from './tile-list.tsx';
import { WallTiles } from './wall.tsx';
import { t } from './words.ts';

export function Page() {
  const { problem, reload, data } = useTiles();
  const failed = data === undefined && problem !== undefined;
  return (
    <div class={wall.value ? 'overview overview-wall' : 'overview'}>
      <h1 class="unseen">{t('title')}</h1>
      <div class="overview-side">
        <Panel
          class="overview-map"
          title={t('map')}
          actions={
            wall.value ? undefined : (
              <Button look="quiet" icon="wall" label={t('toWall')} onClick={toggleWall} />
            )
          }
        >
          <OverviewMap />
        </Panel>
        <Panel class="overview-incidents" title={t('incidents')}>
          <IncidentStrip />
        </Panel>
      </div>
      {failed ? <Problem problem={problem} onRetry={reload} /> : wall.value ? <WallTiles /> : <TileList />}
    </div>
  );
}
