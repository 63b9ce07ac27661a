// Texts of cameras on their way to the control centre, which must take no secret along, and back, where the secrets are put
// in again; and such a text on its way into the file of a box, whose other cameras must stay as they are.

import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CameraText, findCameraText } from '../../../config/camera-text.ts';
import { hideSecrets, revealSecrets, secretsIn } from '../../../config/hidden-secrets.ts';
import { SECRET_KEYS } from '../../../config/secret.ts';
import { parseYaml } from '../../../config/yaml-file.ts';
import { isHiddenSecret, SECRET_PARAMETER } from '../../../contract/index.ts';
import type { Random } from '../../scenes/random.ts';
import { must, mustBeSame } from '../checks.ts';
import { anyOf, mutateBytes } from '../mutate-bytes.ts';
import { mutateText } from '../mutate-text.ts';
import { fileSamples } from '../samples.ts';
import type { FuzzTarget, Outcome } from '../target.ts';

/** Ways to write a secret, and what may stand around one. */
const WORDS = [
  ...['password: geheim99', 'token: "ge\\nheim"', 'password: |\n    geheim99', 'password: >-\n  ge\n  heim'],
  ...['password: {env: NAME}', 'token: {file: ./t}', 'password: {hidden: 0123456789abcdef}', 'password:'],
  ...['url: rtsp://u:geheim99@h/s', 'url: "http://h/?pwd=geheim99&x=1"', "url: 'rtsp://h/pass=geheim99_x'"],
  ...[
    'password: &a geheim99',
    'password: *a',
    'x: &a geheim99\npassword: *a',
    'name: &b geheim99',
    'password: *b',
    '<<: *a',
    '&a {password: geheim99}',
    '*a',
  ],
  ...[
    'password: !!str 7',
    'password: 0x1f',
    'password: .nan',
    'password: [geheim99]',
    '? password\n: geheim99',
  ],
  ...[
    '"password": geheim99',
    '? ',
    ': ',
    '- ',
    '---\n',
    '...\n',
    '# ',
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    ', ',
    '|',
    '>',
  ],
  ...[
    'hidden-0123456789abcdef',
    '{hidden: x}',
    '\t',
    '\r\n',
    '\u0000',
    '\u2028',
    '\ufeff',
    '&',
    '*',
    '!',
    '%YAML 1.1\n',
  ],
];

const CAMERAS = [
  'camera: c # its name\nsource:\n  url: rtsp://h/s\n  password: geheim99 # old\nlines: []\n',
  'camera: c\nsource: {url: "http://h/live?token=geheim99&x=1", username: u, password: "ge\\"heim"}\n',
  'camera: c\nsource:\n  url: rtsp://h/user=admin_password=geheim99_channel=1\n  password: |-\n    geheim99\n',
];

const EDGE = (camera: string) =>
  `site: s # the site\nagent: a\ncameras:\n  # the first\n  - {camera: b, source: {url: x, password: other77}}\n  - ${camera.trimEnd().replaceAll('\n', '\n    ')}\n  # the last\n  - camera: d\n    source: {url: y}\nlog: {level: info} # at the end\n`;

const markOf = (secret: string) => createHash('sha256').update(secret).digest('hex').slice(0, 16);

/** An input is the text of a camera. */
export const hiddenSecretTarget: FuzzTarget = {
  name: 'secrets',
  about: 'texts of cameras on their way to the centre and back, without their secrets',
  weight: 6,
  async open({ folder }) {
    const samples = [...fileSamples('config/examples', '.yaml'), ...CAMERAS, ...CAMERAS, ...CAMERAS];
    const file = join(folder, 'edge.yaml');
    await writeFile(file, EDGE('camera: c\nsource: {url: z}\n'));
    const place = await findCameraText(file, 'c');
    return {
      make: (random) => makeText(random, samples),
      run(input): Outcome {
        const text = Buffer.from(input).toString('utf8');
        const value = valueIn(text);
        comesBack(text, value);
        if (place !== undefined) fitsIn(place, text, value);
        return value === undefined ? 'refused' : 'accepted';
      },
    };
  },
};

/** Nothing secret leaves, and what left comes back as it was. */
function comesBack(text: string, value: unknown): void {
  const secrets = secretsIn(text);
  const hidden = hideSecrets(text, markOf);
  // What is no YAML never leaves: the box reads it before.
  if (value === undefined) return;
  const outside = valueIn(hidden);
  must('a text that can still be read', outside !== undefined);
  for (const { key, found } of everything(outside)) {
    if (SECRET_KEYS.includes(key))
      must('no secret to leave', typeof found === 'object' || found === undefined || found === '');
    if (key !== 'url' || typeof found !== 'string') continue;
    for (const [whole, name = ''] of found.matchAll(SECRET_PARAMETER)) {
      must('no secret in an address to leave', /^(?:hidden-[0-9a-f]+)?$/.test(whole.slice(name.length)));
    }
  }
  // What somebody had written like a mark before is none of ours.
  if (/hidden/.test(text)) return;
  const back = revealSecrets(hidden, new Map(secrets.map((secret) => [markOf(secret), secret])));
  must('every secret to be known', back.unknown.length === 0);
  mustBeSame('a text', plain(valueIn(back.text)), plain(value));
}

/** Another text of a camera changes that camera, and nothing else of its box. */
function fitsIn(place: CameraText, text: string, value: unknown): void {
  const whole = place.embed(text);
  if (whole === undefined) return;
  must('a text of the box that holds what could be read', value !== undefined);
  const [before, after] = [place.whole, whole].map((each) => valueIn(each) as { cameras: unknown[] });
  mustBeSame(
    'the box',
    { ...after, cameras: after?.cameras.with(1, 0) },
    { ...before, cameras: before?.cameras.with(1, 0) },
  );
  mustBeSame('the camera', after?.cameras[1], value);
  must('the comments of others', whole.includes('# the site') && whole.includes('# at the end'));
}

function valueIn(text: string): unknown {
  return parseYaml('', text).value;
}

/** With secrets as text: that is how they come back, and how they are read. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      SECRET_KEYS.includes(key) && inner !== null && typeof inner !== 'object' ? String(inner) : plain(inner),
    ]),
  );
}

function everything(value: unknown): { key: string; found: unknown }[] {
  const all: { key: string; found: unknown }[] = [];
  const left: unknown[] = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next !== 'object' || next === null || isHiddenSecret(next)) continue;
    for (const [key, found] of Object.entries(next)) {
      if (!Array.isArray(next)) all.push({ key, found: found ?? undefined });
      left.push(found);
    }
  }
  return all;
}

function makeText(random: Random, samples: readonly string[]): Buffer {
  const way = random();
  const text = anyOf(random, samples);
  if (way < 0.05) return Buffer.from(text);
  if (way < 0.2) return mutateBytes(random, Buffer.from(text), [Buffer.from(anyOf(random, samples))]);
  return Buffer.from(mutateText(random, text, WORDS, samples));
}
