// Takes credentials out of text before it is logged, reported or thrown.

import { SECRET_PARAMETER } from '../../contract/index.ts';

/** What stands in the place of a secret. */
const MASK = '***';

/**
 * `//user:password@` of a URL; the password may itself hold `@`, so the last one before the path counts. Repetitions have
 * a bound here and below, because without one a long line takes the square of its length.
 */
const USER_INFO = /(\b[a-z][a-z0-9+.-]{0,63}:\/\/)[^/\s'"?#]*@/gi;

/** `Authorization: Basic …` and the like. */
const AUTHORIZATION = /(authorization:\s*)[^\r\n]*/gi;

/**
 * `text` without user names and passwords of URLs, secret query parameters and authorization headers, and
 * without each of `secrets`, as written and percent-encoded. Secrets shorter than 3 characters are only
 * removed as parts of URLs: taking out every "a" would leave no text.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  let redacted = text
    .replace(USER_INFO, `$1${MASK}@`)
    .replace(SECRET_PARAMETER, `$1${MASK}`)
    .replace(AUTHORIZATION, `$1${MASK}`);
  for (const secret of secrets) {
    if (secret.length < 3) continue;
    for (const form of [encodeURIComponent(secret), encodeURI(secret), secret]) {
      redacted = redacted.replaceAll(form, MASK);
    }
  }
  return redacted;
}
