// Model cards: what a user writes about a model of their own.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { labelsOf } from '../../../models/card.ts';
import { CardError, readCard } from '../../../models/library.ts';
import { must, mustBePlainLines, mustBeSame } from '../checks.ts';
import { anyOf, below, mutateBytes } from '../mutate-bytes.ts';
import { jsonText, mutateJson } from '../mutate-json.ts';
import { fileSamples } from '../samples.ts';
import type { FuzzTarget } from '../target.ts';

export const cardTarget: FuzzTarget = {
  name: 'cards',
  about: 'model cards',
  weight: 20,
  async open({ folder }) {
    const samples = fileSamples('models', '.json');
    const file = join(folder, 'card.json');
    return {
      make(random) {
        const text = anyOf(random, samples);
        if (random() < 0.3)
          return mutateBytes(random, Buffer.from(text), [Buffer.from(anyOf(random, samples))]);
        const value = mutateJson(random, JSON.parse(text), samples);
        if (random() < 0.002)
          Object.assign(value as object, {
            labels: Array(below(random, 200_000)).fill(anyOf(random, [null, 7, 'car'])),
          });
        return Buffer.from(jsonText(random, value));
      },
      async run(input) {
        await writeFile(file, input);
        let card: Awaited<ReturnType<typeof readCard>>;
        try {
          card = await readCard(file);
        } catch (error) {
          if (!(error instanceof CardError)) throw error;
          mustBePlainLines('the message', error.message, 30_000);
          return 'refused';
        }
        must('labels', labelsOf(card).length > 0);
        await writeFile(file, JSON.stringify(card));
        mustBeSame('a card', await readCard(file), card);
        return 'accepted';
      },
    };
  },
};
