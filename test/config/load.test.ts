import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCollectorConfig, loadEdgeConfig } from '../../config/load.ts';
import { ConfigError, type Problem } from '../../config/problems.ts';
import { CAMERA, COLLECTOR, EDGE, folderWith, inShort, refusal } from './problems-of.ts';

describe('the configuration of an edge box', () => {
  it('is read with its camera files, and relative paths count from the file they are written in', async () => {
    const directory = await folderWith({
      'edge.yaml': `${EDGE}outbox: {directory: out, maxAgeDays: 36h}
detector: {model: ./card.json, modelDirectories: [models, /opt/models]}
`,
      'cameras/1.yaml': `${CAMERA.replace('rtsp://10.0.0.17/stream1', './clip.mp4')}model: special/card.json\n`,
    });
    const config = await loadEdgeConfig(join(directory, 'edge.yaml'), { env: {} });
    expect(config.outbox).toEqual({ directory: join(directory, 'out'), maxMiB: 512, maxAgeDays: 1.5 });
    expect(config.detector).toMatchObject({
      model: join(directory, 'card.json'),
      modelDirectories: [join(directory, 'models'), '/opt/models'],
    });
    expect(config.cameras[0]).toMatchObject({
      model: join(directory, 'cameras/special/card.json'),
      source: { url: join(directory, 'cameras/clip.mp4') },
    });
  });

  it('may hold cameras inline', async () => {
    const directory = await folderWith({
      'edge.yaml': EDGE.replace(
        'file: cameras/1.yaml',
        '{camera: a, picture: {width: 640, height: 480}, source: {url: /dev/video0}}',
      ),
    });
    const { cameras, http } = await loadEdgeConfig(join(directory, 'edge.yaml'), { env: {} });
    expect(cameras.map(({ camera }) => camera)).toEqual(['a']);
    expect(http).toEqual({ host: '127.0.0.1', port: 9464 });
  });

  it('tells every problem of all its files at once, in reading order', async () => {
    const directory = await folderWith({
      'edge.yaml': `site: Hải Phòng
agent: box-017
mqtt: {url: "mqtt://bob:hunter2@127.0.0.1", username: bob, password: {env: NOT_SET}}
outbox: {maxMib: 5}
detector: {executionProvider: cpuu}
cameras:
  - file: cameras/1.yaml
  - file: cameras/nowhere.yaml
  - {file: cameras/1.yaml, name: both}
  - camera: nga-tu-1
    picture: {width: 1280, height: 720}
    source: {url: rtsp://10.0.0.18/}
    lines: [{line: a, from: [0, 0], to: [0, 999]}]
  - cameras/2.yaml
`,
      'cameras/1.yaml': `${CAMERA}detection: {minscore: 0.2}\n`,
    });
    const problems = await refusal(loadEdgeConfig(join(directory, 'edge.yaml'), { env: {} }));
    expect(inShort(problems, directory)).toEqual([
      expect.stringMatching(/^edge.yaml:1:7 site: expected a slug/),
      expect.stringMatching(/^edge.yaml:3:13 mqtt.url: a user name or password inside the address/),
      'edge.yaml:3:70 mqtt.password: environment variable NOT_SET is not set',
      'edge.yaml:4:10 outbox.maxMib: unknown key "maxMib"',
      'edge.yaml:5:31 detector.executionProvider: expected one of cpu, cuda, tensorrt, coreml, dml, got "cpuu"',
      'edge.yaml:8:11 cameras[1].file: cameras/nowhere.yaml cannot be read: there is no such file',
      'edge.yaml:9:28 cameras[2].name: unknown key "name"',
      expect.stringMatching(
        /^edge.yaml:10:13 cameras\[3\].camera: the name "nga-tu-1" is taken by the camera in .*1.yaml:1;/,
      ),
      'edge.yaml:13:41 cameras[3].lines[0].to: the point 0, 999 lies outside the picture of 1280 x 720',
      'edge.yaml:14:5 cameras[4]: expected a map of keys and values, got "cameras/2.yaml"',
      'cameras/1.yaml:4:13 detection.minscore: unknown key "minscore"',
    ]);
    expect(problems.map(({ hint }) => hint)).toEqual(
      expect.arrayContaining([
        'Did you mean "maxMiB"?',
        'Did you mean cpu?',
        'Did you mean "minScore"?',
        'For example hai-phong',
      ]),
    );
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  it('is refused with one error that holds all of it and the exit code of bad configuration', async () => {
    const directory = await folderWith({ 'edge.yaml': 'site: a\n' });
    const error = await loadEdgeConfig(join(directory, 'edge.yaml')).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ name: 'ConfigError', exitCode: 2, retryable: false });
    expect(String(error)).toMatch(
      /edge.yaml: 3 problems\n.*edge.yaml:1:1 {2}agent: missing; expected text\n/,
    );
  });

  it('needs a camera', async () => {
    const directory = await folderWith({ 'edge.yaml': EDGE.replace(/cameras:.*/s, 'cameras: []\n') });
    const problems = await refusal(loadEdgeConfig(join(directory, 'edge.yaml')));
    expect(inShort(problems, directory)).toEqual([
      'edge.yaml:4:10 cameras: expected at least 1 entry, got an empty list',
    ]);
  });
});

