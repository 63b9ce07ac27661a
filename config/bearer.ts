// Who may read the pages for machines: whoever sends the token of the configuration.

import { createHash, timingSafeEqual } from 'node:crypto';
import type { Secret } from './secret.ts';

/** Whether a request with this `Authorization` header may see what it asks for. */
export type Admits = (authorization: string | undefined) => boolean;

/**
 * Asks for `Authorization: Bearer TOKEN`; without a token everybody is let in. The time that it takes tells nothing
 * about the token: digests are compared, which also have one length.
 */
export function admitsBearer(token: Pick<Secret, 'reveal'> | undefined): Admits {
  if (token === undefined) return () => true;
  const expected = digest(token.reveal());
  return (authorization) => {
    const [, sent] = /^Bearer +(\S+) *$/i.exec(authorization ?? '') ?? [];
    return sent !== undefined && timingSafeEqual(digest(sent), expected);
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
