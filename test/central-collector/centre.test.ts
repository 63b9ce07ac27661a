import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FolderLockError, lockFolder } from '../../central-collector/folder-lock.ts';
import { closeCentreRigs, openCentreRig } from './centre-rig.ts';

afterEach(closeCentreRigs);

describe('the control centre', () => {
  it('tells the first administrator’s password until it was used, and its own name to anyone', async () => {
    const { centre, server } = await openCentreRig();
    expect(centre.firstPassword).toMatchObject({ name: 'admin' });
    const response = await server.inject({ url: '/api/v1/centre' });
    expect(response.json()).toMatchObject({ name: 'Hải Phòng', timeZone: 'Asia/Ho_Chi_Minh', tiles: null });
  });

  it('is opened by one collector at a time, and says which folder it is', async () => {
    const { directory, centre } = await openCentreRig();
    await expect(lockFolder(directory, 0)).rejects.toThrow(FolderLockError);
    await expect(lockFolder(directory, 0)).rejects.toThrow(`another collector uses ${directory}`);
    await centre.close();
    await (await lockFolder(directory, 0)).release();
  });

  it('waits for a collector that is just ending', async () => {
    const { directory, centre } = await openCentreRig();
    const waiting = lockFolder(directory);
    await centre.close();
    await (await waiting).release();
  });

  it('says what to do when the page was not built, and serves the API', async () => {
    const { server } = await openCentreRig();
    const page = await server.inject({ url: '/incidents' });
    expect(page.statusCode).toBe(503);
    expect(page.body).toContain('npm run build');
  });
});

describe('the page', () => {
  async function withPage() {
    const { directory } = await openCentreRig();
    const pageDirectory = join(directory, 'page');
    await mkdir(join(pageDirectory, 'assets'), { recursive: true });
    await writeFile(join(pageDirectory, 'index.html'), '<!doctype html><title>ngatu</title>');
    await writeFile(join(pageDirectory, 'assets', 'index-abc.js'), 'let a = 1;');
    await writeFile(join(pageDirectory, 'icon.svg'), '<svg/>');
    await writeFile(join(directory, 'secret.txt'), 'secret');
    return openCentreRig({ pageDirectory });
  }

  it.each(['/', '/incidents', '/incidents/hai-phong.box-1.i-1', '/cameras/hai-phong/box-1/nga-tu-1'])(
    'is what every address of it answers: %s',
    async (url) => {
      const { server } = await withPage();
      const response = await server.inject({ url });
      expect(response.statusCode).toBe(200);
      expect(response.headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        'content-security-policy': expect.stringContaining("script-src 'self'"),
      });
    },
  );

  it('keeps built files for ever, and asks for others again', async () => {
    const { server } = await withPage();
    const script = await server.inject({ url: '/assets/index-abc.js' });
    expect([script.statusCode, script.headers['cache-control']]).toEqual([
      200,
      'public, max-age=31536000, immutable',
    ]);
    const icon = await server.inject({ url: '/icon.svg' });
    expect([icon.statusCode, icon.headers['cache-control']]).toEqual([200, 'no-cache']);
    const again = await server.inject({
      url: '/icon.svg',
      headers: { 'if-none-match': String(icon.headers.etag) },
    });
    expect(again.statusCode).toBe(304);
  });

  it.each([
    '/assets/gone-123.js',
    '/none.png',
    '/api/v1/none',
    '/api',
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%2f..%2f..%2fsecret.txt',
    '/assets/%2e%2e/%2e%2e/secret.txt',
    '/.%00/secret.txt',
  ])('does not stand in for what is not there: %s', async (url) => {
    const { server } = await withPage();
    const response = await server.inject({ url });
    expect([400, 403, 404]).toContain(response.statusCode);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(response.body).not.toContain('secret');
  });
});
