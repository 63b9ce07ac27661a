// `npm run demo`: the whole line at work on this machine, until Ctrl-C or for a given time.

import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CommanderError } from 'commander';
import { PortTakenError } from '../services/ports.ts';
import { ProcessError } from '../services/process.ts';
import { withoutLogin } from './configuration.ts';
import { DemoError } from './demo-error.ts';
import { type Line, startLine } from './line.ts';
import { createMeter } from './meter.ts';
import { openBrowser } from './open-browser.ts';
import { type DemoOptions, parseOptions } from './options.ts';
import { makeRunFolder, SCREEN_FILE } from './run-folder.ts';
import { prepareScene, type Scene } from './scene.ts';
import { openScreen } from './screen.ts';
import { countStored } from './stored.ts';
import { renderTable, type Snapshot } from './table.ts';
import type { Traffic } from './tap.ts';
import { shortcoming, type Totals } from './totals.ts';
import type { TruthComparison } from './truth-ledger.ts';

async function main(argv: readonly string[]): Promise<number> {
  const interruption = interruptible();
  try {
    const options = parseOptions(argv);
    const folder = await makeRunFolder(new Date());
    const scene = await prepareScene(options, folder, interruption.signal);
    say(introduction(scene, options, folder));
    const line = await startLine(scene, folder, options, interruption.signal);
    try {
      say(invitation(line));
      if (options.open) openBrowser(line.centre.url);
      const totals = await watch(line, scene, options, folder, interruption.signal);
      return conclude(totals, line.compare(), options, line.traffic);
    } finally {
      await line.stop();
    }
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (interruption.signal.aborted) return INTERRUPTED;
    say(explain(error));
    return error instanceof DemoError ? error.exitCode : 1;
  } finally {
    interruption.end();
  }
}

/** Conventional exit code of a program that was ended by Ctrl-C. */
const INTERRUPTED = 130;
const REFRESH_MS = 500;

/** Shows the line at work until the time is over or the user ends it; then stops it and adds up. */
async function watch(
  line: Line,
  scene: Scene,
  options: DemoOptions,
  folder: string,
  signal: AbortSignal,
): Promise<Totals> {
  const { traffic, influxUrl } = line;
  const meter = createMeter(line.agentUrl);
  const directions = scene.cameras[0].lines.flatMap((each) => [
    each.directions.toLeft,
    each.directions.toRight,
  ]);
  const constants = {
    directions,
    influxUrl,
    centre: line.centre,
    logFolder: relative('.', folder),
  };
  const screen = openScreen(process.stdout);
  const startedAt = performance.now();
  let stored = { passages: 0, flowPoints: 0 };
  let latest: Snapshot | undefined;
  const show = (note: string) => {
    const elapsedMs = performance.now() - startedAt;
    const [truth, speeds] = [line.compare(), meter.speeds];
    latest = { elapsedMs, traffic, truth, speeds, stored, ...constants, note };
    screen.show(latest);
  };
  const note =
    options.durationMs === undefined ? 'Ctrl-C ends it' : `ends after ${options.durationMs / 1000} s`;
  const isOver = () => signal.aborted || performance.now() - startedAt >= (options.durationMs ?? Infinity);
  try {
    while (!isOver()) {
      show(note);
      await Promise.race([delay(REFRESH_MS, undefined, { signal }).catch(() => undefined), line.broken]);
      // A count that fails now is of no matter: when InfluxDB is gone, the line is broken.
      const counted = Promise.all([countStored(influxUrl).catch(() => stored), meter.read()]);
      [stored] = await Promise.race([counted, line.broken]);
    }
    if (latest) await writeFile(join(folder, SCREEN_FILE), `${renderTable(latest, { colour: true })}\n`);
    show('stopping: the agent sends what it has, the collector stores it …');
    const totals = await line.finish();
    stored = { passages: totals.passages, flowPoints: totals.pointsStored - totals.passages };
    show('stopped');
    return totals;
  } finally {
    screen.close();
  }
}

function conclude(
  totals: Totals,
  truth: TruthComparison | undefined,
  { json, durationMs }: DemoOptions,
  { fault, passagesOf }: Traffic,
): number {
  const problem = shortcoming(totals);
  // Somebody who only looks in for a moment has seen no failure.
  const failed = problem !== undefined && (durationMs !== undefined || totals.lost + totals.duplicated > 0);
  const { frames, passages, flows, pointsStored, lost, duplicated } = totals;
  say(
    `\n${frames} frames analysed, ${passages} passages and ${flows} interval counts in InfluxDB (${pointsStored} points), ${lost} lost, ${duplicated} duplicated.`,
  );
  if (truth) {
    say(
      `Of ${truth.crossings} true crossings ${truth.matched} were counted, ${truth.rightClass} with the right class; ${truth.missed} missed, ${truth.extra} extra.`,
    );
  }
  if (problem !== undefined) say([problem, fault].filter(Boolean).join(' '));
  if (json) {
    const passagesByCamera = Object.fromEntries(passagesOf);
    const last = { ...totals, passagesByCamera, ...(truth && { truth: asJson(truth) }) };
    process.stdout.write(`${JSON.stringify(last)}\n`);
  }
  return failed ? 1 : 0;
}

function asJson({ directions, ...sums }: TruthComparison): object {
  return {
    ...sums,
    directions: directions.map((each) => ({ ...each, classes: Object.fromEntries(each.classes) })),
  };
}

function introduction(scene: Scene, { durationMs }: DemoOptions, folder: string): string {
  const source = scene.cameras
    .map(({ source: from }) =>
      'clip' in from
        ? `a simulated RTSP camera playing ${relative('.', from.clip)}`
        : withoutLogin(from.stream),
    )
    .join(', ');
  const { truth } = scene.cameras[0];
  const time = durationMs === undefined ? 'until Ctrl-C' : `for ${durationMs / 1000} s`;
  const compared =
    truth === undefined
      ? ''
      : `Counts are compared with ${relative('.', truth.file)}, crossing by crossing: the truth is computed by the scene, not detected.\n`;
  return `Starting ${source}, an edge agent with ${scene.model}, Mosquitto, a collector and InfluxDB, ${time}.\n${compared}Logs and data: ${relative('.', folder)}\n`;
}

function invitation({ centre: { url, user, password } }: Line): string {
  return `The control centre is at ${url}: sign in as ${user} with the password ${password}
`;
}

function explain(error: unknown): string {
  if (error instanceof DemoError || error instanceof ProcessError || error instanceof PortTakenError) {
    return `demo: ${error.message}`;
  }
  return `demo: this should not have happened; please report it with these lines.\n${error instanceof Error ? error.stack : String(error)}`;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** The first signal ends the demo in order. Until then, and while it stops, further ones change nothing. */
function interruptible(): { signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const abort = () => controller.abort(new DemoError('interrupted'));
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, abort);
  return {
    signal: controller.signal,
    end: () => {
      for (const name of signals) process.off(name, abort);
    },
  };
}

// Also hides the arguments, in which a camera's password may stand, from other users' process lists.
process.title = 'ngatu demo';
process.exitCode = await main(process.argv.slice(2));
