import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { calibrateCommand } from '../../cli/calibrate.ts';
import { cameraAt, marked, PICTURE } from '../edge-agent/analytics/roads.ts';

async function cameraFile(calibration: boolean): Promise<{ directory: string; file: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'ngatu-calibrate-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const points = marked(cameraAt()).map(
    ({ picture, ground }) => `    - {picture: [${picture}], ground: [${ground}]}`,
  );
  const file = join(directory, 'camera.yaml');
  await writeFile(
    file,
    [
      'camera: nga-tu-1',
      `picture: {width: ${PICTURE.width}, height: ${PICTURE.height}}`,
      'source: {url: ./clip.mp4}',
      'lines:',
      '  - {line: north, from: [300, 400], to: [900, 400]}',
      ...(calibration ? ['calibration:', '  points:', ...points] : []),
    ].join('\n'),
  );
  return { directory, file };
}

async function run(...words: readonly string[]): Promise<string> {
  let out = '';
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  onTestFinished(() => spy.mockRestore());
  await calibrateCommand().parseAsync([...words], { from: 'user' });
  return out;
}

describe('ngatu calibrate check', () => {
  it('tells what every point is off by, how exact lengths are and how high the camera hangs', async () => {
    const { file } = await cameraFile(true);
    const out = await run('check', file);
    expect(out).toMatch(/^camera nga-tu-1: 12 points over \d+ m² of road\n/);
    expect(out).toMatch(/\n12 .* 0\.00 +0\.000 +0\.00 +0\.000\n/);
    expect(out).toMatch(/\nline north +\d+ +0\.\d+ +0\.\d+\n/);
    expect(out).toContain('camera: 8.0 m high, looks 18.0° down, focal length 1280 px');
    expect(out).not.toContain('warning');
  });

  it('draws the ground on a still of any size', async () => {
    const { directory, file } = await cameraFile(true);
    const still = join(directory, 'still.jpg');
    const out = join(directory, 'grid.png');
    await sharp({ create: { width: 640, height: 360, channels: 3, background: '#444' } }).toFile(still);
    await run('check', file, '--still', still, '--out', out);
    const { info, data } = await sharp(await readFile(out))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 1280, height: 720 });
    // Grid lines are blue-green, and nothing else here is.
    let grid = 0;
    for (let i = 0; i < data.length; i += info.channels) {
      if ((data[i] as number) < 60 && (data[i + 2] as number) > 180) grid++;
    }
    expect(grid).toBeGreaterThan(2000);
  });

  it.each<[string, (file: string, directory: string) => string[], object]>([
    ['a camera without calibration', (file) => ['check', file], { exitCode: 2 }],
    ['a still with nowhere to draw it', (file) => ['check', file, '--still', 'a.png'], { exitCode: 2 }],
    [
      'a still that is not there',
      (file, directory) => [
        'check',
        file,
        '--still',
        join(directory, 'none.jpg'),
        '--out',
        join(directory, 'grid.png'),
      ],
      { name: 'StillError' },
    ],
  ])('refuses %s', async (title, words, error) => {
    const { directory, file } = await cameraFile(!title.includes('without'));
    await expect(run(...words(file, directory))).rejects.toMatchObject(error);
  });
});
