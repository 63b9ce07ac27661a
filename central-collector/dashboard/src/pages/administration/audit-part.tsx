// The audit log: who did what to what, from where; and whether its chain holds.

import { useState } from 'preact/hooks';
import type { Query } from '../../api/client.ts';
import { useGet } from '../../api/use-get.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Empty } from '../../parts/empty.tsx';
import { SelectField, TextField } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Table } from '../../parts/table.tsx';
import { formatDateTime, formatNumber, timeZone } from '../../words/formats.ts';
import { language } from '../../words/words.ts';
import { momentAt } from './local-moment.ts';
import type { AuditAnswer, AuditLine } from './types.ts';
import { actionWords, t } from './words.ts';

type Filter = { readonly who: string; readonly action: string; readonly from: string; readonly to: string };

const NO_FILTER: Filter = { who: '', action: '', from: '', to: '' };
const PAGE = 100;

export function AuditPart() {
  const [typed, setTyped] = useState(NO_FILTER);
  const [filter, setFilter] = useState(NO_FILTER);
  /** `before` of the pages up to this one; the newest has none. */
  const [pages, setPages] = useState<readonly number[]>([]);
  const query: Query = {
    limit: PAGE,
    before: pages.at(-1) ?? null,
    who: filter.who || null,
    action: filter.action || null,
    from: momentAt(filter.from, timeZone()) ?? null,
    to: momentAt(filter.to, timeZone()) ?? null,
  };
  const { data, problem, reload } = useGet<AuditAnswer>('/audit', query);
  const choose = (next: Filter) => {
    setTyped(next);
    setFilter(next);
    setPages([]);
  };
  const next = data?.next ?? null;

  return (
    <div class="part" aria-busy={data === undefined && problem === undefined}>
      {data && <Chain chain={data.chain} />}
      <form
        class="filters"
        onSubmit={(event) => {
          event.preventDefault();
          choose({ ...typed, who: typed.who.trim().toLowerCase() });
        }}
      >
        <TextField
          label={t('who')}
          autocapitalize="none"
          autocomplete="off"
          spellcheck={false}
          pattern="\s*[A-Za-z0-9]([A-Za-z0-9._\-]{0,30}[A-Za-z0-9])?\s*"
          value={typed.who}
          onInput={({ currentTarget }) => setTyped({ ...typed, who: currentTarget.value })}
        />
        <SelectField
          label={t('action')}
          value={typed.action}
          options={[
            { value: '', label: t('all') },
            ...Object.entries(actionWords[language.value]).map(([value, label]) => ({ value, label })),
          ]}
          onChange={(action) => choose({ ...typed, action })}
        />
        <TextField
          label={t('from')}
          type="datetime-local"
          value={typed.from}
          onInput={({ currentTarget }) => setTyped({ ...typed, from: currentTarget.value })}
        />
        <TextField
          label={t('to')}
          type="datetime-local"
          value={typed.to}
          onInput={({ currentTarget }) => setTyped({ ...typed, to: currentTarget.value })}
        />
        <div class="button-line">
          <Button type="submit" look="primary">
            {t('filter')}
          </Button>
          <Button onClick={() => choose(NO_FILTER)}>{t('clear')}</Button>
        </div>
      </form>
      {problem !== undefined && <Problem problem={problem} onRetry={reload} />}
      {data?.entries.length === 0 && <Empty title={t('noEntries')} />}
      {data && data.entries.length > 0 && (
        <Table
          caption={t('audit')}
          rows={data.entries}
          rowKey={({ seq }) => String(seq)}
          columns={[
            { key: 'seq', title: '№', numeric: true, render: ({ seq }) => seq },
            {
              key: 'when',
              title: t('when'),
              render: ({ at }) => <span class="part-when">{formatDateTime(at)}</span>,
            },
            { key: 'who', title: t('who'), render: (line) => whoOf(line) },
            { key: 'action', title: t('action'), render: ({ action }) => actionWord(action) },
            { key: 'target', title: t('target'), render: ({ target }) => target ?? '' },
            { key: 'address', title: t('address'), render: ({ address }) => address ?? '' },
            { key: 'detail', title: t('details'), render: ({ detail }) => <Detail detail={detail} /> },
          ]}
        />
      )}
      <div class="button-line">
        <Button disabled={pages.length === 0} onClick={() => setPages([])}>
          {t('newest')}
        </Button>
        <Button disabled={next === null} onClick={() => next !== null && setPages([...pages, next])}>
          {t('older')}
        </Button>
      </div>
    </div>
  );
}

function Chain({ chain }: { readonly chain: AuditAnswer['chain'] }) {
  const { intact, entries, firstSeq, fault } = chain;
  return (
    <p class="chain">
      <Badge tone={intact ? 'ok' : 'bad'}>
        {fault === null ? t('chainWhole', { n: formatNumber(entries) }) : t('chainBroken', fault)}
      </Badge>
      {firstSeq !== null && firstSeq > 1 && <span>{t('chainFrom', { n: firstSeq })}</span>}
    </p>
  );
}

function whoOf({ by, who, token }: AuditLine): string {
  if (by === 'system') return t('system');
  const name = who ?? t('nobody');
  return token === undefined ? name : `${name} (${t('token', { id: token })})`;
}

function actionWord(action: string): string {
  return (actionWords[language.value] as Readonly<Record<string, string>>)[action] ?? action;
}

function Detail({ detail }: { readonly detail: AuditLine['detail'] }) {
  if (detail === undefined) return null;
  return (
    <span class="part-detail">
      {Object.entries(detail).map(([key, value]) => (
        <span key={key}>
          {key}: {typeof value === 'object' ? JSON.stringify(value) : String(value)}
        </span>
      ))}
    </span>
  );
}
