import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadCameraConfig } from '../config/load.ts';

const ROOT = join(import.meta.dirname, '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

describe('the README', () => {
  it('shows a camera file that ngatu accepts', async () => {
    const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(README) ?? [];
    const folder = await mkdtemp(join(tmpdir(), 'ngatu-readme-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await writeFile(join(folder, 'camera.yaml'), yaml);
    const camera = await loadCameraConfig(join(folder, 'camera.yaml'));
    expect(camera.lines).toMatchObject([
      { line: 'road', directions: { toLeft: 'away', toRight: 'towards' } },
    ]);
  });

  it('names only npm scripts, subcommands and files that are there', () => {
    for (const [, name = ''] of README.matchAll(/npm run ([a-z-]+)/g)) expect(scripts).toHaveProperty(name);
    const subcommands = [...README.matchAll(/(?:npx |^)ngatu ([a-z]+)/gm)].map(([, name]) => name ?? '');
    expect(subcommands.length).toBeGreaterThan(4);
    const source = readFileSync(join(ROOT, 'cli/ngatu.ts'), 'utf8');
    for (const name of subcommands) expect(source).toContain(`name: '${name}'`);
    const tracked = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' });
    for (const [, path = ''] of README.matchAll(/\]\(([^)]+)\)/g)) expect(tracked).toContain(path);
  });
});
