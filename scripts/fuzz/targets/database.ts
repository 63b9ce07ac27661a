// Answers to queries, from a server that says anything: through the influx package into rows, and on into the ledger.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Ledger } from '../../../central-collector/ingest/ledger.ts';
import { Database } from '../../../central-collector/store/database.ts';
import { pageOfMarks, streamsOfLedgerRows } from '../../../central-collector/store/ledger-points.ts';
import { StoreError } from '../../../central-collector/store/store-error.ts';
import { mustBePlain } from '../checks.ts';
import { anyOf, mutateBytes } from '../mutate-bytes.ts';
import { jsonText, mutateJson } from '../mutate-json.ts';
import type { FuzzTarget } from '../target.ts';

const ANSWERS = [
  {
    results: [
      {
        statement_id: 0,
        series: [
          {
            name: 'ledger',
            tags: { site: 's', agent: 'a', collector: 'c' },
            columns: ['time', 'epoch', 'ranges', 'dropped_ranges'],
            values: [[1_767_225_600_000, 1_767_225_600_000, '1-40 42-50', null]],
          },
        ],
      },
    ],
  },
  { results: [{ statement_id: 0 }] },
  { results: [{ statement_id: 0, error: 'database not found: ngatu' }] },
  { error: 'authorization failed' },
];

/** The first three characters of an input are the status code, the rest is the body. */
export const databaseTarget: FuzzTarget = {
  name: 'database',
  about: "InfluxDB's answers to queries",
  weight: 4,
  async open() {
    let code = 200;
    let body: Uint8Array = Buffer.alloc(0);
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(code, { 'content-type': 'application/json' });
      response.end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const database = new Database({
      url: `http://127.0.0.1:${port}`,
      database: 'ngatu',
      retentionPolicy: 'raw',
      keep: 'INF',
    });
    return {
      make(random) {
        const text = jsonText(random, mutateJson(random, structuredClone(anyOf(random, ANSWERS))));
        const bytes = random() < 0.3 ? mutateBytes(random, Buffer.from(text)) : Buffer.from(text);
        return Buffer.concat([Buffer.from(anyOf(random, ['200', '200', '200', '400', '401', '503'])), bytes]);
      },
      async run(input) {
        const said = Number(Buffer.from(input.subarray(0, 3)).toString());
        code = said >= 200 && said < 600 && ![204, 205, 304].includes(said) ? said : 200;
        body = input.subarray(3);
        try {
          const rows = await database.query('SELECT 1');
          const ledger = new Ledger();
          for (const known of [...streamsOfLedgerRows(rows), ...pageOfMarks(rows).streams])
            ledger.merge(known);
          return 'accepted';
        } catch (error) {
          if (!(error instanceof StoreError)) throw error;
          mustBePlain('the message', error.message, 900);
          return 'refused';
        }
      },
      async close() {
        database.close();
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  },
};