describe('a file that is no YAML', () => {
  it.each([
    ['a tab', 'mqtt:\n\turl: x\n', 2, 'Indent with spaces'],
    ['a key twice', 'mqtt: {url: a}\nmqtt: {url: b}\n', 2, 'A key may occur once'],
    ['an open bracket', 'mqtt: {url: a\n', 2, 'Close every bracket and brace'],
    ['a bracket too many', 'a: [1, 2]]\n', 1, 'closes nothing'],
    ['a missing comma', 'mqtt: {url: a username: b}\n', 1, 'missing comma'],
    ['a missing quotation mark', 'url: "abc\nsite: x\n', 3, 'quotation mark is missing'],
    ['a key a space too far left', 'a:\n  b: 1\n c: 2\n', 3, 'Check the indentation'],
    ['a key a space too far right', 'a:\n  b: x\n   c: 2\n', 2, 'Check the indentation'],
    ['a key below a list a space too far left', '- line: a\n from: 1\n', 2, 'Check the indentation'],
    ['a key below a list a space too far right', '- line: a\n   from: 1\n', 1, 'Check the indentation'],
    ['a list entry a space too far left', 'a:\n  - b: 1\n - b: 2\n', 3, 'Check the indentation'],
    ['a first key that is indented', ' a: 1\nb: 2\n', 2, 'Check the indentation'],
    ['two documents', 'mqtt: {url: a}\n---\nmqtt: {url: b}\n', 2, 'Only one document is read'],
    ['a colon in a value', 'mqtt: url: a\n', 1, 'put the value in quotes'],
  ])('%s is told with its line and what to do', async (_name, yaml, line, hint) => {
    const directory = await folderWith({ 'collector.yaml': yaml });
    const problems = await refusal(loadCollectorConfig(join(directory, 'collector.yaml')));
    expect(problems).toContainEqual(expect.objectContaining({ line, hint: expect.stringContaining(hint) }));
  });

  it.each([
    ['is empty', '', 'the file is empty'],
    ['holds only comments', '# nothing\n', 'the file is empty'],
    ['is a list', '- a\n', 'expected a map of keys and values, got a list of 1'],
    ['is a word', 'hello\n', 'expected a map of keys and values, got "hello"'],
    ['is a bomb of aliases', bomb(), 'is no usable YAML: Excessive alias count'],
  ])('one that %s is refused', async (_name, yaml, message) => {
    const directory = await folderWith({ 'collector.yaml': yaml });
    const problems = await refusal(loadCollectorConfig(join(directory, 'collector.yaml')));
    expect(problems).toEqual([expect.objectContaining({ message: expect.stringContaining(message) })]);
  });

  it('a folder and a missing file are told as such', async () => {
    const directory = await folderWith({});
    expect(await refusal(loadCollectorConfig(directory))).toMatchObject([
      { message: 'cannot be read: it is a folder, not a file' },
    ]);
    expect(await refusal(loadCollectorConfig(join(directory, 'none.yaml')))).toMatchObject([
      { message: 'cannot be read: there is no such file' },
    ]);
  });

  it('anchors and aliases work, and point to where the value stands', async () => {
    const directory = await folderWith({
      'collector.yaml': `${COLLECTOR}http: &listen {host: 127.0.0.2}\nlog: *listen\n`,
    });
    const problems = await refusal(loadCollectorConfig(join(directory, 'collector.yaml')));
    expect(inShort(problems, directory)).toEqual(['collector.yaml:2:16 log.host: unknown key "host"']);
  });
});

