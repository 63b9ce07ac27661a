// How well the camera counted in the interval, by what somebody saw of it, and what of that its file can say.

import type { RoadUser } from '../../api/types.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Panel } from '../../parts/panel.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { useCopied } from '../../parts/use-copied.ts';
import { common, roadUserWord } from '../../words/common.ts';
import { formatDateTime, formatDuration, formatNumber, formatShare, NONE } from '../../words/formats.ts';
import { accuracyYaml, sumOf, type Tally, wilson } from './audit.ts';
import { auditCsv } from './audit-csv.ts';
import type { Scan } from './scan.ts';
import type { AuditWork } from './use-audit.ts';
import { t } from './words.ts';

export function SummaryPanel({ scan, work }: { readonly scan: Scan; readonly work: AuditWork }) {
  const { summary, isChecked, isJudged } = work;
  // What nobody has looked through is not right either.
  const share = (k: number, n: number, digits?: number) =>
    isChecked ? shareOf(k, n, digits) : { value: NONE };
  const { all } = summary;
  const notSeen = scan.passages.filter(({ isSeen }) => !isSeen).length;
  return (
    <Panel
      title={t('summary')}
      actions={
        <Button icon="download" onClick={() => downloadCsv(scan, work)}>
          {t('csv')}
        </Button>
      }
    >
      <dl class="scan-figures">
        <Figure name={t('counted')} value={formatNumber(all.counted)} />
        <Figure name={t('wrong')} value={formatNumber(all.wrong)} />
        <Figure name={t('missed')} value={formatNumber(all.missed)} />
        <Figure name={t('precision')} {...share(all.found, all.counted)} />
        <Figure name={t('recall')} {...share(all.found, all.of)} />
      </dl>
      {!isChecked && <p class="scan-quiet">{t('notLooked')}</p>}
      {notSeen > 0 && <p class="scan-quiet">{t('notSeen', { n: notSeen })}</p>}
      {summary.byClass.length === 0 ? (
        <p class="scan-quiet">{t('none')}</p>
      ) : (
        <Table
          caption={t('byClass')}
          columns={columns(share)}
          rows={summary.byClass}
          rowKey={({ roadUser }) => roadUser}
        />
      )}
      <div class="scan-done">
        {isChecked ? (
          <>
            <Badge tone="ok">{t('again')}</Badge>
            <Button look="quiet" onClick={() => work.check(false)}>
              {t('undone')}
            </Button>
          </>
        ) : (
          <Button onClick={() => work.check(true)}>{t('done')}</Button>
        )}
        {isJudged && (
          <Button look="quiet" onClick={work.forget}>
            {t('reset')}
          </Button>
        )}
      </div>
    </Panel>
  );
}

/** As text for the camera's file, of all that was looked through. */
export function AccuracyPanel({ scan, work }: { readonly scan: Scan; readonly work: AuditWork }) {
  const { checked } = work.audit;
  const [first] = checked;
  const last = checked.at(-1);
  const note = t('accuracyNote', {
    line: scan.line,
    from: formatDateTime(first?.fromMs, false),
    to: formatDateTime(last?.toMs, false),
  });
  const text = accuracyYaml(sumOf(checked.map(({ summary }) => summary)), note);
  const time = formatDuration(checked.reduce((sum, { recordedMs }) => sum + recordedMs, 0));
  return (
    <Panel title={t('accuracy')} actions={text !== null && <Copy text={text} />}>
      <p class="scan-quiet">
        {checked.length === 0 ? t('accuracyNone') : t('accuracyOf', { n: checked.length, time })}{' '}
        {t('accuracyHint')}
      </p>
      {text !== null && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <pre class="scan-yaml" tabIndex={0} lang="en">
          {text}
        </pre>
      )}
    </Panel>
  );
}

function Figure({
  name,
  value,
  interval,
}: {
  readonly name: string;
  readonly value: string;
  readonly interval?: string | undefined;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value}
        {interval !== undefined && <small>{interval}</small>}
      </dd>
    </div>
  );
}

/** With the 95 % interval, `96,4 %` and `91,8–98,5 %`. */
function shareOf(k: number, n: number, digits = 1): { readonly value: string; readonly interval?: string } {
  const bounds = wilson(k, n);
  if (bounds === null) return { value: NONE };
  const interval = `${formatNumber(bounds.low * 100, digits)}–${formatShare(bounds.high, digits)}`;
  return { value: formatShare(k / n, digits), interval };
}

type ClassRow = { readonly roadUser: RoadUser; readonly tally: Tally };
type Share = ReturnType<typeof shareOf>;

function columns(shareOf: (k: number, n: number, digits: number) => Share): Column<ClassRow>[] {
  const share = (k: number, n: number) => {
    const { value, interval } = shareOf(k, n, 0);
    return <span title={interval}>{value}</span>;
  };
  return [
    { key: 'class', title: common('roadUser'), render: ({ roadUser }) => roadUserWord(roadUser) },
    ...(['counted', 'wrong', 'missed'] as const).map(
      (key): Column<ClassRow> => ({
        key,
        title: t(key),
        numeric: true,
        render: ({ tally }) => formatNumber(tally[key]),
      }),
    ),
    {
      key: 'precision',
      title: t('precisionShort'),
      numeric: true,
      render: ({ tally }) => share(tally.found, tally.counted),
    },
    {
      key: 'recall',
      title: t('recallShort'),
      numeric: true,
      render: ({ tally }) => share(tally.found, tally.of),
    },
  ];
}

function Copy({ text }: { readonly text: string }) {
  const clipboard = useCopied();
  if (clipboard === undefined) return null;
  const { copied, copy } = clipboard;
  return (
    <Button onClick={() => copy(text)}>
      <span role="status">{t(copied ? 'copied' : 'copy')}</span>
    </Button>
  );
}

function downloadCsv(scan: Scan, { audit }: AuditWork): void {
  const missed = audit.missed.filter(({ atMs }) => atMs >= scan.fromMs && atMs < scan.toMs);
  const text = auditCsv(scan.passages, { ...audit, missed }, scan);
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  const moment = new Date(scan.fromMs).toISOString().slice(0, 19).replaceAll(':', '');
  link.download = `slit-scan_${scan.camera.replaceAll('/', '_')}_${scan.line}_${moment}Z.csv`;
  link.click();
  // Once the browser has taken it.
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
