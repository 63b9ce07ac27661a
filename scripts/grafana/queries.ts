// InfluxQL of the dashboards and alert rules. What was not observed is a gap: every query fills with null, and leaves out
// points whose divisor is 0, because InfluxQL takes a division by zero for 0.

/** Of variables that a dashboard has; `every` is a length of time as text, its value is the same in milliseconds. */
const SITE = '"site" =~ /^$site$/';
const BOX = `${SITE} AND "agent" =~ /^$box$/`;
const CAMERA = `${BOX} AND "camera" =~ /^$camera$/`;
const EACH_EVERY = `time(\${every:text})`;
const ZONE = "tz('$timezone')";

/** Interval fields are those of all road users and lanes: an inner query looks at each, the outer one joins them. */
const STREAM = '"site", "agent", "camera", "line", "direction", "lane", "road_user"';
const DIRECTION = '"camera", "line", "direction"';

function fromEachStream(outer: string, inner: string, where: string, by: string, fill = 'null'): string {
  return (
    `SELECT ${outer} FROM (SELECT ${inner} FROM "m15"."flow" WHERE ${CAMERA} AND ${where} AND $timeFilter` +
    ` GROUP BY ${EACH_EVERY}, ${STREAM} fill(none)) WHERE $timeFilter` +
    ` GROUP BY ${EACH_EVERY}, ${by} fill(${fill}) ${ZONE}`
  );
}

export const TRAFFIC = {
  /** Vehicles an hour of the time that was seen. */
  flow: fromEachStream(
    'sum("q")',
    'sum("n") * 3600000.0 / sum("observed_ms") AS "q"',
    `"observed_ms" > 0 AND "road_user" != 'person'`,
    DIRECTION,
  ),
  /** As counted, nothing filled in. */
  counted:
    `SELECT sum("n") FROM "m15"."flow" WHERE ${CAMERA} AND "observed_ms" > 0 AND $timeFilter` +
    ` GROUP BY ${EACH_EVERY}, "road_user" fill(null) ${ZONE}`,
  /** Here nothing reported is nothing seen: 0 is true. */
  coverage: fromEachStream(
    'max("seen")',
    `sum("observed_ms") / \${every}.0 AS "seen"`,
    '"observed_ms" >= 0',
    '"camera", "line"',
    '0',
  ),
  timeMeanSpeed:
    `SELECT sum("speed_sum_kmh") / sum("speed_n") FROM "m15"."flow" WHERE ${CAMERA} AND "speed_n" > 0 AND $timeFilter` +
    ` GROUP BY ${EACH_EVERY}, ${DIRECTION} fill(null) ${ZONE}`,
  spaceMeanSpeed:
    `SELECT sum("speed_n") / sum("speed_sum_per_kmh") FROM "m15"."flow" WHERE ${CAMERA} AND "speed_n" > 0 AND $timeFilter` +
    ` GROUP BY ${EACH_EVERY}, ${DIRECTION} fill(null) ${ZONE}`,
  occupancy: fromEachStream(
    'max("share")',
    'sum("occupied_ms") * 1.0 / sum("observed_ms") AS "share"',
    '"occupied_ms" >= 0 AND "observed_ms" > 0',
    DIRECTION,
  ),
  headway: fromEachStream(
    'max("h")',
    'sum("headway_sum_s") / sum("headway_n") AS "h"',
    '"headway_n" > 0',
    DIRECTION,
  ),
  queueVehicles:
    `SELECT max("queue_max_vehicles") FROM "m15"."zone" WHERE ${CAMERA} AND $timeFilter` +
    ` GROUP BY ${EACH_EVERY}, "camera", "zone_id" fill(null) ${ZONE}`,
  queueLength:
    `SELECT max("queue_max_m") FROM "m15"."zone" WHERE ${CAMERA} AND $timeFilter` +
    ` GROUP BY ${EACH_EVERY}, "camera", "zone_id" fill(null) ${ZONE}`,
  byMinute:
    `SELECT sum("n") FROM "raw"."flow" WHERE ${CAMERA} AND "observed_ms" > 0 AND "road_user" != 'person'` +
    ` AND $timeFilter GROUP BY time(1m), ${DIRECTION} fill(null)`,
} as const;

const said = (word: string) =>
  `SELECT count("number") FROM "raw"."verdict" WHERE "said" = '${word}' AND ${CAMERA} AND $timeFilter` +
  ` GROUP BY ${EACH_EVERY} fill(null) ${ZONE}`;

