// What the API shows of a running collector; the composition root gathers it.

export type CollectorState = {
  /** One sentence for each thing that is wrong. */
  readonly problems: readonly string[];
  /** Counters since the start by metric name without prefix, such as `events_stored`. */
  readonly totals: Readonly<Record<string, number>>;
  /** Momentary values by metric name. */
  readonly gauges: Readonly<Record<string, number>>;
  /** Messages and events in quarantine since the start, by reason. */
  readonly quarantined: Readonly<Record<string, number>>;
};

/** One line of help for each metric. */
export const METRIC_HELP: Readonly<Record<string, string>> = {
  messages_received: 'Messages taken from the broker',
  messages_acknowledged: 'Messages acknowledged to the broker',
  messages_dropped: 'QoS 0 messages dropped because too many were in hand',
  messages_postponed:
    'Batches left to their agents, which send them again, because too many bytes were in hand',
  messages_rejected: 'Messages put into quarantine as a whole',
  messages_failed: 'Messages left to the broker after an unexpected failure',
  broker_reconnects: 'Tries to connect to the broker again',
  batches_stored: 'Batches confirmed by InfluxDB',
  batches_duplicate: 'Batches that were stored already',
  events_stored: 'Events confirmed by InfluxDB',
  events_rejected: 'Events put into quarantine',
  statuses_stored: 'Status messages taken',
  healths_stored: 'Health messages taken',
  points_stored: 'Points confirmed by InfluxDB',
  points_refused: 'Points refused by InfluxDB for good',
  points_beyond_retention: 'Points older than the retention policy keeps',
  write_requests: 'Requests to InfluxDB',
  write_retries: 'Requests to InfluxDB that were tried again',
  acks_sent: 'Acknowledgements sent to agents',
  acks_failed: 'Acknowledgements not sent; the agent asks again',
  quarantine_evicted: 'Files removed from a full quarantine',
  messages_in_hand: 'Messages taken and not finished',
  bytes_in_hand: 'Bytes of the messages taken and not finished',
  points_waiting: 'Points that wait for a request',
  quarantine_bytes: 'Bytes in quarantine',
  quarantine_files: 'Files in quarantine',
  agents: 'Outbox lives in the ledger',
  names: 'Combinations of cameras, lines, zones that agents used; each makes series in the database',
  batches_missing: 'Batches in no database and not given up by their agent',
  rollup_rounds: 'Rounds of the roll-ups in which it was the turn of this collector',
  rollup_windows: 'Quarter hours of one agent that were summed up because it reported them',
  rollup_windows_expired: 'Of those, left as they are because raw counts of them are gone',
  rollup_points: 'Points of the roll-ups written by InfluxDB',
  rollup_lag_seconds: 'Age of the newest counts that the roll-ups are sure to have',
  rollup_backfilling: '1 while history from before there were roll-ups is summed up, else 0',
  broker_connected: '1 while subscribed at the broker, else 0',
  live_events: 'Events taken for the stream of the centre',
  live_duplicates: 'Batches that the stream had already',
  live_late: 'Events that happened more than a minute before they came to the stream',
  live_rejected: 'Messages that the stream could not read',
  live_unlogged: 'Events that could not be kept for clients that come back',
  live_webhooks_handled: 'Events delivered to webhooks or given up',
  live_webhooks_dead: 'Events that webhooks did not take within a day',
  stream_clients: 'Clients of the event stream',
  stream_slow: 'Clients of the event stream that were hung up on because they read too slowly',
  stream_messages: 'Messages sent to clients of the event stream',
  stream_bytes: 'Bytes sent to clients of the event stream',
  stream_log_bytes: 'Bytes of the events kept for clients that come back',
  incidents: 'Incidents in memory',
  incidents_forgotten_active: 'Active incidents that memory had no room for',
  verdicts_waiting: 'Verdicts that are not in the database yet',
  commands_sent: 'Commands sent to boxes',
  commands_unanswered: 'Commands that no box answered in time',
  commands_refused: 'Commands that a box refused',
  picture_bytes: 'Bytes of pictures and clips fetched from boxes',
  https_certificate_days: 'Whole days until the certificate of centre.https ends, negative when it has ended',
  certificate_days: 'Whole days until the certificate of mqtt.tls ends, negative when it has ended',
};
