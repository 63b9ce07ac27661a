import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPlainEvent } from '../../../central-collector/ingest/plain-event.ts';
import { trafficEventSchema } from '../../../contract/index.ts';
import { anyEvent, brokenEvent } from '../any-event.ts';

const json = (value: unknown) => JSON.parse(JSON.stringify(value));

describe('the quick look at an event', () => {
  it('believes nothing that the schema refuses or would change', () => {
    let believed = 0;
    fc.assert(
      fc.property(brokenEvent, (event) => {
        if (!isPlainEvent(event)) return;
        believed += 1;
        expect(trafficEventSchema.parse(event)).toEqual(event);
      }),
      { numRuns: 3000 },
    );
    expect(believed).toBeGreaterThan(60);
  }, 60_000);

  it('believes what agents usually send, so that it is worth looking', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const sent = json(event);
        expect(trafficEventSchema.safeParse(sent).success).toBe(true);
        const usual = !/"(?:accuracy|low|zone|incident)"/.test(JSON.stringify(sent));
        expect(isPlainEvent(sent)).toBe(usual);
      }),
      { numRuns: 500 },
    );
  });

  it.each([[null], [undefined], [7], ['passage'], [[]], [{}], [{ type: 'rocket' }], [{ type: 'flow' }]])(
    'leaves %j to the schema',
    (value) => {
      expect(isPlainEvent(value)).toBe(false);
    },
  );

  it('leaves names with a meaning of their own in JavaScript to the schema', () => {
    const event = JSON.parse('{"type":"passage","__proto__":{"camera":"c"},"constructor":1}');
    expect(isPlainEvent(event)).toBe(false);
  });
});
