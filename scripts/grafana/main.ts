// `npm run grafana`: writes the dashboards and alert rules of config/grafana. The other files there are written by hand.

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { alertRulesYaml } from './alert-rules.ts';
import { DASHBOARDS } from './dashboards.ts';
import { dashboardJson } from './panels.ts';

const DIRECTORY = join('config', 'grafana');

/** Content of every file by its name below the folder; the same sources give the same bytes. */
export function grafanaFiles(): ReadonlyMap<string, string> {
  return new Map([
    ...DASHBOARDS.map((dashboard): [string, string] => [
      `dashboards/${dashboard.uid}.json`,
      dashboardJson(dashboard),
    ]),
    ['provisioning/alerting/ngatu.yaml', alertRulesYaml()],
  ]);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [name, content] of grafanaFiles()) {
    const path = join(DIRECTORY, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  console.log(`${grafanaFiles().size} files in ${DIRECTORY}`);
}
