// `ngatu quarantine`: looks into the folder of messages that could not be stored, and stores what can be stored now.

import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import {
  listQuarantine,
  type QuarantineEntry,
  type QuarantineListing,
} from '../central-collector/ingest/quarantine-folder.ts';
import { openReplay, type Replay, rehearsal } from '../central-collector/replay.ts';
import type { CollectorConfig } from '../config/collector.ts';
import { readCollectorConfig } from '../config/load.ts';
import { ConfigError, many } from '../config/problems.ts';
import { printListing, printUnreadable } from './quarantine-list.ts';
import { type ReplaySummary, replayAll } from './quarantine-replay.ts';
import { showMessage } from './quarantine-show.ts';
import { KNOWN_REASONS } from './quarantine-words.ts';

type Place = { readonly config?: string; readonly directory?: string };

type Filters = {
  readonly reason?: readonly string[];
  readonly agent?: string;
  readonly since?: number;
};

const REPLAY_HELP = `
Reads each message as a collector does today and writes it to InfluxDB, under the time and place that it would have had: doing
it again changes nothing. What is stored as a whole is taken from the folder; what is still bad stays, with
its reason of today. A collector may run meanwhile. Ends with 1 when something that was asked for stays.
`;

/** The subcommands list, show and replay. Failures are thrown; their messages say what to do. */
export function quarantineCommand(): Command {
  const command = new Command('quarantine').description(
    'messages that a collector could not store: see why, and store what can be stored now',
  );
  filtered(placed(command.command('list')))
    .description('all messages, newest last, and how many for each reason')
    .option('--json', 'print one JSON document')
    .action(list);
  placed(command.command('show'))
    .description('one message: why it was refused, and what came')
    .argument('<id>', 'as list shows it, or the beginning of it')
    .option('--raw', 'write exactly the bytes that came')
    .action(show);
  filtered(placed(command.command('replay')))
    .description('store what can be stored now')
    .argument('[ids...]', 'as list shows them; or use --all, --reason, --agent, --since')
    .option('--all', 'all messages')
    .option('--dry-run', 'only say what would happen; InfluxDB is not asked')
    .addHelpText('after', REPLAY_HELP)
    .action(replay);
  return command;
}

async function list(options: Place & Filters & { json?: boolean }, command: Command): Promise<void> {
  const { directory } = await placeOf(options, command);
  const { entries, unreadable } = await listQuarantine(directory);
  const chosen = entries.filter((entry) => passes(entry, options));
  printListing({ directory, entries: chosen, unreadable, of: entries.length, json: options.json === true });
}

async function show(id: string, options: Place & { raw?: boolean }, command: Command): Promise<void> {
  const { directory } = await placeOf(options, command);
  const entry = oneOf(await listQuarantine(directory), id, command);
  await showMessage(join(directory, entry.file), entry, options.raw === true);
}

type ReplayFlags = Place & Filters & { all?: boolean; dryRun?: boolean };

async function replay(ids: readonly string[], options: ReplayFlags, command: Command): Promise<void> {
  const { directory, config } = await placeOf(options, command);
  const { reason = [], agent, since, all = false, dryRun = false } = options;
  const isFiltered = reason.length > 0 || agent !== undefined || since !== undefined;
  if (ids.length > 0 ? all || isFiltered : !all && !isFiltered) {
    wrongUsage(command, 'name the messages by their ids, or give --all, --reason, --agent or --since');
  }
  if (!config && !dryRun) wrongUsage(command, 'to store needs --config, which says where InfluxDB is');
  const listing = await listQuarantine(directory);
  const entries =
    ids.length > 0
      ? [...new Set(ids.map((id) => oneOf(listing, id, command)))]
      : listing.entries.filter((entry) => passes(entry, options));
  printUnreadable(listing.unreadable);
  const replaying = await openFor(config, dryRun);
  try {
    const summary = await replayAll({
      directory,
      entries,
      dryRun,
      replay: replaying.message,
      print: console.log,
    });
    console.log(inWords(summary, dryRun));
    const open = summary.partly + summary.stays + (ids.length > 0 ? 0 : listing.unreadable.length);
    if (open > 0) process.exitCode = 1;
  } finally {
    await replaying.close();
  }
}

