// How well a camera counts, measured against somebody who watched: gives every count the interval in which the true
// number lies.

import { z } from 'zod';
import { roadUserSchema } from '../contract/index.ts';
import { section } from './sections.ts';

export type AccuracyConfig = z.output<typeof accuracySchema>;

const countSchema = z.int().min(1).max(1_000_000);

const measuredSchema = section({
  roadUser: roadUserSchema
    .optional()
    .describe('Whom it was measured for, as in the counts. Default: everybody who is not named.'),
  of: countSchema.describe('Road users that really crossed while somebody watched, best 200 or more.'),
  found: countSchema.describe('Those of them that were counted.'),
  counted: countSchema
    .optional()
    .describe('All that were counted in that time, also wrongly. Default: none was counted wrongly.'),
}).superRefine(({ of, found, counted }, context) => {
  const report = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
  if (found > of) report('found', `expected at most ${of}, as many as crossed`);
  if (counted !== undefined && counted < found) {
    report('counted', `expected at least ${found}, as many as were found`);
  }
});

export const accuracySchema = z
  .array(measuredSchema)
  .max(20)
  .superRefine((entries, context) => {
    for (const [index, { roadUser }] of entries.entries()) {
      const earlier = entries.findIndex((each) => each.roadUser === roadUser);
      if (earlier === index) continue;
      context.addIssue({
        code: 'custom',
        path: [index],
        message: `${roadUser ?? 'everybody who is not named'} is told by accuracy[${earlier}] already`,
      });
    }
  });
