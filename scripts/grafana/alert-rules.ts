// Alert rules in Grafana's provisioning format. Each looks at one series for each box or camera, so that one that is ill
// does not hide another.

import { stringify } from 'yaml';
import { DATASOURCE } from './panels.ts';
import { ALERTS } from './queries.ts';

export type AlertRule = {
  readonly uid: string;
  readonly title: string;
  readonly query: string;
  /** What is looked at, s before now. */
  readonly fromS: number;
  readonly toS?: number;
  readonly fires: { readonly when: 'gt' | 'lt'; readonly than: number };
  /** How long it must be so. */
  readonly pending: string;
  /** What an answer without any series means. */
  readonly noData: 'OK' | 'Alerting';
  readonly severity: 'critical' | 'warning';
  readonly summary: string;
  readonly description: string;
};

const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;

const OF_BOX = '{{ $labels.site }}/{{ $labels.agent }}';
const OF_CAMERA = `${OF_BOX}/{{ $labels.camera }}`;

export const ALERT_RULES: readonly AlertRule[] = [
  {
    ...{ uid: 'ngatu-box-offline', title: 'Box offline', query: ALERTS.boxOffline, fromS: 30 * DAY_S },
    ...{ fires: { when: 'gt', than: 0 }, pending: '2m', noData: 'OK', severity: 'critical' },
    summary: `Box ${OF_BOX} is offline`,
    description:
      'The broker lost it, or somebody stopped it. What it counts meanwhile comes when it is back.',
  },
  {
    ...{ uid: 'ngatu-camera-fault', title: 'Camera fault', query: ALERTS.cameraFault, fromS: 30 * DAY_S },
    ...{ fires: { when: 'gt', than: 0 }, pending: '2m', noData: 'OK', severity: 'warning' },
    summary: `Camera ${OF_CAMERA} does not work`,
    description: 'The page of boxes says what is wrong with it. Nothing is counted there.',
  },
  {
    ...{ uid: 'ngatu-coverage-low', title: 'Coverage low', query: ALERTS.coverage },
    // Five minutes late: what was counted just now is still on its way.
    ...{ fromS: HOUR_S + 300, toS: 300, fires: { when: 'lt', than: 0.8 } },
    ...{ pending: '10m', noData: 'OK', severity: 'warning' },
    summary: `Camera ${OF_CAMERA} saw less than 80 % of the last hour`,
    description: 'Its counts have holes. A camera that reports nothing at all is told by "Camera silent".',
  },
  {
    ...{ uid: 'ngatu-camera-silent', title: 'Camera silent', query: ALERTS.silent, fromS: DAY_S },
    // Longer than the longest usual interval after the beginning of an hour.
    ...{ fires: { when: 'lt', than: 1 }, pending: '20m', noData: 'OK', severity: 'warning' },
    summary: `Camera ${OF_CAMERA} has reported no counts in this hour`,
    description: 'It reported some within the last day. See whether its box is online and the camera works.',
  },
  {
    ...{ uid: 'ngatu-batches-missing', title: 'Batches missing', query: ALERTS.missing, fromS: DAY_S },
    ...{ fires: { when: 'gt', than: 0 }, pending: '15m', noData: 'OK', severity: 'warning' },
    summary: `Box ${OF_BOX} owes data`,
    description: 'Batches are missing in between. GET /api/v1/ledger of the collector says which.',
  },
  {
    ...{ uid: 'ngatu-data-given-up', title: 'Data given up', query: ALERTS.givenUp, fromS: HOUR_S },
    ...{ fires: { when: 'gt', than: 0 }, pending: '0s', noData: 'OK', severity: 'critical' },
    summary: `Box ${OF_BOX} gave up data ({{ $labels.reason }})`,
    description: 'Its outbox was full or damaged. What is lost shows as not observed.',
  },
  {
    ...{ uid: 'ngatu-rollups-late', title: 'Roll-ups late', query: ALERTS.rollups, fromS: 2700 },
    ...{ fires: { when: 'lt', than: 60_000 }, pending: '5m', noData: 'Alerting', severity: 'warning' },
    summary: 'Quarter hours and hours are not summed up any more',
    description:
      'For 45 minutes nothing was added to them. See /healthz of the collectors. Pause this rule with influxdb.rollups: false.',
  },
  {
    ...{ uid: 'ngatu-collector', title: 'Collector not healthy', query: ALERTS.collector, fromS: 600 },
    ...{ fires: { when: 'lt', than: 1 }, pending: '2m', noData: 'Alerting', severity: 'critical' },
    summary: 'Nothing has been stored for ten minutes',
    description:
      'Broker, collector or InfluxDB do not work, or no box is there. See /healthz of the collectors.',
  },
];

/** alerting/ngatu.yaml: a folder and a group of them, looked at once a minute. */
export function alertRulesYaml(): string {
  const rules = ALERT_RULES.map((rule) => ({
    ...{ uid: rule.uid, title: rule.title, condition: 'C' },
    data: [
      {
        ...{ refId: 'A', datasourceUid: DATASOURCE.uid },
        relativeTimeRange: { from: rule.fromS, to: rule.toS ?? 0 },
        model: {
          ...{ refId: 'A', datasource: DATASOURCE, query: rule.query, rawQuery: true },
          ...{ resultFormat: 'time_series', intervalMs: 60_000, maxDataPoints: 43_200 },
        },
      },
      expression('B', { type: 'reduce', expression: 'A', reducer: 'last', settings: { mode: 'dropNN' } }),
      expression('C', {
        ...{ type: 'threshold', expression: 'B' },
        conditions: [{ evaluator: { type: rule.fires.when, params: [rule.fires.than] } }],
      }),
    ],
    ...{ noDataState: rule.noData, execErrState: 'Error', for: rule.pending, isPaused: false },
    annotations: { summary: rule.summary, description: rule.description },
    labels: { severity: rule.severity, product: 'ngatu' },
  }));
  const file = {
    apiVersion: 1,
    groups: [{ orgId: 1, name: 'ngatu', folder: 'ngatu', interval: '1m', rules }],
  };
  return `# Written by npm run grafana from scripts/grafana.\n${stringify(file, { lineWidth: 0 })}`;
}

/** Reckons with what another query gave, in Grafana itself. */
function expression(refId: string, model: Readonly<Record<string, unknown>>): object {
  return {
    ...{ refId, datasourceUid: '__expr__', relativeTimeRange: { from: 0, to: 0 } },
    model: { refId, datasource: { type: '__expr__', uid: '__expr__' }, ...model },
  };
}
