// What InfluxDB, or a proxy before it, answers when it does not say yes.

import { storeErrorOf } from '../../../central-collector/store/store-error.ts';
import { must, mustBePlain } from '../checks.ts';
import { anyOf, below, mutateBytes } from '../mutate-bytes.ts';
import { jsonText, mutateJson } from '../mutate-json.ts';
import { mutateText } from '../mutate-text.ts';
import type { FuzzTarget } from '../target.ts';

const SAID = [
  'partial write: points beyond retention policy dropped=3',
  'partial write: field type conflict: input field "n" on measurement "flow" is type float, already exists as type integer dropped=1',
  "unable to parse 'flow n=': missing field value",
  'database not found: "ngatu"',
  'retention policy not found: raw',
  'authorization failed',
  'timeout',
  'engine: cache-max-memory-size exceeded: (1073741899/1073741824)',
];

const WORDS = [
  ...SAID,
  'dropped=',
  'dropped=99999999999999999999',
  'partial write',
  '\u001b[2J',
  '\u2028',
  '<html><body>502 Bad Gateway</body></html>',
  '"',
  '\\',
  '\r\n',
];

/** The first three characters of an input are the status code, a line break ends `retry-after`, the rest is the body. */
export const storeErrorTarget: FuzzTarget = {
  name: 'store-errors',
  about: "bodies of InfluxDB's refusals",
  weight: 80,
  async open() {
    return {
      make(random) {
        const code = anyOf(random, [400, 401, 404, 413, 429, 500, 503, 302, 200]);
        const after = anyOf(random, ['', '3', '-1', '1e9', 'NaN', 'Wed, 21 Oct 2026 07:28:00 GMT']);
        const said = mutateText(random, anyOf(random, SAID), WORDS);
        let body = random() < 0.3 ? said : jsonText(random, { error: said });
        if (random() < 0.3) body = jsonText(random, mutateJson(random, { error: said, code: 'invalid' }));
        if (random() < 0.2) body = mutateBytes(random, Buffer.from(body)).toString();
        if (random() < 0.001) body = anyOf(random, WORDS).repeat(below(random, 3000));
        return Buffer.from(`${code}${after}\n${body}`);
      },
      run(input) {
        const text = Buffer.from(input).toString();
        const end = text.indexOf('\n');
        const error = storeErrorOf(Number(text.slice(0, 3)), text.slice(end + 1), text.slice(3, end));
        mustBePlain('the message', error.message, 700);
        const { retryAfterMs = 0, dropped = 0 } = error;
        must('a wait of at most five minutes', retryAfterMs >= 0 && retryAfterMs <= 300_000);
        must('a number of dropped points', dropped >= 0);
        return error.retryable ? 'accepted' : 'refused';
      },
    };
  },
};
