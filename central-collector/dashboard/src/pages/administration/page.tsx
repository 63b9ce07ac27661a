// What administrators and engineers look after: users, API tokens, cameras, places, webhooks, the audit log. Each part for who may.

import { useEffect } from 'preact/hooks';
import { useLocation, useSearchParams } from 'wouter-preact';
import { may } from '../../api/session.ts';
import { Empty } from '../../parts/empty.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { PlacesPart } from '../places/places-part.tsx';
import { AuditPart } from './audit-part.tsx';
import { CamerasPart } from './cameras-part.tsx';
import { TokensPart } from './tokens-part.tsx';
import { UsersPart } from './users-part.tsx';
import { WebhooksPart } from './webhooks-part.tsx';
import { t } from './words.ts';
import './page.css';

const PARTS = [
  { key: 'users', allowed: () => may('users') },
  { key: 'tokens', allowed: () => may('tokens') },
  { key: 'cameras', allowed: () => may('configure') },
  { key: 'places', allowed: () => may('configure') },
  { key: 'webhooks', allowed: () => may('configure') },
  { key: 'audit', allowed: () => may('audit') },
] as const;

export function Page() {
  const [search] = useSearchParams();
  const [, navigate] = useLocation();
  const parts = PARTS.filter(({ allowed }) => allowed());
  const selected = parts.find(({ key }) => key === search.get('tab'))?.key ?? parts[0]?.key;
  useEffect(() => {
    document.title = `${t('title')} – ngatu`;
  });
  return (
    <div class="administration">
      <h1>{t('title')}</h1>
      {selected === undefined ? (
        <Empty title={t('nothing')} />
      ) : (
        <Tabs
          label={t('parts')}
          tabs={parts.map(({ key }) => ({ key, title: t(key) }))}
          selected={selected}
          onSelect={(key) => navigate(`/administration?tab=${key}`, { replace: true })}
        >
          {selected === 'users' && <UsersPart />}
          {selected === 'tokens' && <TokensPart />}
          {selected === 'cameras' && <CamerasPart />}
          {selected === 'places' && <PlacesPart />}
          {selected === 'webhooks' && <WebhooksPart />}
          {selected === 'audit' && <AuditPart />}
        </Tabs>
      )}
    </div>
  );
}
