// `npm run screenshots`: starts the demo with its simulated districts, waits for an incident, and photographs every page
// at every size, by night and by day.

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { type Line, startLine } from '../demo/line.ts';
import { parseOptions as demoOptions } from '../demo/options.ts';
import { makeRunFolder } from '../demo/run-folder.ts';
import { prepareScene } from '../demo/scene.ts';
import { runMain } from '../run-main.ts';
import { parseOptions, type ScreenshotOptions } from './options.ts';
import { type Look, launch, openWindow, photograph } from './photograph.ts';
import { VIEWS, type View } from './views.ts';

const DOCS = 'docs/images/centre';
/** The vehicle of the demo stops within the first 80 s. */
const INCIDENT_TIMEOUT_MS = 120_000;
/** Minutes of the tiles and quarter hours of the past are there then. */
const WARM_UP_MS = 90_000;

await runMain(async () => {
  const options = parseOptions(process.argv.slice(2));
  const folder = await makeRunFolder(new Date());
  const { signal } = new AbortController();
  const scene = await prepareScene(demoOptions([]), folder, signal);
  process.stderr.write(`Starting the demo with its districts; logs in ${folder}\n`);
  const line = await startLine(scene, folder, { city: true }, signal);
  let browser: Browser | undefined;
  try {
    browser = await launch();
    const [incident] = await Promise.all([anIncident(line), delay(WARM_UP_MS)]);
    for (const view of VIEWS) {
      if (options.only.length > 0 && !options.only.includes(view.name)) continue;
      await takeView(browser, line, { ...view, path: view.path.replace('{incident}', incident) }, options);
    }
  } finally {
    await browser?.close();
    await line.stop();
  }
  return 0;
});

async function takeView(browser: Browser, line: Line, view: View, options: ScreenshotOptions): Promise<void> {
  const looks = options.docs ? (view.shown ?? []) : looksOf(view, options);
  for (const look of looks) {
    const name = `${view.name}-${look.size}-${look.theme}${look.language === 'vi' ? '' : `-${look.language}`}.webp`;
    if (view.duringIncident) await anIncident(line);
    const context = await openWindow(browser, look, line.centre, view.signedOut === true);
    try {
      await photograph(context, view.path, join(options.docs ? DOCS : options.out, name));
      process.stderr.write(`${name}\n`);
    } finally {
      await context.close();
    }
  }
}

function looksOf({ sizes }: View, options: ScreenshotOptions): Look[] {
  return options.sizes
    .filter((size) => sizes === undefined || sizes.includes(size))
    .flatMap((size) =>
      options.themes.flatMap((theme) => options.languages.map((language) => ({ size, theme, language }))),
    );
}

/** Its id, once the camera has told one that lasts. */
async function anIncident({ centre }: Line): Promise<string> {
  const deadline = performance.now() + INCIDENT_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const answer = (await centre.ask('GET', '/incidents?state=active&site=hai-phong&limit=1')) as {
      incidents: { id: string }[];
    };
    const [incident] = answer.incidents;
    if (incident) return incident.id;
    await delay(500);
  }
  throw new Error('The demo told no incident within two minutes: see the logs of its run.');
}
