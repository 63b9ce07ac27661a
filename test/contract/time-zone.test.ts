import { describe, expect, it } from 'vitest';
import { isTimeZone } from '../../contract/index.ts';

describe('names of time zones', () => {
  it.each(['Asia/Ho_Chi_Minh', 'UTC', 'Europe/Paris'])('knows %s', (name) => {
    expect(isTimeZone(name)).toBe(true);
  });

  it.each(['', 'Asia/Hai_Phong', 'Asia/Ho_Chi_Minh ', "UTC'; DROP"])('does not take "%s" for one', (name) => {
    expect(isTimeZone(name)).toBe(false);
  });
});
