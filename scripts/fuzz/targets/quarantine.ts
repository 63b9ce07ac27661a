// Files of the quarantine: an operator may have edited them, a disk may have spoilt them.

import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  nameOf,
  QuarantineFileError,
  readQuarantined,
  writeQuarantined,
} from '../../../central-collector/ingest/quarantine-file.ts';
import { mustBePlainLines, mustBeSame } from '../checks.ts';
import { anyOf, mutateBytes } from '../mutate-bytes.ts';
import { jsonText, mutateJson } from '../mutate-json.ts';
import type { FuzzTarget } from '../target.ts';

const SAMPLES = [
  {
    topic: 'ngatu/v1/s/a/events',
    receivedAtMs: Date.UTC(2026, 0, 1),
    reason: 'not-json' as const,
    detail: 'expected JSON',
    payloadBase64: 'AAH/',
  },
  {
    topic: 'ngatu/v1/s/a/events',
    receivedAtMs: 1,
    reason: 'invalid-event' as const,
    detail: '1 of 2 events',
    events: [{ position: 0, reason: 'future-dated' as const, detail: '7 s ahead' }],
    payloadBase64: Buffer.from('{"v":1}').toString('base64'),
  },
];

export const quarantineTarget: FuzzTarget = {
  name: 'quarantine',
  about: 'files of the quarantine',
  weight: 5,
  async open({ folder }) {
    const file = join(folder, 'item.json');
    return {
      make(random) {
        const sample = anyOf(random, SAMPLES);
        if (random() < 0.5) return mutateBytes(random, Buffer.from(JSON.stringify(sample)));
        return Buffer.from(jsonText(random, mutateJson(random, structuredClone(sample))));
      },
      async run(input) {
        await writeFile(file, input);
        let item: Awaited<ReturnType<typeof readQuarantined>>;
        try {
          item = await readQuarantined(file);
        } catch (error) {
          if (!(error instanceof QuarantineFileError)) throw error;
          mustBePlainLines('the message', error.message, 2000);
          return 'refused';
        }
        const written = await writeQuarantined(folder, item);
        mustBeSame('the name', written.file, nameOf(item));
        mustBeSame('an item', await readQuarantined(join(folder, written.file)), item);
        await rm(join(folder, written.file));
        return 'accepted';
      },
    };
  },
};
