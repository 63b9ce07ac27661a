// The centre's own state: its problems first, all its numbers for who needs them.

import type { HealthAnswer } from '../../../../api/schemas/places.ts';
import { useGet } from '../../api/use-get.ts';
import { centreProblems } from '../../live/stream.ts';
import { Badge, StateShape } from '../../parts/badge.tsx';
import { CentreProblem } from '../../parts/centre-problem.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Table } from '../../parts/table.tsx';
import { formatNumber } from '../../words/formats.ts';
import { t } from './words.ts';

const REFRESH_S = 10;

export function CentrePanel() {
  const { data, problem, reload } = useGet<HealthAnswer>('/health', {}, { refreshS: REFRESH_S });
  const problems = [...new Set([...centreProblems.value, ...(data?.problems ?? [])])];
  const numbers = Object.entries({ ...data?.gauges, ...data?.totals }).sort(([a], [b]) => (a < b ? -1 : 1));
  return (
    <Panel title={t('centre')}>
      {problem !== undefined && <Problem problem={problem} onRetry={reload} />}
      {problems.length > 0 ? (
        <ul class="troubles">
          {problems.map((one) => (
            <li key={one} class="trouble trouble-bad">
              <StateShape tone="bad" />
              <p>
                <CentreProblem problem={one} />
              </p>
            </li>
          ))}
        </ul>
      ) : (
        data !== undefined && <Badge tone="ok">{t('centreWell')}</Badge>
      )}
      {numbers.length > 0 && (
        <details class="numbers">
          <summary>{t('centreDetails')}</summary>
          <Table
            caption={t('centreDetails')}
            rows={numbers}
            rowKey={([name]) => name}
            columns={[
              { key: 'name', title: t('name'), render: ([name]) => <code>{name}</code> },
              {
                key: 'value',
                title: t('value'),
                numeric: true,
                render: ([, value]) => formatNumber(value, Number.isInteger(value) ? 0 : 2),
              },
            ]}
          />
        </details>
      )}
    </Panel>
  );
}
