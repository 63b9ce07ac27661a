import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { centreSchema } from '../../config/centre.ts';
import { loadCollectorConfig } from '../../config/load.ts';
import { COLLECTOR, folderWith } from './problems-of.ts';

function problemsOf(centre: unknown): string[] {
  const { error } = centreSchema.safeParse(centre);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('the centre in a configuration', () => {
  it('is there unless it is switched off, with a folder of its own', async () => {
    const directory = await folderWith({ 'collector.yaml': COLLECTOR });
    const { centre } = await loadCollectorConfig(join(directory, 'collector.yaml'));
    expect(centre).toMatchObject({ enabled: true, directory: join(directory, 'data', 'centre') });
  });

  it('has its files beside the file that names them', async () => {
    const directory = await folderWith({
      'collector.yaml': `${COLLECTOR}\ncentre: {directory: /var/c, map: m.geojson, https: {cert: c.pem, key: /k.pem}}\n`,
    });
    const { centre } = await loadCollectorConfig(join(directory, 'collector.yaml'));
    expect(centre).toMatchObject({
      directory: '/var/c',
      map: join(directory, 'm.geojson'),
      https: { cert: join(directory, 'c.pem'), key: '/k.pem' },
    });
  });

  it.each([
    [{ timeZone: 'Hai_Phong' }, /^timeZone: expected the name of a time zone/],
    [{ timeZone: '' }, /^timeZone: expected the name of a time zone/],
    [
      { origins: ['https://traffic.example.org/page'] },
      /^origins\.0: expected scheme, host and port without a path/,
    ],
    [{ origins: ['traffic.example.org'] }, /^origins\.0: expected an address that starts with http/],
    [{ tiles: 'https://tiles.example.org/' }, /^tiles: expected \{z\}, \{x\} and \{y\}/],
    [{ tiles: 'https://me:word@tiles.example.org/{z}/{x}/{y}.png' }, /^tiles: a user name or password/],
    [{ https: { cert: 'c.pem' } }, /^https\.key: /],
    // Whoever can reach the port could claim any address, and guess passwords from as many.
    [{ proxies: ['10.0.0.5'] }, /^proxies: proxies are believed only with behindHttps: true/],
    [{ behindHttps: true, proxies: ['proxy.local'] }, /^proxies\.0: expected an address or network/],
    [{ name: ' ' }, /^name: /],
    [{ enable: false }, /enable/],
  ])('refuses %j', (centre, expected) => {
    expect(problemsOf(centre).join('\n')).toMatch(expected);
  });

  it.each([
    { origins: ['https://traffic.example.org', 'http://10.0.0.5:8080'] },
    { behindHttps: true, proxies: ['10.0.0.5', '10.0.1.0/24', 'fd00::/8'] },
    { tiles: 'https://tiles.example.org/{z}/{x}/{y}.png?key=1' },
  ])('takes %j', (centre) => {
    expect(problemsOf(centre)).toEqual([]);
  });
});