export const INCIDENTS = {
  alarms:
    `SELECT count("version") FROM "raw"."incident" WHERE "version" = 1 AND ${CAMERA} AND $timeFilter` +
    ` GROUP BY ${EACH_EVERY}, "kind" fill(null) ${ZONE}`,
  acknowledged: said('acknowledge'),
  confirmed: said('confirm'),
  falseAlarms: said('false-alarm'),
  cleared: said('clear'),
  messages:
    `SELECT "camera", "kind", "severity", "state", "version", "confidence", "lane", "id" FROM "raw"."incident"` +
    ` WHERE ${CAMERA} AND $timeFilter ORDER BY time DESC LIMIT 200`,
  verdicts:
    `SELECT "camera", "kind", "said", "given_by", "note", "incident" FROM "raw"."verdict"` +
    ` WHERE ${CAMERA} AND $timeFilter ORDER BY time DESC LIMIT 200`,
  alarmsByCamera:
    `SELECT count("version") AS "alarms" FROM "raw"."incident" WHERE "version" = 1 AND ${CAMERA} AND $timeFilter` +
    ' GROUP BY "site", "agent", "camera", "kind"',
  falseByCamera:
    `SELECT count("number") AS "false_alarms" FROM "raw"."verdict" WHERE "said" = 'false-alarm' AND ${CAMERA}` +
    ' AND $timeFilter GROUP BY "site", "agent", "camera", "kind"',
} as const;

/** Of what boxes and collectors say of themselves: some points a minute. */
function health(field: string, measurement: string, by: string, where = BOX): string {
  return (
    `SELECT ${field} FROM "raw"."${measurement}" WHERE ${where} AND $timeFilter` +
    ` GROUP BY time($__interval), ${by} fill(null)`
  );
}

const AGENT = '"site", "agent"';
const AGENT_CAMERA = '"site", "agent", "camera"';

export const BOXES = {
  boxes:
    'SELECT last("state") AS "state", "reason", "problem", "version", "cameras", "cameras_live" FROM "raw"."agent_status"' +
    ` WHERE ${BOX} GROUP BY ${AGENT}`,
  cameras:
    'SELECT last("state") AS "state", "fault", "detail", "name" FROM "raw"."camera_status"' +
    ` WHERE ${BOX} GROUP BY ${AGENT_CAMERA}`,
  missing: health('last("missing")', 'ledger', AGENT),
  givenUp: health('last("dropped_by_agent")', 'ledger', AGENT),
  batches: health('count("seq")', 'batch', '"collector"'),
  delay: health('percentile("delay_ms", 95)', 'batch', AGENT),
  outboxBatches: health('max("outbox_batches")', 'agent_health', AGENT),
  outboxBytes: health('max("outbox_bytes")', 'agent_health', AGENT),
  freshUpTo: 'SELECT last("fresh_ms") FROM "h1"."rollup" WHERE $timeFilter',
  fps: health('mean("fps")', 'camera_health', AGENT_CAMERA),
  framesDropped: health('sum("frames_dropped")', 'camera_health', AGENT_CAMERA),
  latency: health('max("latency_p95_ms")', 'camera_health', AGENT_CAMERA),
  cpu: health('mean("cpu_share")', 'agent_health', AGENT),
  memory: health('max("rss_bytes")', 'agent_health', AGENT),
  temperature: health('max("temperature_c")', 'agent_health', AGENT),
  clockOffset: health('last("clock_offset_ms")', 'ledger', AGENT),
} as const;

export const VARIABLES = {
  site: 'SHOW TAG VALUES FROM "raw"."agent_status" WITH KEY = "site"',
  box: `SHOW TAG VALUES FROM "raw"."agent_status" WITH KEY = "agent" WHERE ${SITE}`,
  camera: `SHOW TAG VALUES FROM "raw"."camera_status" WITH KEY = "camera" WHERE ${BOX}`,
} as const;

/** Rules know no variables. */
export const ALERTS = {
  boxOffline:
    `SELECT count("state") FROM (SELECT last("state") AS "state" FROM "raw"."agent_status" WHERE $timeFilter GROUP BY ${AGENT})` +
    ` WHERE "state" = 'offline' AND $timeFilter GROUP BY ${AGENT}`,
  cameraFault:
    `SELECT count("state") FROM (SELECT last("state") AS "state" FROM "raw"."camera_status" WHERE $timeFilter GROUP BY ${AGENT_CAMERA})` +
    ` WHERE "state" = 'fault' AND $timeFilter GROUP BY ${AGENT_CAMERA}`,
  coverage:
    'SELECT max("seen") FROM (SELECT sum("observed_ms") / 3600000.0 AS "seen" FROM "raw"."flow" WHERE $timeFilter' +
    ` GROUP BY ${STREAM}) WHERE $timeFilter GROUP BY ${AGENT_CAMERA}`,
  silent: `SELECT count("n") FROM "raw"."flow" WHERE $timeFilter GROUP BY time(1h), ${AGENT_CAMERA} fill(0)`,
  missing: `SELECT last("missing") FROM "raw"."ledger" WHERE $timeFilter GROUP BY ${AGENT}`,
  givenUp: `SELECT count("from_seq") FROM "raw"."dropped" WHERE $timeFilter GROUP BY ${AGENT}, "reason"`,
  rollups: 'SELECT spread("fresh_ms") FROM "h1"."rollup" WHERE $timeFilter',
  collector: 'SELECT count("seq") FROM "raw"."batch" WHERE $timeFilter',
} as const;
