// Every sample message parses or is refused for the reason it was made for.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MESSAGE_NAMES, MESSAGES } from '../../contract/index.ts';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'messages');

type Refusal = { refused: { path: string; message: string }; message: unknown };

describe.each(MESSAGE_NAMES)('%s', (name) => {
  const { schema } = MESSAGES[name];
  const samples = readdirSync(join(FIXTURES, name)).map((file) => ({
    file,
    content: JSON.parse(readFileSync(join(FIXTURES, name, file), 'utf8')) as unknown,
  }));
  const good = samples.filter(({ file }) => file.startsWith('good-'));
  const bad = samples.filter(({ file }) => file.startsWith('bad-'));

  it('has good and bad samples, and one of a newer agent', () => {
    expect(good.length).toBeGreaterThan(0);
    expect(bad.length).toBeGreaterThan(0);
    expect(good.some(({ file }) => file.includes('newer-with-unknown-fields'))).toBe(true);
  });

  it.each(good)('reads $file and keeps what it says', ({ content }) => {
    const parsed = schema.parse(content);
    // Unknown fields are gone, defaults are filled in: what remains reads back as the same message.
    expect(schema.parse(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed);
    for (const [key, value] of Object.entries(parsed)) {
      const sent = (content as Record<string, unknown>)[key];
      if (sent !== undefined && typeof value !== 'object') expect(value).toEqual(sent);
    }
  });

  it.each(bad)('refuses $file and says why', ({ content }) => {
    const { refused, message } = content as Refusal;
    const issues = schema.safeParse(message).error?.issues ?? [];
    const told = issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
    expect(told).toEqual([{ path: refused.path, message: expect.stringContaining(refused.message) }]);
  });
});

describe('unknown fields', () => {
  it('are left out, so that a newer agent and an older collector understand each other', () => {
    const sample = JSON.parse(
      readFileSync(join(FIXTURES, 'passage', 'good-newer-with-unknown-fields.json'), 'utf8'),
    );
    expect(MESSAGES.passage.schema.parse(sample)).not.toHaveProperty('colour');
  });

  it('a camera fault that only a newer agent knows reads as failed, and the status is not lost', () => {
    const sample = JSON.parse(
      readFileSync(join(FIXTURES, 'status', 'good-newer-with-unknown-fields-and-fault.json'), 'utf8'),
    );
    expect(MESSAGES.status.schema.parse(sample).cameras[0]).toMatchObject({
      state: 'fault',
      fault: 'failed',
    });
  });
});
