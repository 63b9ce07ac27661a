// Incidents: those that are going on with the alarm, earlier ones by filters, and one of them by itself.

import { useEffect } from 'preact/hooks';
import { useParams } from 'wouter-preact';
import { Panel } from '../../parts/panel.tsx';
import { ActiveList } from './active-list.tsx';
import { AlarmSettings } from './alarm.tsx';
import { loud } from './alarm-state.ts';
import { IncidentDetail } from './detail.tsx';
import './list.css';
import './severity.css';
import { PastList } from './past-list.tsx';
import { titleWith } from './ring.ts';
import { activeIncidents, useActiveIncidents } from './store.ts';
import { t } from './words.ts';

export function Page() {
  const { id } = useParams<{ id?: string }>();
  useActiveIncidents();
  return id === undefined ? <List /> : <IncidentDetail key={id} id={id} />;
}

function List() {
  const active = [...activeIncidents.value.values()];
  const waiting = active.filter(({ acknowledged }) => acknowledged === null).length;
  useEffect(() => {
    document.title = titleWith(`${t('title')} – ngatu`, loud.value.length);
  });
  return (
    <div class="incidents">
      <h1 class="unseen">{t('title')}</h1>
      <Panel
        title={
          <>
            {t('activeTitle')} <span class="count">{active.length}</span>
            {waiting > 0 && <span class="count count-waiting">{t('waiting', { n: waiting })}</span>}
          </>
        }
        actions={<AlarmSettings />}
      >
        <ActiveList />
        <p class="incident-keys">{t('keys')}</p>
      </Panel>
      <PastList />
    </div>
  );
}
