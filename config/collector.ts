// The configuration of a central collector: broker, database, and where refused messages go.

import { z } from 'zod';
import { centreSchema } from './centre.ts';
import {
  checkBroker,
  checkCredentials,
  checkWhole,
  httpSchema,
  type Issues,
  logSchema,
  mqttShape,
  pathSchema,
  secretSchema,
  section,
  urlSchema,
} from './sections.ts';

export type CollectorConfig = z.output<typeof collectorSchema>;

const MIN_RETENTION_H = 1;
/** An hour is summed up from its quarter hours, also when the last counts of it come late. */
const MIN_QUARTER_HOURS_H = 24;
const HOURS_IN: Readonly<Record<string, number>> = { m: 1 / 60, h: 1, d: 24, w: 168 };

/** An InfluxDB duration with one unit, or INF for ever. */
const retentionSchema = z
  .string()
  .regex(/^(?:INF|[1-9]\d*[mhdw])$/, {
    error: 'expected a length of time with its unit, such as 90d or 52w, or INF',
    abort: true,
  })
  .refine((text) => text === 'INF' || hoursOf(text) >= MIN_RETENTION_H, {
    error: 'InfluxDB keeps at least 1h; write 1h or more, or INF',
  });

export const collectorSchema = section({
  mqtt: section({
    ...mqttShape,
    clientId: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe('MQTT client id; unique at the broker. Default: made from machine and quarantine folder.'),
    sharedGroup: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected 1 to 64 letters, digits, "-" or "_"')
      .default('ngatu')
      .describe('Group of the shared subscription: collectors of one group divide the work. Default ngatu.'),
  })
    .check(checkWhole(checkBroker))
    .describe('The broker that events come from.'),
  influxdb: section({
    url: urlSchema(['http', 'https'])
      .default('http://127.0.0.1:8086')
      .describe('Address of InfluxDB. Default http://127.0.0.1:8086.'),
    database: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected 1 to 64 letters, digits, "-" or "_"')
      .default('ngatu')
      .describe('Database; created if missing. Default ngatu.'),
    username: z.string().min(1).optional().describe('User name at InfluxDB.'),
    password: secretSchema.optional().describe('Password at InfluxDB: {env: NAME} or {file: PATH}.'),
    retention: section({
      raw: retentionSchema
        .default('INF')
        .describe(
          'How long points are kept: 90d, 52w, INF (for ever). Default INF: nothing is deleted unless told.',
        ),
      quarterHour: retentionSchema
        .default('INF')
        .describe('How long sums by quarter hour are kept, at least as long as raw and 1d. Default INF.'),
      hour: retentionSchema
        .default('INF')
        .describe('How long sums by hour are kept, at least as long as quarterHour. Default INF.'),
    })
      .check(checkWhole(checkRetention))
      .prefault({})
      .describe('How long data is kept.'),
    rollups: z
      .boolean()
      .default(true)
      .describe(
        'Sum counts up to quarter hours and hours inside InfluxDB 1.x; false for InfluxDB 2 and 3. Default true.',
      ),
  })
    .check(checkWhole(checkCredentials))
    .prefault({})
    .describe('The database that points are written to.'),
  quarantine: section({
    directory: pathSchema
      .default('./data/quarantine')
      .describe('Folder for messages that could not be understood. Default ./data/quarantine.'),
    maxMiB: z
      .int()
      .min(1)
      .max(1_048_576)
      .default(256)
      .describe('Most it may hold, MiB; the oldest go first. Default 256.'),
  })
    .prefault({})
    .describe('Messages that could not be understood are kept here to be looked at.'),
  limits: section({
    namesPerAgent: z
      .int()
      .min(1)
      .max(10_000_000)
      .default(10_000)
      .describe(
        'Combinations of camera, line, direction and lane, and of camera and zone, that one agent may send while a collector runs; more are put into quarantine. Default 10,000.',
      ),
  })
    .prefault({})
    .describe('What one agent may do to the database.'),
  centre: centreSchema.prefault({}).describe('The control centre: pages for people, API, event stream.'),
  http: httpSchema(9465)
    .prefault({})
    .describe('Address of everything that it serves: /healthz, /metrics, /ledger and the control centre.'),
  log: logSchema.prefault({}).describe('What is logged (JSON lines on standard output).'),
});

/** Sums that went before what they are the sum of would leave a hole that nothing fills. */
function checkRetention({ raw, quarterHour, hour }: Record<string, unknown>, issues: Issues): void {
  const [rawH, quarterH, hourH] = [raw, quarterHour, hour].map(hoursOf);
  const add = (key: string, message: string) => issues.addIssue({ code: 'custom', path: [key], message });
  if (Number(quarterH) < MIN_QUARTER_HOURS_H) {
    add('quarterHour', `expected 1d or more, or INF, got ${quarterHour}: hours are summed up from them`);
  } else if (Number(quarterH) < Number(rawH)) {
    add('quarterHour', `expected at least as long as raw, ${raw}, got ${quarterHour}`);
  }
  if (Number(hourH) < Number(quarterH)) {
    add('hour', `expected at least as long as quarterHour, ${quarterHour}, got ${hour}`);
  }
}

/** Infinite for INF; not a number, which is less than nothing, for what is no length of time. */
function hoursOf(text: unknown): number {
  if (text === 'INF') return Number.POSITIVE_INFINITY;
  if (typeof text !== 'string') return Number.NaN;
  return Number.parseInt(text, 10) * (HOURS_IN[text.at(-1) ?? ''] ?? 0);
}
