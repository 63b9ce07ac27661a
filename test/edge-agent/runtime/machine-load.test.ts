import { describe, expect, it } from 'vitest';
import { createLoadReader } from '../../../edge-agent/runtime/machine-load.ts';

describe('load of the box', () => {
  it('sees the CPU time that this process used since the previous reading', () => {
    const read = createLoadReader();
    const until = performance.now() + 100;
    while (performance.now() < until);
    const load = read();
    expect(load.cpu).toBeGreaterThan(0);
    expect(load.cpu).toBeLessThanOrEqual(1);
    expect(load.rssBytes).toBeGreaterThan(10_000_000);
  });
});