describe('the configuration of a collector', () => {
  it('needs only a broker', async () => {
    const directory = await folderWith({ 'collector.yaml': COLLECTOR });
    expect(await loadCollectorConfig(join(directory, 'collector.yaml'))).toEqual({
      mqtt: { url: 'mqtt://127.0.0.1:1883', sharedGroup: 'ngatu' },
      influxdb: {
        ...{ url: 'http://127.0.0.1:8086', database: 'ngatu', rollups: true },
        retention: { raw: 'INF', quarterHour: 'INF', hour: 'INF' },
      },
      quarantine: { directory: join(directory, 'data/quarantine'), maxMiB: 256 },
      limits: { namesPerAgent: 10_000 },
      centre: {
        enabled: true,
        name: 'ngatu',
        directory: join(directory, 'data/centre'),
        timeZone: 'Asia/Ho_Chi_Minh',
        language: 'vi',
        origins: [],
        behindHttps: false,
        proxies: [],
        stream: { maxMiB: 256, clients: 1000, clientsPerPrincipal: 50 },
        webhooks: { allow: [] },
        pictures: { maxMiB: 512 },
      },
      http: { host: '127.0.0.1', port: 9465 },
      log: { level: 'info' },
    });
  });

  it('makes the paths of certificates absolute', async () => {
    const directory = await folderWith({
      'collector.yaml': 'mqtt: {url: mqtts://broker, tls: {ca: ca.pem, cert: /etc/c.pem, key: c.key}}\n',
    });
    const { mqtt } = await loadCollectorConfig(join(directory, 'collector.yaml'));
    expect(mqtt.tls).toEqual({
      ca: join(directory, 'ca.pem'),
      cert: '/etc/c.pem',
      key: join(directory, 'c.key'),
    });
  });

  it.each([
    [
      'retention shorter than InfluxDB can',
      'influxdb: {retention: {raw: 30m}}',
      'influxdb.retention.raw: InfluxDB keeps at least 1h',
    ],
    [
      'retention without unit',
      'influxdb: {retention: {raw: 90}}',
      'influxdb.retention.raw: expected text, got 90',
    ],
    [
      'retention in words',
      'influxdb: {retention: {raw: forever}}',
      'influxdb.retention.raw: expected a length of time with its unit',
    ],
    [
      'sums that go before what they are the sum of',
      'influxdb: {retention: {quarterHour: 90d}}',
      'influxdb.retention.quarterHour: expected at least as long as raw, INF, got 90d',
    ],
    [
      'hours that go before their quarter hours',
      'influxdb: {retention: {raw: 14d, quarterHour: 52w, hour: 90d}}',
      'influxdb.retention.hour: expected at least as long as quarterHour, 52w, got 90d',
    ],
    [
      'quarter hours that go before their hour can be summed up',
      'influxdb: {retention: {raw: 2h, quarterHour: 12h}}',
      'influxdb.retention.quarterHour: expected 1d or more, or INF, got 12h',
    ],
    ['a database with a quote', `influxdb: {database: 'a"b'}`, 'influxdb.database: expected 1 to 64 letters'],
    [
      'a database address without scheme',
      'influxdb: {url: "127.0.0.1:8086"}',
      'influxdb.url: expected an address that starts with http://',
    ],
    ['a port that is none', 'http: {port: 70000}', 'http.port: expected at most 65535, got 70000'],
    ['a log level that is none', 'log: {level: verbose}', 'log.level: expected one of'],
  ])('refuses %s', async (_name, yaml, message) => {
    const directory = await folderWith({ 'collector.yaml': `${COLLECTOR}${yaml}\n` });
    const problems = await refusal(loadCollectorConfig(join(directory, 'collector.yaml')));
    expect(inShort(problems, directory)).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    [
      'tls with an address that is not encrypted',
      '{url: mqtt://h, tls: {ca: a.pem}}',
      'mqtt.tls: tls needs an mqtts://',
    ],
    [
      'a certificate without its key',
      '{url: mqtts://h, tls: {cert: a.pem}}',
      'mqtt.tls: expected cert and key together',
    ],
    [
      'a broker of another protocol',
      '{url: amqp://h}',
      'mqtt.url: expected an address that starts with mqtt:// or mqtts://',
    ],
    [
      'a group with a slash',
      '{url: mqtt://h, sharedGroup: a/b}',
      'mqtt.sharedGroup: expected 1 to 64 letters',
    ],
  ])('refuses %s', async (_name, mqtt, message) => {
    const directory = await folderWith({ 'collector.yaml': `mqtt: ${mqtt}\n` });
    const problems = await refusal(loadCollectorConfig(join(directory, 'collector.yaml')));
    expect(inShort(problems, directory)).toEqual([expect.stringContaining(message)]);
  });
});

