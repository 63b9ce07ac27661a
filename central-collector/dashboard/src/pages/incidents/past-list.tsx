// Incidents of the past, by filters that the address holds, a page at a time.

import { useEffect, useState } from 'preact/hooks';
import { Link, useSearchParams } from 'wouter-preact';
import type { IncidentAnswer, IncidentsAnswer } from '../../../../api/schemas/incidents.ts';
import { address, get } from '../../api/client.ts';
import { nowMs, on } from '../../live/stream.ts';
import { SeverityBadge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Table } from '../../parts/table.tsx';
import { common, incidentKindWord } from '../../words/common.ts';
import { formatDateTime, formatDuration } from '../../words/formats.ts';
import { FilterBar } from './filter-bar.tsx';
import { type Filters, filtersFromSearch, filtersToQuery, filtersToSearch } from './filters.ts';
import { stateWord, verdictWord, whereOf } from './incident-words.ts';
import { t } from './words.ts';

type Answer = IncidentsAnswer & { readonly problem?: string | null };
type Listed = {
  readonly incidents: readonly IncidentAnswer[];
  readonly next: string | null;
  /** Why older ones are missing. */
  readonly missing: string | null;
};

export function PastList() {
  const [search, setSearch] = useSearchParams();
  const filters = filtersFromSearch(search.toString());
  const key = filtersToSearch(filters);
  const { listed, problem, loading, more, reload } = usePages(filters, key);
  const choose = (next: Filters) => setSearch(new URLSearchParams(filtersToSearch(next)), { replace: true });
  const { cursor: _, limit: __, ...query } = filtersToQuery(filters);
  return (
    <Panel
      title={t('pastTitle')}
      class="past"
      actions={
        <a class="button button-plain" href={address('/incidents', { ...query, format: 'csv' })} download>
          {t('csv')}
        </a>
      }
    >
      <FilterBar filters={filters} onChange={choose} />
      {listed !== null && listed.missing !== null && (
        <p class="incident-warning">{t('older', { problem: listed.missing })}</p>
      )}
      {listed !== null && listed.incidents.length === 0 && !loading && (
        <Empty title={t('nonePast')}>{t('nonePastHint')}</Empty>
      )}
      {listed !== null && listed.incidents.length > 0 && <PastTable incidents={listed.incidents} />}
      {problem !== undefined && <Problem problem={problem} onRetry={reload} />}
      <div class="past-foot" role="status">
        {loading ? common('loading') : listed !== null && t('shown', { n: listed.incidents.length })}
        {listed?.next != null && (
          <Button onClick={more} busy={loading}>
            {t('loadMore')}
          </Button>
        )}
      </div>
    </Panel>
  );
}

function PastTable({ incidents }: { readonly incidents: readonly IncidentAnswer[] }) {
  return (
    <Table
      caption={`${t('pastTitle')}: ${t('shown', { n: incidents.length })}`}
      rows={incidents}
      rowKey={({ id }) => id}
      columns={[
        {
          key: 'detected',
          title: t('detected'),
          render: ({ detectedAt }) => <span class="nowrap">{formatDateTime(detectedAt)}</span>,
        },
        {
          key: 'severity',
          title: t('severity'),
          render: ({ severity }) => <SeverityBadge severity={severity} />,
        },
        {
          key: 'kind',
          title: t('kind'),
          render: ({ id, kind }) => (
            <Link href={`/incidents/${encodeURIComponent(id)}`} class="past-link">
              {incidentKindWord(kind)}
            </Link>
          ),
        },
        { key: 'camera', title: t('camera'), render: whereOf },
        {
          key: 'duration',
          title: t('duration'),
          numeric: true,
          render: ({ clearedAt, detectedAt }) => (
            <span class="nowrap">
              {formatDuration(
                (clearedAt === null ? nowMs.value : Date.parse(clearedAt)) - Date.parse(detectedAt),
              )}
            </span>
          ),
        },
        { key: 'state', title: t('state'), render: stateWord },
        { key: 'verdict', title: t('verdict'), render: verdictWord },
        {
          key: 'by',
          title: t('acknowledge'),
          render: ({ acknowledged }) => acknowledged?.by ?? '—',
        },
      ]}
    />
  );
}

/** Asks for the first page, and anew when an incident ends or is judged; `more` adds the next one. */
function usePages(filters: Filters, key: string) {
  const [listed, setListed] = useState<Listed | null>(null);
  const [problem, setProblem] = useState<unknown>(undefined);
  const [loading, setLoading] = useState(true);
  const [ask, setAsk] = useState<{ cursor: string | undefined; turn: number }>({
    cursor: undefined,
    turn: 0,
  });
  const again = () => setAsk(({ turn }) => ({ cursor: undefined, turn: turn + 1 }));

  // Key stands for the filters.
  useEffect(() => {
    const stop = new AbortController();
    setLoading(true);
    setProblem(undefined);
    get<Answer>('/incidents', filtersToQuery(filters, ask.cursor), stop.signal).then(
      ({ incidents, next, problem: missing }) => {
        setListed((before) => ({
          incidents: ask.cursor === undefined ? incidents : joined(before?.incidents ?? [], incidents),
          next,
          missing: missing ?? null,
        }));
        setLoading(false);
      },
      (error: unknown) => {
        if (stop.signal.aborted) return;
        setProblem(error);
        setLoading(false);
      },
    );
    return () => stop.abort();
  }, [key, ask]);

  // Whoever reads further pages is not thrown back to the first.
  const isFirst = ask.cursor === undefined;
  useEffect(() => {
    if (!isFirst) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(again, 1000);
    };
    const ends = [
      on('incident', ({ data: { incident } }) => incident.state === 'cleared' && soon()),
      on('verdict', soon),
    ];
    return () => {
      clearTimeout(timer);
      for (const end of ends) end();
    };
  }, [isFirst]);

  return {
    listed,
    problem,
    loading,
    more: () => setAsk(({ turn }) => ({ cursor: listed?.next ?? undefined, turn: turn + 1 })),
    reload: () => setAsk(({ cursor, turn }) => ({ cursor, turn: turn + 1 })),
  };
}

function joined(before: readonly IncidentAnswer[], more: readonly IncidentAnswer[]): IncidentAnswer[] {
  const ids = new Set(before.map(({ id }) => id));
  return [...before, ...more.filter(({ id }) => !ids.has(id))];
}
