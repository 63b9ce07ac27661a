import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCameraText } from '../../config/camera-text.ts';
import { CAMERA, EDGE, folderWith } from './problems-of.ts';

const INLINE = `site: hai-phong # the site
agent: box-017
mqtt: {url: mqtt://127.0.0.1}
cameras:
  # the first
  - camera: a # its name
    # its picture
    picture: {width: 640, height: 480}
    source:
      url: /dev/video0
    lines: # none yet

  # the second
  - {camera: b, picture: {width: 640, height: 480}, source: {url: /dev/video1}} # short
  - camera: c
    picture: {width: 640, height: 480}
    source: {url: /dev/video2}
    name: |-
      Ngã tư
      Lạch Tray
log: {level: info} # at the end
`;

async function inFile(text: string, camera: string) {
  const directory = await folderWith({ 'edge.yaml': text });
  return findCameraText(join(directory, 'edge.yaml'), camera);
}

describe('the text of a camera', () => {
  it('is its file, where it has one', async () => {
    const directory = await folderWith({ 'edge.yaml': EDGE, 'cameras/1.yaml': CAMERA });
    const found = await findCameraText(join(directory, 'edge.yaml'), 'nga-tu-1');
    expect(found).toMatchObject({ file: join(directory, 'cameras/1.yaml'), text: CAMERA, whole: CAMERA });
    expect(found?.embed('camera: x\n')).toBe('camera: x\n');
    expect(await findCameraText(join(directory, 'edge.yaml'), 'nowhere')).toBeUndefined();
  });

  it('is its section, comments too, and another takes its place without touching the rest', async () => {
    const found = await inFile(INLINE, 'a');
    expect(found?.text).toBe(`camera: a # its name
# its picture
picture: {width: 640, height: 480}
source:
  url: /dev/video0
lines: # none yet
`);
    const next = `---
# mine
camera: a
picture: {width: 640, height: 480}

source:
  url: /dev/video9
name: >-
  two
  lines
`;
    expect(found?.embed(next)).toBe(
      INLINE.replace(
        /- camera: a[\s\S]*none yet\n/,
        `- # mine
    camera: a
    picture: {width: 640, height: 480}

    source:
      url: /dev/video9
    name: >-
      two
      lines
`,
      ),
    );
  });

  it.each(['a', 'b', 'c'])('put in its own place, section %s changes nothing', async (camera) => {
    const found = await inFile(INLINE, camera);
    expect(found?.embed(found.text)).toBe(INLINE);
  });

  it('written in braces, gives way to one of many lines', async () => {
    const found = await inFile(INLINE, 'b');
    const changed = found?.embed('camera: b\nsource: {url: /dev/video5}\n') ?? '';
    expect(changed).toContain('- camera: b\n    source: {url: /dev/video5} # short\n  - camera: c');
  });

  it('that leans on an anchor of its neighbour is given without it', async () => {
    const shared = INLINE.replace('picture: {width: 640', 'picture: &size {width: 640').replace(
      'b, picture: {width: 640, height: 480}',
      'b, picture: *size',
    );
    expect((await inFile(shared, 'b'))?.text).toContain('width: 640');
    const first = await inFile(shared, 'a');
    // Without the anchor the second camera would mean nothing.
    expect(first?.embed('camera: a\n')).toBeUndefined();
  });

  it('that would break out of its section is put in as what it means, or not at all', async () => {
    const found = await inFile(INLINE, 'c');
    expect(found?.embed('camera: c\nlog: {level: debug}\n')).toContain(
      '    log: {level: debug}\nlog: {level: info}',
    );
    expect(found?.embed('a: [')).toBeUndefined();
  });
});
