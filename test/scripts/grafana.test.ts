import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ALERT_RULES } from '../../scripts/grafana/alert-rules.ts';
import { grafanaFiles } from '../../scripts/grafana/main.ts';
import { DATASOURCE } from '../../scripts/grafana/panels.ts';

const FOLDER = join(import.meta.dirname, '../../config/grafana');
const read = (name: string) => readFileSync(join(FOLDER, name), 'utf8');

type Target = { refId: string; datasource: unknown; query: string; rawQuery: boolean };
type Panel = {
  id: number;
  type: string;
  title: string;
  datasource?: unknown;
  targets?: Target[];
  gridPos: { x: number; y: number; w: number; h: number };
  fieldConfig?: { defaults: { custom: { spanNulls?: boolean } } };
};
type Dashboard = {
  uid: string;
  title: string;
  panels: Panel[];
  templating: { list: { name: string; query: string; datasource?: unknown }[] };
};

const names = readdirSync(join(FOLDER, 'dashboards'));
const dashboards = names.map((name): [string, Dashboard] => [name, JSON.parse(read(`dashboards/${name}`))]);

describe('the files of config/grafana', () => {
  it.each([...grafanaFiles()])('%s is what npm run grafana writes', (name, content) => {
    expect(read(name)).toBe(content);
  });

  it('hold no dashboard that is written no more', () => {
    expect(names.map((name) => `dashboards/${name}`).sort()).toEqual(
      [...grafanaFiles().keys()].filter((name) => name.startsWith('dashboards/')).sort(),
    );
  });

  it.each(readdirSync(FOLDER, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()))(
    '$name names no machine, no secret, no path of a machine',
    ({ parentPath, name }) => {
      const text = readFileSync(join(parentPath, name), 'utf8');
      expect(text).not.toMatch(/https?:\/\/|localhost|127\.0\.0\.1|\/(?:etc|var|home|opt|srv|root)\//);
      expect(text).not.toMatch(/password: (?!\$NGATU_)/);
    },
  );

  it('give the data source the name by which dashboards and rules ask for it', () => {
    const { datasources } = parse(read('provisioning/datasources/ngatu.yaml'));
    expect(datasources).toMatchObject([{ ...DATASOURCE, jsonData: { version: 'InfluxQL' } }]);
    expect(parse(read('provisioning/dashboards/ngatu.yaml')).providers).toMatchObject([{ type: 'file' }]);
  });
});

describe.each(dashboards)('%s', (_name, { uid, panels, templating }) => {
  it('has a name that Grafana takes, and panels with numbers of their own', () => {
    expect(uid).toMatch(/^[a-zA-Z0-9_-]{1,40}$/);
    const ids = panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('lays no panel over another', () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      expect(x + w).toBeLessThanOrEqual(24);
      return Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`);
    });
    expect(new Set(cells).size).toBe(cells.length);
  });

  it('asks our data source, in text that is sent as it is, by letters of their own', () => {
    for (const { type, datasource, targets = [] } of panels) {
      if (type === 'row') continue;
      expect(datasource).toEqual(DATASOURCE);
      expect(targets.length).toBeGreaterThan(0);
      for (const target of targets) expect(target).toMatchObject({ datasource: DATASOURCE, rawQuery: true });
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
    }
  });

  it('never draws a line over what was not observed, nor fills it with a number but where 0 is true', () => {
    for (const { title, type, targets = [], fieldConfig } of panels) {
      if (type === 'timeseries') expect(fieldConfig?.defaults.custom.spanNulls).toBe(false);
      for (const { query } of targets) {
        const outer = query.slice(query.lastIndexOf(')) WHERE') + 1);
        if (!/GROUP BY time/.test(outer)) continue;
        expect([title, /fill\((\w+)\)(?: tz\('\$timezone'\))?$/.exec(query)?.[1]]).toEqual([
          title,
          title === 'Coverage' ? '0' : 'null',
        ]);
      }
    }
  });

  it('has all variables that its queries name', () => {
    const known = new Set([...templating.list.map(({ name }) => name), 'timeFilter', '__interval']);
    const queries = [...panels.flatMap(({ targets = [] }) => targets), ...templating.list];
    for (const { query } of queries) {
      // The dollar before a slash ends a regular expression.
      for (const [, name = ''] of query.matchAll(/\$\{?(\w+)/g))
        expect([query, known.has(name)]).toEqual([query, true]);
    }
  });

  it('limits each query that can be to the time that is shown', () => {
    for (const { title, targets = [] } of panels) {
      for (const { query } of targets) {
        // Of a box that was stopped a year ago the last word is a year old.
        const isLastWord = title === 'Boxes' || title === 'Cameras';
        expect([title, query.includes('$timeFilter')]).toEqual([title, !isLastWord]);
      }
    }
  });
});

describe('the alert rules', () => {
  const { groups } = parse(read('provisioning/alerting/ngatu.yaml')) as {
    groups: {
      folder: string;
      rules: {
        uid: string;
        condition: string;
        data: { refId: string; datasourceUid: string; model: { expression?: string } }[];
      }[];
    }[];
  };
  const rules = groups.flatMap((group) => group.rules);

  it('are those that operators need, each with a name of its own', () => {
    expect(rules.map(({ uid }) => uid)).toEqual(ALERT_RULES.map(({ uid }) => uid));
    expect(new Set(rules.map(({ uid }) => uid)).size).toBe(rules.length);
  });

  it.each(ALERT_RULES)(
    '"$title" says what to do and knows no variable of a dashboard',
    ({ query, summary, description }) => {
      expect(description.length).toBeGreaterThan(20);
      expect(query.replaceAll('$timeFilter', '')).not.toContain('$');
      // What a message names is a tag that the query groups by.
      for (const [, label = ''] of `${summary}${description}`.matchAll(/\$labels\.(\w+)/g)) {
        expect(query.slice(query.lastIndexOf('GROUP BY'))).toContain(`"${label}"`);
      }
    },
  );

  it.each(rules)('$uid asks, reduces and compares', ({ condition, data }) => {
    expect(condition).toBe('C');
    expect(data.map(({ refId, datasourceUid, model }) => [refId, datasourceUid, model.expression])).toEqual([
      ['A', DATASOURCE.uid, undefined],
      ['B', '__expr__', 'A'],
      ['C', '__expr__', 'B'],
    ]);
  });
});
