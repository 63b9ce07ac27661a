// `npm run scorecard`: measures everything that the product promises about its numbers, and writes docs/scorecard.md.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { describeFailure } from '../../cli/failure.ts';
import { DEFAULT_MODEL } from '../../models/default-model.ts';
import { runMain } from '../run-main.ts';
import { repositoryRoot } from '../scenes/browser.ts';
import { clipsSection } from './clips-section.ts';
import { countsSection } from './counts-section.ts';
import { incidentsSection } from './incidents-section.ts';
import { type JudgedScene, judgeScene } from './judge-scene.ts';
import { recordedSection } from './recorded-section.ts';
import { type Chain, openChain } from './run-chain.ts';
import { findSceneClips } from './scene-clips.ts';
import { renderScorecard } from './scorecard.ts';
import { notMeasured, type ScorecardContext, type Section, type SectionResult } from './section.ts';
import { speedsSection } from './speeds-section.ts';
import { tallyOf } from './tallies.ts';
import { trackingSection } from './tracking-section.ts';
import { versions } from './versions.ts';

const SECTIONS: readonly Section[] = [
  trackingSection,
  countsSection,
  clipsSection,
  recordedSection,
  speedsSection,
  incidentsSection,
];
const FIXTURES = 'test/fixtures/scenes';

type Options = {
  readonly only?: readonly string[];
  readonly scenes?: readonly string[];
  readonly scenesDir: string;
  readonly data: string;
  readonly model: string;
  readonly out?: string;
  readonly strict?: boolean;
};

async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('scorecard')
    .description('measure tracking, counts, speeds and incidents against the truth; writes docs/scorecard.md')
    .option(
      '--only <sections...>',
      `of ${SECTIONS.map(({ name }) => name).join(', ')}; nothing is written then`,
    )
    .option('--scenes <names...>', 'scenes to judge; default: all of the library that are rendered')
    .option('--scenes-dir <dir>', 'folder with rendered scenes', '.ngatu/scenes')
    .option(
      '--data <dir>',
      'folder with real clips and recordings',
      process.env.NGATU_DATA ?? '../shared/data',
    )
    .option('--model <card>', 'model card', DEFAULT_MODEL)
    .option('--out <file>', 'where the scorecard goes')
    .option('--strict', 'exit with 1 when a target is missed')
    .exitOverride();
  const options = program.parse([...argv], { from: 'user' }).opts<Options>();
  const list = (names: readonly string[] | undefined) => names?.flatMap((name) => name.split(','));
  const only = list(options.only);
  const unknown = only?.filter((name) => SECTIONS.every((section) => section.name !== name)) ?? [];
  if (unknown.length > 0) {
    throw new CommanderError(
      2,
      'only',
      `No section ${unknown.join(', ')}; there are ${SECTIONS.map(({ name }) => name).join(', ')}`,
    );
  }
  let chain: Promise<Chain> | undefined;
  try {
    const context = contextOf(options, list(options.scenes), () => {
      chain ??= openChain(options.model, [join(options.data, 'models')]);
      return chain;
    });
    const results: { section: Section; result: SectionResult }[] = [];
    for (const section of SECTIONS) {
      if (only && !only.includes(section.name)) continue;
      console.log(section.heading);
      const result = await section.measure(context).catch((error: unknown) => {
        console.log(`  failed: ${describeFailure(error)}`);
        return notMeasured(describeFailure(error));
      });
      for (const { what, measured, met } of result.targets) {
        console.log(`  ${met ? 'met   ' : 'MISSED'} ${what}: ${measured}`);
      }
      results.push({ section, result });
    }
    const text = renderScorecard(await versions(options.model, [join(options.data, 'models')]), results);
    const whole = only === undefined && options.scenes === undefined;
    const out = options.out ?? (whole ? join(repositoryRoot(), 'docs/scorecard.md') : undefined);
    if (out === undefined) console.log(`\n${text}`);
    else {
      const before = await readFile(out, 'utf8').catch(() => '');
      await writeFile(out, text);
      console.log(before === text ? `${out} is as before` : `written: ${out}`);
    }
    const missed = results.some(({ result }) => result.targets.some(({ met }) => !met));
    return options.strict && missed ? 1 : 0;
  } finally {
    await (await chain)?.close();
  }
}

function contextOf(
  { data, scenesDir, model }: Options,
  sceneNames: readonly string[] | undefined,
  chain: () => Promise<Chain>,
): ScorecardContext {
  const say = (line: string): void => console.log(line);
  let scenes: ReturnType<ScorecardContext['scenes']> | undefined;
  const judgeAll = async () => {
    const folders = [scenesDir, join(repositoryRoot(), FIXTURES)];
    const { found, missing } = await findSceneClips(folders, sceneNames);
    const judged: JudgedScene[] = [];
    for (const clip of found) {
      const scene = await judgeScene(await chain(), clip);
      const { crossings, matched, extra } = tallyOf(scene.crossings);
      say(`  ${scene.name}: ${matched} of ${crossings} crossings, ${extra} extra`);
      judged.push(scene);
    }
    return { judged, missing };
  };
  return {
    ...{ data, scenesDir, model, sceneNames, say, chain },
    scenes: () => {
      scenes ??= judgeAll();
      return scenes;
    },
  };
}

await runMain(() => main(process.argv.slice(2)));
