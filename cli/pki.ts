// `ngatu pki`: a small certificate authority for people who have none, with certificates for brokers, boxes and
// collectors, and the broker's access rules for them.

import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { accessRules } from './pki/access-rules.ts';
import { createAuthority, issue, revoke, validFor } from './pki/authority.ts';
import { REVOCATION_LIST, requireAuthority } from './pki/authority-files.ts';
import { chooseExpiring, chooseNamed } from './pki/choose.ts';
import { WARN_DAYS } from './pki/describe.ts';
import { PkiError } from './pki/pki-error.ts';
import { brokerHost, printIssued, printList, quoted } from './pki/print.ts';
import { newestOfEach, readRegister, stateOf } from './pki/register.ts';
import { boxSubject, brokerSubject, collectorSubject, type Subject } from './pki/subject.ts';

/** The authority outlives its boxes, which nobody wants to visit for it. */
const AUTHORITY_DAYS = 7300;
const CERTIFICATE_DAYS = 1095;

type Place = { readonly dir: string };
type Issuing = Place & { readonly days?: number; readonly force?: boolean };

/** Failures are thrown; their messages say what to do. */
export function pkiCommand(): Command {
  const command = new Command('pki').description('certificates for brokers, boxes and collectors');
  withPlace(command.command('init'))
    .description(
      'make a certificate authority in a folder: once, on a machine that is not reached from outside',
    )
    .option('--name <name>', 'how it is called in certificates', 'ngatu')
    .option('--days <n>', 'how long it is valid', parseDays, AUTHORITY_DAYS)
    .option(
      '--force',
      'make a new one though there is one; the old one is set aside, its certificates are worthless',
    )
    .action(init);
  issuing(command.command('broker'))
    .description('key and certificate of a broker')
    .requiredOption(
      '--host <host>',
      'host name or IP address that agents connect to; can be given again',
      collect,
      [],
    )
    .action(({ host, ...options }: Issuing & { host: string[] }) => issueAll([brokerSubject(host)], options));
  issuing(command.command('box'))
    .description('key and certificate of boxes')
    .requiredOption('--site <site>', 'site, as in edge.yaml')
    .requiredOption('--agent <agents...>', 'agent, as in edge.yaml; several make one each')
    .action(({ site, agent, ...options }: Issuing & { site: string; agent: string[] }) =>
      issueAll(
        agent.map((name) => boxSubject(site, name)),
        options,
      ),
    );
  issuing(command.command('collector'))
    .description('key and certificate of a collector; each has its own')
    .requiredOption('--name <name>', 'MQTT user name of the collector, such as collector-1')
    .action(({ name, ...options }: Issuing & { name: string }) =>
      issueAll([collectorSubject(name)], options),
    );
  withPlace(command.command('list'))
    .description(`who has a certificate until when; warns of the last ${WARN_DAYS} days`)
    .option('--all', 'renewed, expired and revoked ones as well')
    .action(list);
  issuing(command.command('renew'), { force: false })
    .description(
      'new key and certificate for those who have one; the old one stays valid until it ends or is revoked',
    )
    .argument('[names...]', 'names as in the list, such as hai-phong/box-017')
    .option('--expiring <n>', 'all that end within so many days', parseDays)
    .action(renew);
  withPlace(command.command('revoke'))
    .description('make the broker refuse certificates, such as those of a stolen box')
    .argument('<names...>', 'names as in the list, or serial numbers')
    .option('--keep-newest', 'only those of the name that were renewed since')
    .action(revokeNamed);
  withPlace(command.command('acl'))
    .description("print Mosquitto's access rules for all boxes and for the collectors in the list")
    .action(async ({ dir }: Place) => {
      requireAuthority(dir);
      process.stdout.write(accessRules(await collectorNames(dir)));
    });
  return command;
}

function withPlace(command: Command): Command {
  return command.option('--dir <folder>', 'folder of the authority', 'pki');
}

function issuing(command: Command, { force = true } = {}): Command {
  withPlace(command).option('--days <n>', 'how long it is valid', parseDays, CERTIFICATE_DAYS);
  return force ? command.option('--force', 'issue another though there is one') : command;
}

async function init({ dir, name, days, force }: Place & { name: string; days: number; force?: boolean }) {
  await createAuthority(dir, { name, validity: validFor(days), force: force ?? false });
  console.log(`${dir}: certificate authority "${name}", valid for ${days} days.
${join(dir, 'ca-key.pem')} can make certificates for everybody: keep the folder off the network, and a copy of it elsewhere.

Next: ngatu pki broker --dir ${quoted(dir)} --host BROKER`);
}

async function issueAll(subjects: readonly Subject[], { dir, days, force }: Issuing): Promise<void> {
  requireAuthority(dir);
  const host = await brokerHost(dir);
  for (const subject of subjects) {
    const validity = validFor(days ?? CERTIFICATE_DAYS);
    const folder = await issue(dir, subject, { validity, replace: force ?? false });
    await printIssued(dir, subject, folder, host);
  }
}

async function list({ dir, all }: Place & { all?: boolean }): Promise<void> {
  requireAuthority(dir);
  await printList(dir, { all: all ?? false, nowMs: Date.now() });
}

async function renew(names: readonly string[], { dir, days, expiring }: Issuing & { expiring?: number }) {
  requireAuthority(dir);
  if ((names.length === 0) === (expiring === undefined)) {
    throw new PkiError(
      'name the certificates to renew (see "ngatu pki list"), or give --expiring DAYS, not both',
    );
  }
  const register = await readRegister(dir);
  const host = await brokerHost(dir);
  const chosen =
    expiring === undefined
      ? chooseNamed(register, names).filter(
          (entry, at, all) => all.findLastIndex(({ name }) => name === entry.name) === at,
        )
      : chooseExpiring(register, expiring, Date.now());
  if (chosen.length === 0) console.log(`No certificate ends within ${expiring} days.`);
  for (const { kind, name, hosts } of chosen) {
    const validity = validFor(days ?? CERTIFICATE_DAYS);
    const folder = await issue(dir, { kind, name, hosts }, { validity, replace: true });
    await printIssued(dir, { kind, name, hosts }, folder, host);
  }
}

async function revokeNamed(names: readonly string[], { dir, keepNewest }: Place & { keepNewest?: boolean }) {
  requireAuthority(dir);
  const register = await readRegister(dir);
  const kept = keepNewest ? newestOfEach(register, Date.now()) : [];
  const chosen = chooseNamed(register, names).filter(
    (entry) => stateOf(entry, Date.now()) === 'valid' && !kept.includes(entry),
  );
  if (chosen.length === 0) {
    throw new PkiError(
      `nothing to revoke: ${names.join(', ')} has no other valid certificate (see "ngatu pki list --all")`,
    );
  }
  await revoke(dir, chosen);
  for (const { name, serial } of chosen) console.log(`revoked: ${name}, serial number ${serial}`);
  console.log(`
Now give the broker the new list, and restart it: it looks at the list when somebody connects.
  ${join(dir, REVOCATION_LIST)} → the file that crlfile names in mosquitto.conf`);
}

async function collectorNames(directory: string): Promise<string[]> {
  const valid = newestOfEach(await readRegister(directory), Date.now());
  return valid.filter(({ kind }) => kind === 'collector').map(({ name }) => name);
}

function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}

function parseDays(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > 36_500) {
    throw new InvalidArgumentError('Expected whole days, 1 to 36500.');
  }
  return days;
}
