import { describe, expect, it } from 'vitest';
import { storeErrorOf } from '../../../central-collector/store/store-error.ts';

describe("what InfluxDB's refusal means", () => {
  it.each([
    [400, '{"error":"partial write: field type conflict: … dropped=1"}', 'partial', 1],
    [400, '{"error":"partial write: points beyond retention policy dropped=3"}', 'beyond-retention', 3],
    [404, '{"error":"database not found: \\"ngatu\\""}', 'missing', undefined],
    [401, '{"error":"authorization failed"}', 'unauthorised', undefined],
    [413, '', 'too-large', undefined],
    [502, '<html>Bad Gateway</html>', 'unavailable', undefined],
    [503, '', 'unavailable', undefined],
  ])('status %i with %s is %s', (status, body, kind, dropped) => {
    expect(storeErrorOf(status, body)).toMatchObject({ kind, dropped });
  });

  it.each([
    ['an object', '{"error":{"toString":1}}', '{"toString":1}'],
    ['nothing', '{"error":null}', 'null'],
    ['a text that steers terminals', '{"error":"\\u001b[2J"}', '\\u001b[2J'],
    ['more than anybody reads', `{"error":"${'x'.repeat(100_000)}"}`, `${'x'.repeat(500)}…`],
  ])('is told in words also where the error is %s', (_what, body, words) => {
    expect(storeErrorOf(500, body).message).toBe(`InfluxDB answered 500: ${words}`);
  });

  it('waits for as long as the server asks, five minutes at most', () => {
    expect(storeErrorOf(503, '', '7').retryAfterMs).toBe(7000);
    expect(storeErrorOf(503, '', '1e9').retryAfterMs).toBe(300_000);
    expect(storeErrorOf(503, '', '-1').retryAfterMs).toBeUndefined();
  });
});
