// `ngatu config`: checks configuration files and gives editors their schema.

import { Command, Option } from 'commander';
import { checkConfig, configJsonSchema } from '../config/kinds.ts';
import { formatProblem, many } from '../config/problems.ts';
import { CONFIG_KINDS, type ConfigKind } from '../config/recognise.ts';
import { inspectCamera } from './inspect-camera.ts';

const SCHEMA_HELP = `
To have an editor complete and check a file, write the schema beside it

  ngatu config schema edge > edge.schema.json

and make this the first line of the YAML file:

  # yaml-language-server: $schema=edge.schema.json
`;

export function configCommand(): Command {
  const command = new Command('config').description('check configuration files, print their schema');
  command
    .command('check')
    .description('report every problem of configuration files, with line, key and what was expected')
    .argument('<files...>', 'YAML files of an edge box, a camera or a collector')
    .addOption(
      new Option('--kind <kind>', 'what the files are; default: told by their keys').choices(CONFIG_KINDS),
    )
    .option('--require-secrets', 'a secret that is not on this machine is a problem, not a warning')
    .option('--json', 'print one JSON document')
    .action(check);
  command
    .command('schema')
    .description('print the JSON Schema of a kind of configuration file')
    .addArgument(command.createArgument('<kind>', 'kind of file').choices(CONFIG_KINDS))
    .addHelpText('after', SCHEMA_HELP)
    .action((kind: ConfigKind) => {
      process.stdout.write(`${JSON.stringify(configJsonSchema(kind), undefined, 2)}\n`);
    });
  return command;
}

type CheckOptions = { kind?: ConfigKind; requireSecrets?: boolean; json?: boolean };

async function check(files: readonly string[], options: CheckOptions): Promise<void> {
  const secrets = options.requireSecrets ? 'required' : 'optional';
  const results = [];
  for (const file of files) {
    const { kind, summary, problems } = await checkConfig(file, {
      env: process.env,
      secrets,
      kind: options.kind,
      inspectCamera,
    });
    results.push({ file, kind, fine: summary !== undefined, summary, problems });
  }
  if (options.json) process.stdout.write(`${JSON.stringify(results, undefined, 2)}\n`);
  else for (const result of results) printResult(result);
  if (results.some(({ fine }) => !fine)) process.exitCode = 2;
}

function printResult({
  file,
  summary,
  problems,
}: {
  file: string;
  summary: string | undefined;
  problems: readonly Parameters<typeof formatProblem>[0][];
}): void {
  const count = (wanted: string) => problems.filter(({ severity }) => severity === wanted).length;
  const warnings = count('warning');
  const fine = warnings === 0 ? 'fine' : `fine, with ${many(warnings, 'warning')}`;
  console.log(`${file}: ${summary === undefined ? many(count('error'), 'problem') : fine}`);
  if (summary !== undefined) console.log(`  ${summary}`);
  for (const problem of problems) console.log(formatProblem(problem));
}
