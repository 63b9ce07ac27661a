import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseOptions } from '../../../scripts/demo/options.ts';

describe('the command line of the demo', () => {
  beforeEach(() => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    vi.stubEnv('INIT_CWD', '/home/lan/clips');
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  it('runs until Ctrl-C when nothing is said', () => {
    expect(parseOptions([])).toEqual({ json: false, open: true, city: false, modelsDir: [] });
  });

  it.each([
    ['60s', 60_000],
    ['90', 90_000],
    ['1.5m', 90_000],
    ['1h', 3_600_000],
  ])('takes %s as a duration', (text, durationMs) => {
    expect(parseOptions(['--duration', text])).toEqual({
      json: false,
      open: true,
      city: false,
      modelsDir: [],
      durationMs,
    });
  });

  it.each([
    ['a duration that is none', ['--duration', 'soon']],
    ['a duration of nothing', ['--duration', '0s']],
    ['an address that is no RTSP', ['--rtsp', 'http://10.0.0.17/']],
    ['a clip and a camera at once', ['--clip', 'a.mp4', '--rtsp', 'rtsp://10.0.0.17/']],
    ['an option that does not exist', ['--fast']],
    ['a word too many', ['now']],
  ])('refuses %s', (_, argv) => {
    expect(() => parseOptions(argv)).toThrow();
    expect(process.stderr.write).toHaveBeenCalled();
  });

  it('takes the password of a camera from the environment, and advertises none on the command line', () => {
    vi.stubEnv('NGATU_DEMO_CAMERA_PASSWORD', 'p@ss/50%');
    const { rtsp } = parseOptions(['--rtsp', 'rtsp://viewer@10.0.0.17/stream1']);
    expect(decodeURIComponent(rtsp?.password ?? '')).toBe('p@ss/50%');
    expect(parseOptions(['--rtsp', 'rtsp://viewer:own@10.0.0.17/']).rtsp?.password).toBe('own');
    expect(parseOptions(['--rtsp', 'rtsp://10.0.0.17/']).rtsp?.password).toBe('');

    const help = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    expect(() => parseOptions(['--help'])).toThrow();
    const text = help.mock.calls.join('');
    expect(text).toContain('NGATU_DEMO_CAMERA_PASSWORD');
    expect(text).not.toContain('password@');
  });

  it('takes paths from the folder in which npm was called', () => {
    expect(parseOptions(['--clip', 'a.mp4', '--model', 'mine.json'])).toMatchObject({
      clip: '/home/lan/clips/a.mp4',
      model: '/home/lan/clips/mine.json',
    });
    expect(parseOptions(['--model', 'yolox_nano']).model).toBe('yolox_nano');
    expect(parseOptions(['--models-dir', 'mine', '--models-dir', '/opt/models']).modelsDir).toEqual([
      '/home/lan/clips/mine',
      '/opt/models',
    ]);
  });
});
