import { describe, expect, it } from 'vitest';
import { keptRules } from '../../../central-collector/dashboard/src/pages/account/password-rules.ts';
import { backFrom } from '../../../central-collector/dashboard/src/pages/sign-in/back.ts';

describe('going back to where one was before the sign-in', () => {
  it.each([
    ['?back=%2Fsetup%2Fhai-phong%2Fbox-1%2Fcam', '/setup/hai-phong/box-1/cam'],
    ['?back=%2Fhistory%3Fevery%3D1h', '/history?every=1h'],
    ['', '/'],
    ['?back=', '/'],
    // Other sites, as browsers read them.
    ['?back=%2F%2Fevil.example', '/'],
    ['?back=%2F%5Cevil.example', '/'],
    ['?back=https%3A%2F%2Fevil.example', '/'],
    ['?back=javascript%3Aalert(1)', '/'],
    ['?back=%2F%09%2Fevil.example', '/'],
    // Round and round.
    ['?back=%2Fsign-in', '/'],
  ])('%s leads to %s', (search, path) => {
    expect(backFrom(search)).toBe(path);
  });
});

describe('the rules of a new password while it is typed', () => {
  it('says nothing before anything is typed', () => {
    expect(keptRules('old', '', '')).toEqual({ length: undefined, different: undefined, same: undefined });
  });

  it('counts characters, not bytes, so that Vietnamese words count as they look', () => {
    expect(keptRules('', 'ngã tư đường', '').length).toBe(true);
    expect(keptRules('', 'ngã tư đườn', '').length).toBe(false);
  });

  it('notices the current password again and two that differ', () => {
    expect(keptRules('trời xanh mây trắng', 'trời xanh mây trắng', 'x')).toEqual({
      length: true,
      different: false,
      same: false,
    });
  });
});
