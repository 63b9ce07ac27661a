// Configuration files of all kinds, as `ngatu config check` and the commands read them.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspectCamera } from '../../../cli/inspect-camera.ts';
import { checkConfig } from '../../../config/kinds.ts';
import { loadCameraConfig, loadCollectorConfig, loadEdgeConfig } from '../../../config/load.ts';
import { ConfigError, formatProblem } from '../../../config/problems.ts';
import { CONFIG_KINDS, type ConfigKind } from '../../../config/recognise.ts';
import type { Random } from '../../scenes/random.ts';
import { must, mustBePlain, mustBePlainLines, mustBeSame } from '../checks.ts';
import { anyOf, below, mutateBytes } from '../mutate-bytes.ts';
import { mutateText } from '../mutate-text.ts';
import { fileSamples } from '../samples.ts';
import type { FuzzTarget } from '../target.ts';

/** What the grammar of YAML has, and what configurations are made of. */
const WORDS = [
  ...[
    '&a',
    '*a',
    '&a [*a]',
    '<<: *a',
    '&b {c: *b}',
    '*missing',
    '!!binary aGk=',
    '!!set {a}',
    '!unknown x',
    '!!float .nan',
  ],
  ...[
    '|',
    '>-',
    '? ',
    '? [a, b]',
    '- ',
    '---',
    '...',
    '%YAML 1.1',
    '%TAG ! x',
    '# ',
    '\t',
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    ',',
  ],
  ...[
    '"\\e[2J\\u202e"',
    '"\\0"',
    '"\\ud800"',
    '\ufeff',
    '\u0000',
    '\u0085',
    '\u2028',
    '\r',
    '~',
    '.inf',
    '-.inf',
    '.nan',
    '0x1f',
    '0o17',
  ],
  ...[
    '1e999',
    '-0',
    '12345678901234567890',
    '2026-01-01',
    'yes',
    'null',
    '""',
    '[]',
    '{}',
    '[1, 2]',
    '[.nan, .inf]',
    '{x: 1}',
  ],
  ...[
    '__proto__: 1',
    'constructor: {}',
    'toString: x',
    'rtsp://u:p@h/',
    'file:///a%2Fb',
    'file:///%zz',
    'http://[',
    '//////@',
    'mqtt://',
  ],
  ...[
    '{env: HOME}',
    '{env: NOT_SET}',
    '{file: ./none}',
    '{file: .}',
    'password: x',
    'cameras: [{file: none.yaml}]',
    '90d',
    '1h30m',
    'Asia/Saigon',
  ],
];

const SMALL = [
  'camera: c\npicture: {width: 640, height: 480}\nsource: {url: rtsp://h/s}\nlines:\n  - {line: l, from: [0, 0], to: [9, 9]}\n',
  'mqtt: {url: "mqtt://h"}\ninfluxdb: {retention: {raw: 90d}}\n',
  'site: s\nagent: a\nmqtt: {url: "mqtts://h"}\ncameras:\n  - camera: c\n    picture: {width: 640, height: 480}\n    source: {url: x.mp4}\n',
];

/** The first byte of an input says as which kind it is checked; the rest is the file. */
export const configTarget: FuzzTarget = {
  name: 'config',
  about: 'YAML configuration of box, camera and collector, and the messages about it',
  weight: 8,
  async open({ folder }) {
    const samples = [
      ...fileSamples('config/examples', '.yaml').map(withoutComments),
      ...SMALL,
      ...SMALL,
      ...SMALL,
    ];
    const file = join(folder, 'config.yaml');
    await writeFile(join(folder, 'none.yaml'), SMALL[0] ?? '');
    return {
      make: (random) =>
        Buffer.concat([Buffer.from(anyOf(random, ['e', 'c', 'o', '?'])), makeYaml(random, samples)]),
      async run(input) {
        const kind = ({ e: 'edge', c: 'camera', o: 'collector' } as const)[
          String.fromCharCode(input[0] ?? 0)
        ];
        await writeFile(file, input.subarray(1));
        const checked = await checkConfig(file, {
          env: {},
          secrets: 'optional',
          inspectCamera,
          ...(kind && { kind }),
        });
        checkProblems(checked.problems);
        if (checked.kind !== undefined) must('a kind of configuration', CONFIG_KINDS.includes(checked.kind));
        if (checked.summary === undefined || checked.kind === undefined) {
          must(
            'a reason for a refusal',
            checked.problems.some(({ severity }) => severity === 'error'),
          );
          return 'refused';
        }
        mustBePlain('the summary', checked.summary, 2000);
        mustBeSame('a configuration', await loaded(checked.kind, file), await loaded(checked.kind, file));
        return 'accepted';
      },
    };
  },
};

