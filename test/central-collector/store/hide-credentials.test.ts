import { describe, expect, it } from 'vitest';
import { hideCredentials } from '../../../central-collector/store/hide-credentials.ts';

describe('what a server answered', () => {
  const hide = hideCredentials({ username: 'writer', password: 'p@ss/ä"1' });

  it.each([
    ['as it was given', 'no user writer with p@ss/ä"1 here'],
    ['as it stands in an address', `/query?u=writer&p=${encodeURIComponent('p@ss/ä"1')}`],
    ['as the header of HTTP had it', `Basic ${Buffer.from('writer:p@ss/ä"1').toString('base64')}`],
    ['inside JSON', JSON.stringify({ error: 'p@ss/ä"1' })],
    ['with its bytes taken for Latin-1', Buffer.from('p@ss/ä"1').toString('latin1')],
  ])('does not show the password %s', (_how, text) => {
    const hidden = hide(text);
    expect(hidden).toContain('***');
    expect(hidden).not.toMatch(/ss|%2F|cEBzcy/);
  });

  it('is left alone without a password', () => {
    expect(hideCredentials({})('unauthorised')).toBe('unauthorised');
    expect(hide('authorization failed')).toBe('authorization failed');
  });
});
