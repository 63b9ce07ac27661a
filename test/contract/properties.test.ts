import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { eventBatchSchema, MESSAGES, trafficEventSchema } from '../../contract/index.ts';
import * as arbitraries from './arbitraries.ts';

const { ack, eventBatch, flow, health, incident, journey, passage, status, zone } = arbitraries;

const cases: readonly [string, z.ZodType, fc.Arbitrary<unknown>][] = [
  ['passage', MESSAGES.passage.schema, passage],
  ['flow', MESSAGES.flow.schema, flow],
  ['zone', MESSAGES.zone.schema, zone],
  ['incident', MESSAGES.incident.schema, incident],
  ['journey', MESSAGES.journey.schema, journey],
  ['event of any type', trafficEventSchema, arbitraries.trafficEvent],
  ['batch', eventBatchSchema, eventBatch],
  ['status', MESSAGES.status.schema, status],
  ['health', MESSAGES.health.schema, health],
  ['ack', MESSAGES.ack.schema, ack],
];

describe.each(cases)('any %s', (_name, schema, arbitrary) => {
  it('arrives as it was sent', () => {
    fc.assert(
      fc.property(arbitrary, (message) => {
        expect(schema.parse(JSON.parse(JSON.stringify(message)))).toEqual(message);
      }),
      { numRuns: 50 },
    );
  });

  it('is refused, not thrown at us, when it is something else entirely', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (message) => {
        expect(schema.safeParse(message).success).toBe(false);
      }),
      { numRuns: 50 },
    );
  });
});