function checkProblems(problems: readonly Parameters<typeof formatProblem>[0][]): void {
  must('problems that somebody can read through', problems.length <= 250);
  for (const problem of problems) {
    const { line, column, path, message, hint = '' } = problem;
    must(
      'a place in the file',
      Number.isInteger(line) && Number.isInteger(column) && line >= 1 && column >= 1,
    );
    mustBePlain('the path', path, 3500);
    mustBePlain('the message', message, 700);
    mustBePlain('the hint', hint, 1200);
    mustBePlainLines('the printed problem', formatProblem(problem), 2500);
    must('a problem of at most two lines', formatProblem(problem).split('\n').length <= 2);
  }
}

async function loaded(kind: ConfigKind, file: string): Promise<unknown> {
  const load = { edge: loadEdgeConfig, camera: loadCameraConfig, collector: loadCollectorConfig }[kind];
  try {
    return JSON.stringify(await load(file, { env: {}, inspectCamera }));
  } catch (error) {
    // A secret that is not there is a warning for a check only.
    if (!(error instanceof ConfigError)) throw error;
    mustBePlainLines('the message of the error', error.message, 700_000);
    return error.message;
  }
}

function makeYaml(random: Random, samples: readonly string[]): Buffer {
  const way = random();
  const text = anyOf(random, samples);
  if (way < 0.05) return Buffer.from(text);
  if (way < 0.25) return mutateBytes(random, Buffer.from(text), [Buffer.from(anyOf(random, samples))]);
  if (way < 0.99) return Buffer.from(mutateText(random, text, WORDS, samples));
  return Buffer.from(bomb(random) + (random() < 0.3 ? `\n${text}` : ''));
}

/** Small files that ask for much. */
function bomb(random: Random): string {
  const many = below(random, 2500);
  const key = anyOf(random, ['camera', 'cameras', 'lines', 'source', 'calibration', 'x', 'name']);
  switch (below(random, 9)) {
    case 0: {
      const names = 'abcdefghij'.slice(0, 2 + below(random, 9)).split('');
      const level = (name: string, at: number) =>
        `${name}: &${name} [${Array(9)
          .fill(at === 0 ? 'x' : `*${names[at - 1]}`)
          .join(',')}]`;
      return names.map(level).join('\n');
    }
    case 1:
      return (
        `${key}: ${anyOf(random, ['[', '{a: ', '- ', '? ', '!!seq ['])}`.padEnd(6) +
        anyOf(random, ['[', '{a: ', '- ', '? ']).repeat(many)
      );
    case 2:
      return Array.from({ length: many }, (_, index) => `k${index}: 1`).join('\n');
    case 3:
      return Array.from({ length: many }, () =>
        anyOf(random, ['k: @', 'k: 1', '\tx', '}', '"', '- a: b: c']),
      ).join('\n');
    case 4:
      return `${key}: ${anyOf(random, ['/', '//', '@', ':', 'a@', 'rtsp://', '.', '%', 'ã', '-a']).repeat(
        many * 3,
      )}`;
    case 5:
      return `${key}: [${'1,'.repeat(many * 3)}]`;
    case 6:
      return `"${'k'.repeat(Math.min(1000, many))}": 1\n${key}: "${anyOf(random, WORDS).repeat(many)}"`;
    case 7:
      return `${key}: &a {${Array.from({ length: many }, (_, at) => `k${at}: 1`).join(', ')}}\ncameras: [${'*a,'.repeat(90)}]`;
    default:
      return `${key}: &a [*a]\n${anyOf(random, ['lines', 'carriageways', 'calibration', 'zones'])}: *a`;
  }
}

function withoutComments(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(/\s*(?:^|\s)# .*$/, ''))
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .join('\n');
}
