// A roller with its own way to InfluxDB: its statements take longer than a query that somebody waits for, and must not
// stand in the way of those.

import { Database, type DatabaseOptions } from './database.ts';
import { lineOf } from './line-protocol.ts';
import { Roller, type RollerOptions } from './roller.ts';
import { statePoint } from './rollup-state.ts';
import { HOUR_POLICY } from './rollup-statements.ts';
import { createWrite } from './write-request.ts';

/** A statement that takes longer is given up; the round is tried again. */
const STATEMENT_TIMEOUT_MS = 120_000;

export type RollerTarget = Omit<RollerOptions, 'database' | 'saveState'> & {
  readonly influxdb: DatabaseOptions;
};

export type OpenRoller = { readonly roller: Roller; close(): Promise<void> };

/** Nothing is asked before `roller.open()` or `roller.run()`. */
export function createRoller({ influxdb, ...options }: RollerTarget): OpenRoller {
  const database = new Database({ ...influxdb, timeoutMs: STATEMENT_TIMEOUT_MS });
  const http = createWrite({ ...influxdb, retentionPolicy: HOUR_POLICY });
  const closing = new AbortController();
  const roller = new Roller({
    ...options,
    database,
    saveState: (state) => http.write(Buffer.from(lineOf(statePoint(state))), closing.signal),
  });
  return {
    roller,
    close: async () => {
      await roller.close();
      closing.abort(new Error('closing'));
      database.close();
      http.close();
    },
  };
}
