import { expect, test } from 'vitest';
import { ffmpegVersion, parseFfmpegVersion } from '../../../edge-agent/source/ffmpeg-version.ts';

test.each([
  [
    'Debian 12',
    'ffmpeg version 5.1.9-0+deb12u1\n  libavformat     59. 27.100 / 59. 27.100\n',
    { major: 59, minor: 27 },
  ],
  ['Debian 11', 'ffmpeg version 4.3.7\nlibavformat     58. 45.100 / 58. 45.100', { major: 58, minor: 45 }],
  [
    'a build from git',
    'ffmpeg version N-113348-g0a5813fc68\nlibavformat    61.  1.100 / 61.  1.100',
    { major: 61, minor: 1 },
  ],
  ['something else', 'command not found', undefined],
])('the version of %s is read from its libavformat', (_, text, expected) => {
  expect(parseFfmpegVersion(text)).toEqual(expected);
});

test('a missing ffmpeg is told with what to do', async () => {
  await expect(ffmpegVersion('/nowhere/ffmpeg')).rejects.toThrow(/"\/nowhere\/ffmpeg".*Install it/);
});