describe('secrets', () => {
  const withPassword = (written: string) => `mqtt: {url: mqtt://h, username: u, password: ${written}}\n`;

  it('come from the environment', async () => {
    const directory = await folderWith({ 'collector.yaml': withPassword('{env: PASSWORD}') });
    const { mqtt } = await loadCollectorConfig(join(directory, 'collector.yaml'), {
      env: { PASSWORD: 'hunter2' },
    });
    expect(mqtt.password?.reveal()).toBe('hunter2');
  });

  it('come from a file beside the configuration, without the newline at its end', async () => {
    const directory = await folderWith({
      'collector.yaml': withPassword('{file: secret}'),
      secret: ' hun ter2 \n',
    });
    const { mqtt } = await loadCollectorConfig(join(directory, 'collector.yaml'));
    expect(mqtt.password?.reveal()).toBe(' hun ter2 ');
  });

  it('may stand in the file, with a warning', async () => {
    const directory = await folderWith({ 'collector.yaml': withPassword('hunter2') });
    const warnings: Problem[] = [];
    const onWarning = (problem: Problem) => warnings.push(problem);
    const { mqtt } = await loadCollectorConfig(join(directory, 'collector.yaml'), { onWarning });
    expect(mqtt.password?.reveal()).toBe('hunter2');
    expect(warnings).toMatchObject([{ severity: 'warning', path: 'mqtt.password', line: 1, column: 46 }]);
    expect(JSON.stringify(warnings)).not.toContain('hunter2');
  });

  it.each([
    ['a variable that is not set', '{env: NOT_SET}', 'environment variable NOT_SET is not set'],
    ['a variable that is empty', '{env: EMPTY}', 'environment variable EMPTY is empty'],
    ['a file that is not there', '{file: none}', 'cannot be read: there is no such file'],
    ['a file that is empty', '{file: empty}', 'is empty'],
    ['a reference that is none', '{evn: X}', 'expected {env: NAME} or {file: PATH}, got a map'],
    ['two references', '{env: X, file: y}', 'expected {env: NAME} or {file: PATH}, got a map'],
    [
      'a password that YAML reads as a number',
      '123456',
      'expected {env: NAME} or {file: PATH}, got something else',
    ],
  ])('%s is told', async (_name, written, message) => {
    const directory = await folderWith({ 'collector.yaml': withPassword(written), empty: '\n' });
    const problems = await refusal(
      loadCollectorConfig(join(directory, 'collector.yaml'), { env: { EMPTY: '' } }),
    );
    expect(problems).toMatchObject([
      { severity: 'error', path: 'mqtt.password', message: expect.stringContaining(message) },
    ]);
  });

  it('of a camera are looked up from its own file', async () => {
    const directory = await folderWith({
      'edge.yaml': EDGE,
      'cameras/1.yaml': CAMERA.replace('stream1}', 'stream1, username: v, password: {file: pw}}'),
      'cameras/pw': 'hunter2',
    });
    const { cameras } = await loadEdgeConfig(join(directory, 'edge.yaml'));
    expect(cameras[0]?.source.password?.reveal()).toBe('hunter2');
  });
});

function bomb(): string {
  const levels = Array.from({ length: 12 }, (_, level) => {
    const inner =
      level === 0
        ? '[x]'
        : `[${Array(9)
            .fill(`*a${level - 1}`)
            .join(', ')}]`;
    return `k${level}: &a${level} ${inner}`;
  });
  return `${levels.join('\n')}\n`;
}