async function openFor(config: CollectorConfig | undefined, dryRun: boolean): Promise<Replay> {
  if (!config || dryRun) return rehearsal(config?.limits.namesPerAgent);
  // All of a collector: to look into the folder needs nothing of it.
  const { storingOptions } = await import('../central-collector/main.ts');
  return openReplay(storingOptions(config));
}

function inWords({ stored, partly, stays, gone }: ReplaySummary, dryRun: boolean): string {
  const would = dryRun ? 'would be ' : '';
  return [
    `${many(stored, 'message')} ${would}stored`,
    ...(partly > 0 ? [`${partly} ${would}stored in part`] : []),
    `${stays} ${dryRun ? 'would stay' : 'left'} in quarantine`,
    ...(gone > 0 ? [`${gone} gone meanwhile`] : []),
  ].join(', ');
}

function oneOf({ entries, unreadable }: QuarantineListing, id: string, command: Command): QuarantineEntry {
  const matches = entries.filter((entry) => entry.id.startsWith(id));
  const [first, second] = matches;
  if (first && !second) return first;
  const damaged = unreadable.find(({ file }) => file.includes(id));
  if (damaged) wrongUsage(command, damaged.problem);
  if (second) wrongUsage(command, `${many(matches.length, 'message')} begin with ${id}; give more of it`);
  return wrongUsage(command, `there is no message ${id} in the quarantine; list shows what there is`);
}

function passes(
  { reasons, sender, receivedAtMs }: QuarantineEntry,
  { reason = [], agent, since }: Filters,
): boolean {
  const isFrom = !agent || sender?.agent === agent || `${sender?.site}/${sender?.agent}` === agent;
  const hasReason = reason.length === 0 || reasons.some((one) => reason.includes(one));
  return isFrom && hasReason && receivedAtMs >= (since ?? 0);
}

/** The folder, and the configuration where one was given. Throws ConfigError. */
async function placeOf(
  { config: file, directory }: Place,
  command: Command,
): Promise<{ readonly directory: string; readonly config?: CollectorConfig }> {
  if (file === undefined) {
    return { directory: directory ?? wrongUsage(command, 'give --config collector.yaml, or --directory') };
  }
  // The broker's password is not needed here, and often not readable for whoever looks.
  const { config, problems } = await readCollectorConfig(file, { env: process.env, secrets: 'optional' });
  const missing = problems.filter(({ path }) => path.startsWith('influxdb.password'));
  const isReplay = command.name() === 'replay';
  if (!config || (isReplay && missing.length > 0)) throw new ConfigError(file, config ? missing : problems);
  return { directory: directory ?? config.quarantine.directory, config };
}

function placed(command: Command): Command {
  return command
    .option('--config <file>', 'YAML file of the collector whose quarantine it is')
    .option('--directory <dir>', 'the folder itself');
}

function filtered(command: Command): Command {
  return command
    .option(
      '--reason <reason>',
      `only messages refused for this reason; may be given again (${KNOWN_REASONS.join(', ')})`,
      (reason: string, before: readonly string[] = []) => [...before, reason],
    )
    .option('--agent <agent>', 'only messages of this agent: box-1 or hai-phong/box-1')
    .option(
      '--since <time>',
      'only messages received since: 90m, 2h, 3d ago, or 2026-05-01T06:00Z',
      parseSince,
    );
}

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** ms since 1970. */
function parseSince(text: string): number {
  const [, amount, unit = ''] = /^(\d+)([mhdw])$/.exec(text) ?? [];
  const atMs = amount === undefined ? Date.parse(text) : Date.now() - Number(amount) * (UNIT_MS[unit] ?? 0);
  if (!Number.isFinite(atMs)) throw new InvalidArgumentError('Expected 90m, 2h, 3d or a date.');
  return atMs;
}

/** Ends the command as commander does when an option is wrong. */
function wrongUsage(command: Command, message: string): never {
  return command.error(`error: ${message}`, { exitCode: 2 });
}
