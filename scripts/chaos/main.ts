// `npm run chaos`: hundreds of faults while simulated agents publish known events, and then the question whether
// InfluxDB holds exactly those. docs/chaos.md explains the report.

import { spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { runMain, wholeNumberFrom } from '../run-main.ts';
import { type ChaosOptions, MIN_MINUTES, MINUTES_PER_FAULT } from './options.ts';
import { isRight, reportOf } from './report.ts';
import { runChaos } from './run.ts';
import { canMount } from './small-disk.ts';

type Given = Omit<ChaosOptions, 'directory' | 'minutes'> & { directory?: string; minutes?: number };

/** Set for the process that has a mount namespace of its own. */
const INSIDE = 'NGATU_CHAOS_INSIDE';

async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('chaos')
    .description(
      'breaks everything again and again and checks that nothing is lost and nothing counted twice',
    )
    .option('--faults <n>', 'how many', wholeNumberFrom(1), 500)
    .option('--agents <n>', 'simulated agents', wholeNumberFrom(1), 6)
    .option('--collectors <n>', 'collector processes', wholeNumberFrom(1), 3)
    .option('--seed <n>', 'the same seed gives the same faults and events', wholeNumberFrom(0), 1)
    .option(
      '--minutes <n>',
      'planned time with faults; default a little over a second for each fault',
      Number,
    )
    .option('--events-per-second <n>', 'of each agent', Number, 20)
    .option('--concurrency <n>', 'faults at once, at most', wholeNumberFrom(1), 4)
    .option('--directory <dir>', 'folder of the run; default one among the temporary ones')
    .option('--keep', 'keep the folder also when all is right', false)
    .action(chaos);
  await program.exitOverride().parseAsync([...argv], { from: 'user' });
}

async function chaos(given: Given): Promise<void> {
  const minutes = given.minutes ?? Math.max(MIN_MINUTES, given.faults * MINUTES_PER_FAULT);
  const directory = given.directory ?? (await mkdtemp(join(tmpdir(), 'ngatu-chaos-')));
  await mkdir(directory, { recursive: true });
  const options: ChaosOptions = { ...given, minutes, directory };
  const disks = process.env[INSIDE] === '1' && (await canMount(join(directory, 'trial')));
  if (!disks) say('disks cannot be mounted here (that takes root, or user namespaces): no disk will be full');
  say(
    `seed ${options.seed}, ${options.faults} faults, planned ${minutes.toFixed(1)} min, folder ${directory}`,
  );
  const interrupt = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(name, () => interrupt.abort(new Error(`ended by ${name}`)));
  const beganMs = performance.now();
  const onProgress = (line: string) => say(`${elapsed(beganMs)}  ${line}`);
  try {
    const result = await runChaos(options, disks, { onProgress, signal: interrupt.signal });
    process.stdout.write(`\n${reportOf(result, machine())}\n`);
    if (!isRight(result)) process.exitCode = 1;
  } catch (error) {
    process.exitCode = 1;
    if (!interrupt.signal.aborted) throw error;
    say('interrupted');
  } finally {
    if (process.exitCode === 1 || options.keep) say(again(options));
    else await rm(directory, { recursive: true, force: true });
  }
}

function again({
  seed,
  faults,
  agents,
  collectors,
  directory,
  eventsPerSecond,
  minutes,
}: ChaosOptions): string {
  return [
    `everything of this run is in ${directory}; the same again:`,
    `npm run chaos -- --seed ${seed} --faults ${faults} --agents ${agents} --collectors ${collectors} --events-per-second ${eventsPerSecond} --minutes ${minutes}`,
  ].join('\n');
}

/** Runs this program once more where it may mount, if it can be had; gives its exit code. */
async function inside(argv: readonly string[]): Promise<number | undefined> {
  const wanted = [['--mount'], ['--map-root-user', '--mount']].find(
    (flags) => spawnSync('unshare', [...flags, 'true']).status === 0,
  );
  const [, script] = process.argv;
  if (!wanted || script === undefined) return undefined;
  // Should this process be killed, the run ends as well, and tidies up.
  const bound = spawnSync('setpriv', ['true']).status === 0 ? ['setpriv', '--pdeathsig', 'TERM', '--'] : [];
  const child = spawn('unshare', [...wanted, ...bound, process.execPath, script, ...argv], {
    stdio: 'inherit',
    env: { ...process.env, [INSIDE]: '1' },
  });
  // Ctrl-C reaches both; the inner one ends the run, the outer one waits for it. SIGTERM comes here alone.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

function machine(): string {
  const [first] = cpus();
  const load = loadavg()[0]?.toFixed(1);
  return `${first?.model.trim()}, ${cpus().length} cores, load ${load} at the end, Node ${process.versions.node}`;
}

function elapsed(sinceMs: number): string {
  const s = Math.floor((performance.now() - sinceMs) / 1000);
  return `${String(Math.floor(s / 60)).padStart(2, '0')}:${String(s % 60).padStart(2, '0')}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

await runMain(async () => {
  const argv = process.argv.slice(2);
  const helps = argv.some((word) => word === '--help' || word === '-h');
  const code = process.env[INSIDE] === '1' || helps ? undefined : await inside(argv);
  return code ?? main(argv);
});
