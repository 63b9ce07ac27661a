// The mark that is chosen: what was counted there, and what somebody says of it.

import { ROAD_USERS, type RoadUser } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { Panel } from '../../parts/panel.tsx';
import { RoadUserIcon } from '../../tile/road-user-icon.tsx';
import { common } from '../../words/common.ts';
import { formatSpeed } from '../../words/formats.ts';
import { slugText } from '../../words/slugs.ts';
import { oneRoadUser } from '../camera/words.ts';
import { type Choosing, sayIs } from './keys.ts';
import { arrowOf } from './mark.tsx';
import type { Scan, ShownPassage } from './scan.ts';
import { reallyIs, type Thing } from './things.ts';
import { timeText } from './time-text.ts';
import type { AuditWork } from './use-audit.ts';
import { t } from './words.ts';

export function Chosen({
  thing,
  scan,
  work,
  choosing,
  onAdd,
}: {
  readonly thing: Thing | undefined;
  readonly scan: Scan;
  readonly work: AuditWork;
  readonly choosing: Choosing;
  readonly onAdd: () => void;
}) {
  return (
    <Panel
      title={t('chosen')}
      class={thing === undefined ? 'scan-chosen' : 'scan-chosen has-mark'}
      actions={
        <>
          <Button icon="plus" onClick={onAdd}>
            {t('addMissed')}
          </Button>
          {thing !== undefined && (
            <Button look="quiet" icon="close" label={common('close')} onClick={() => choosing.choose(null)} />
          )}
        </>
      }
    >
      {thing === undefined ? (
        <p class="scan-quiet">
          {t('chooseHint')} {t('chooseHintKeys')}
        </p>
      ) : (
        <>
          <Facts thing={thing} scan={scan} />
          {thing.kind === 'counted' && (
            <div class="scan-verdicts">
              <Button pressed={thing.verdict === undefined} onClick={() => work.judge(thing.key, undefined)}>
                {t('right')} <kbd>0</kbd>
              </Button>
              <Button
                pressed={thing.verdict?.is === 'nobody'}
                onClick={() => work.judge(thing.key, { is: 'nobody' })}
              >
                {t('nobody')} <kbd>n</kbd>
              </Button>
              <Button
                pressed={thing.verdict?.is === 'twice'}
                onClick={() => work.judge(thing.key, { is: 'twice' })}
              >
                {t('twice')} <kbd>t</kbd>
              </Button>
              <Button
                pressed={thing.verdict?.is === 'way'}
                onClick={() => work.judge(thing.key, { is: 'way' })}
              >
                {t('way')} <kbd>r</kbd>
              </Button>
            </div>
          )}
          <Classes
            label={t(thing.kind === 'missed' ? 'missedIs' : 'reallyIs')}
            is={reallyIs(thing)}
            onChoose={(user) => sayIs(thing, user, work, choosing.choose)}
          />
          {thing.kind === 'missed' && (
            <Button
              look="danger"
              onClick={() => {
                work.changeMissed(thing.key, undefined);
                choosing.choose(null);
              }}
            >
              {t('remove')}
            </Button>
          )}
        </>
      )}
    </Panel>
  );
}

function Facts({ thing, scan }: { readonly thing: Thing; readonly scan: Scan }) {
  return (
    <dl class="scan-facts">
      <div>
        <dt>{t('at')}</dt>
        <dd>{timeText(thing.atMs)}</dd>
      </div>
      {thing.kind === 'counted' && <PassageFacts passage={thing.passage} scan={scan} />}
    </dl>
  );
}

function PassageFacts({ passage, scan }: { readonly passage: ShownPassage; readonly scan: Scan }) {
  const { roadUser, direction, lane, speedKmh, track, stored } = passage;
  return (
    <>
      <div>
        <dt>{common('roadUser')}</dt>
        <dd>{oneRoadUser(roadUser)}</dd>
      </div>
      <div>
        <dt>{common('direction')}</dt>
        <dd>
          {arrowOf(direction, scan.directions)} {slugText(direction)}
          {lane !== null && ` · ${slugText(lane)}`}
        </dd>
      </div>
      <div>
        <dt>{t('speed')}</dt>
        <dd>{formatSpeed(speedKmh)}</dd>
      </div>
      <div class="scan-track">
        <dt>{t('track')}</dt>
        <dd>
          {track}
          {stored === false && ` · ${t('notStored')}`}
        </dd>
      </div>
    </>
  );
}

function Classes({
  label,
  is,
  onChoose,
}: {
  readonly label: string;
  readonly is: RoadUser | null;
  readonly onChoose: (user: RoadUser) => void;
}) {
  return (
    <fieldset class="scan-classes">
      <legend>{label}</legend>
      {ROAD_USERS.map((user, i) => (
        <Button key={user} pressed={is === user} onClick={() => onChoose(user)}>
          <RoadUserIcon user={user} /> <kbd>{i + 1}</kbd>
        </Button>
      ))}
    </fieldset>
  );
}
