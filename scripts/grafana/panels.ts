// Panels and dashboards in Grafana's JSON, with what all of ours have in common.

export const DATASOURCE = { type: 'influxdb', uid: 'ngatu-influxdb' } as const;

export type Query = { readonly query: string; readonly alias?: string };

export type Panel = {
  readonly title: string;
  /** For people: what the numbers are, and what a gap means. */
  readonly description?: string;
  readonly kind: 'lines' | 'bars' | 'table' | 'stat';
  readonly queries: readonly Query[];
  /** Grafana's name of a unit. */
  readonly unit?: string;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  /** Of 24 columns. */
  readonly width: number;
  /** Of rows of 30 pixels. Default 8. */
  readonly height?: number;
  /** Shows another time than the dashboard: `3h`. */
  readonly timeFrom?: string;
  /** Intervals that Grafana chooses are no shorter. */
  readonly minInterval?: string;
};

export type Variable =
  | { readonly name: string; readonly label: string; readonly tagValues: string }
  | { readonly name: string; readonly label: string; readonly text: string }
  | { readonly name: string; readonly label: string; readonly choices: Readonly<Record<string, string>> };

export type Dashboard = {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** `now-24h` */
  readonly from: string;
  readonly refresh: string;
  readonly variables: readonly Variable[];
  readonly rows: readonly { readonly title: string; readonly panels: readonly Panel[] }[];
};

const COLUMNS = 24;
/** Of the JSON of Grafana 10.4; newer ones raise it by themselves. */
const SCHEMA_VERSION = 39;

export function dashboardJson({
  uid,
  title,
  description,
  from,
  refresh,
  variables,
  rows,
}: Dashboard): string {
  const dashboard = {
    ...{
      uid,
      title,
      description,
      tags: ['ngatu'],
      editable: true,
      schemaVersion: SCHEMA_VERSION,
      version: 1,
    },
    ...{ timezone: 'browser', weekStart: 'monday', time: { from, to: 'now' }, refresh },
    // A crosshair on all plots: what happened at once is seen at once.
    graphTooltip: 1,
    links: [
      {
        type: 'dashboards',
        title: 'ngatu',
        tags: ['ngatu'],
        asDropdown: true,
        keepTime: true,
        includeVars: true,
      },
    ],
    templating: { list: variables.map(variableJson) },
    panels: placed(rows),
  };
  return `${JSON.stringify(dashboard, undefined, 1)}\n`;
}

/** Panels from left to right, rows from top to bottom, numbered. */
function placed(rows: Dashboard['rows']): object[] {
  const panels: object[] = [];
  let y = 0;
  for (const { title, panels: inRow } of rows) {
    panels.push({
      ...{ id: panels.length + 1, type: 'row', title, collapsed: false, panels: [] },
      gridPos: { x: 0, y, w: COLUMNS, h: 1 },
    });
    y += 1;
    let x = 0;
    let lineHeight = 0;
    for (const panel of inRow) {
      const { width, height = 8 } = panel;
      if (x + width > COLUMNS) {
        y += lineHeight;
        x = 0;
        lineHeight = 0;
      }
      panels.push(panelJson(panel, panels.length + 1, { x, y, w: width, h: height }));
      x += width;
      lineHeight = Math.max(lineHeight, height);
    }
    y += lineHeight;
  }
  return panels;
}

const TYPES = { lines: 'timeseries', bars: 'timeseries', table: 'table', stat: 'stat' } as const;

function panelJson(panel: Panel, id: number, gridPos: object): object {
  const { title, description, kind, queries, unit, decimals, min, max, timeFrom, minInterval } = panel;
  return {
    ...{ id, type: TYPES[kind], title, ...(description && { description }), datasource: DATASOURCE, gridPos },
    ...(timeFrom && { timeFrom }),
    ...(minInterval && { interval: minInterval }),
    targets: queries.map(({ query, alias }, at) => ({
      ...{ refId: String.fromCharCode(65 + at), datasource: DATASOURCE, query, rawQuery: true },
      resultFormat: kind === 'table' ? 'table' : 'time_series',
      ...(alias && { alias }),
    })),
    fieldConfig: {
      defaults: {
        ...(unit && { unit }),
        ...(decimals !== undefined && { decimals }),
        ...(min !== undefined && { min }),
        ...(max !== undefined && { max }),
        custom: customOf(kind),
      },
      overrides: [],
    },
    options: optionsOf(kind),
  };
}

/** Lines are never drawn across a gap: nobody knows what was there. */
function customOf(kind: Panel['kind']): object {
  if (kind === 'table') return { align: 'auto', filterable: true };
  if (kind === 'stat') return {};
  return {
    drawStyle: kind,
    lineInterpolation: 'linear',
    lineWidth: 1,
    fillOpacity: kind === 'bars' ? 60 : 0,
    spanNulls: false,
    insertNulls: false,
    // A number between two gaps would not be seen as a line.
    showPoints: 'auto',
    pointSize: 4,
  };
}

function optionsOf(kind: Panel['kind']): object {
  if (kind === 'table') return { showHeader: true, cellHeight: 'sm' };
  if (kind === 'stat') return { reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false } };
  return {
    legend: { showLegend: true, displayMode: 'table', placement: 'bottom', calcs: ['lastNotNull', 'max'] },
    tooltip: { mode: 'multi', sort: 'desc' },
  };
}

function variableJson(variable: Variable): object {
  const { name, label } = variable;
  if ('tagValues' in variable) {
    return {
      ...{ name, label, type: 'query', datasource: DATASOURCE },
      ...{ query: variable.tagValues, definition: variable.tagValues, refresh: 2, sort: 1 },
      ...{ multi: true, includeAll: true, allValue: '.*' },
      current: { text: ['All'], value: ['$__all'] },
    };
  }
  if ('text' in variable) {
    const { text } = variable;
    return { name, label, type: 'textbox', query: text, current: { text, value: text } };
  }
  const options = Object.entries(variable.choices).map(([text, value]) => ({ text, value }));
  return {
    ...{ name, label, type: 'custom', multi: false, includeAll: false },
    query: options.map(({ text, value }) => `${text} : ${value}`).join(','),
    options: options.map((option, at) => ({ ...option, selected: at === 0 })),
    current: options[0],
  };
}
