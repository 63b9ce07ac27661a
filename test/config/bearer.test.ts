import { describe, expect, it } from 'vitest';
import { admitsBearer } from '../../config/bearer.ts';
import { loadCollectorConfig, loadEdgeConfig } from '../../config/load.ts';
import { Secret } from '../../config/secret.ts';
import { CAMERA, COLLECTOR, EDGE, folderWith, inShort, refusal } from './problems-of.ts';

describe('a request', () => {
  const admits = admitsBearer(new Secret({ plain: 's3cret' }));

  it.each([
    ['with the token', 'Bearer s3cret', true],
    ['with the scheme in other letters', 'bearer s3cret', true],
    ['without a header', undefined, false],
    ['with an empty one', '', false],
    ['with another token', 'Bearer s3creT', false],
    ['with the beginning of the token', 'Bearer s3cre', false],
    ['with more than the token', 'Bearer s3cret1', false],
    ['with two words', 'Bearer s3cret x', false],
    ['with no token', 'Bearer ', false],
    ['with another scheme', 'Basic s3cret', false],
    ['with the token alone', 's3cret', false],
    ['with two headers, as Node joins them', 'Bearer x, Bearer s3cret', false],
  ])('%s: %s', (_what, header, expected) => {
    expect(admits(header)).toBe(expected);
  });

  it('is admitted when no token is asked for', () => {
    expect(admitsBearer(undefined)(undefined)).toBe(true);
  });
});

describe('pages that other machines could read', () => {
  const load = async (http: string, env: Record<string, string> = { TOKEN: 's3cret' }) => {
    const directory = await folderWith({ 'collector.yaml': `${COLLECTOR}http: ${http}\n` });
    return { directory, loading: loadCollectorConfig(`${directory}/collector.yaml`, { env }) };
  };

  it.each(['0.0.0.0', '::', '10.0.0.5', 'collector.example.vn'])(
    'are refused at %s without a token',
    async (host) => {
      const { directory, loading } = await load(`{host: "${host}"}`);
      expect(inShort(await refusal(loading), directory)).toEqual([
        expect.stringMatching(
          /^collector\.yaml:2:\d+ http\.host: other machines could read these pages without a token/,
        ),
      ]);
    },
  );

  it.each([
    '{host: 0.0.0.0, token: {env: TOKEN}}',
    '{host: 0.0.0.0, open: true}',
    '{host: 127.0.0.1}',
    '{host: 127.0.0.2}',
    '{host: "::1"}',
    '{host: localhost}',
    '{}',
  ])('are served with %s', async (http) => {
    const { loading } = await load(http);
    await expect(loading).resolves.toBeDefined();
  });

  it('ask for a token that is there', async () => {
    const { directory, loading } = await load('{token: {env: TOKEN}}', {});
    expect(inShort(await refusal(loading), directory)).toEqual([
      'collector.yaml:2:15 http.token: environment variable TOKEN is not set',
    ]);
  });

  it('warn of a token in the file, and do not repeat it', async () => {
    const directory = await folderWith({
      'edge.yaml': `${EDGE}http: {token: hunter2}\n`,
      'cameras/1.yaml': CAMERA,
    });
    const warnings: string[] = [];
    const config = await loadEdgeConfig(`${directory}/edge.yaml`, {
      onWarning: ({ message }) => warnings.push(message),
    });
    expect(warnings).toEqual(['the token stands in the file, for everybody who can read it']);
    expect(config.http.token?.reveal()).toBe('hunter2');
    expect(JSON.stringify(config)).not.toContain('hunter2');
  });
});
