// Which passwords are refused. Length counts, composition does not (NIST SP 800-63B 3.1.1.2); what is left when the
// obvious is taken out must still be long enough to be hard to guess.

/** In characters. */
export const MIN_PASSWORD_LENGTH = 12;
/** More helps nobody and costs time. */
export const MAX_PASSWORD_LENGTH = 256;

/** Characters that must be left over. NIST's minimum for a password beside another factor. */
const MIN_UNOBVIOUS = 8;
const MIN_DISTINCT = 5;
/** A shorter part that is repeated is the password. */
const MIN_PERIOD = 8;
/** Neighbours on a keyboard or in the alphabet, this many in a row, are one thing to guess. */
const RUN_LENGTH = 4;

/** What lists of broken passwords are made of, in the languages of our users; longest first. */
const COMMON_PARTS = [
  'correcthorsebatterystaple',
  'administrator',
  'trafficcontrol',
  'giaothong',
  'password',
  'passwort',
  'iloveyou',
  'welcome',
  'matkhau',
  'vietnam',
  'letmein',
  'traffic',
  'control',
  'changeme',
  'monkey',
  'dragon',
  'secret',
  'camera',
  'saigon',
  'hanoi',
  'ngatu',
  'admin',
  'passw0rd',
  'p@ssw0rd',
  'p@ssword',
];

const ROWS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
];
const RUNS = new Set(
  ROWS.flatMap((row) => [row, [...row].reverse().join('')]).flatMap((row) =>
    Array.from({ length: row.length - RUN_LENGTH + 1 }, (_, at) => row.slice(at, at + RUN_LENGTH)),
  ),
);

/** A sentence that tells what to do, or undefined for a password that may be used. */
export function passwordProblem(password: string, userName: string): string | undefined {
  const characters = [...password.normalize('NFKC')];
  if (characters.length < MIN_PASSWORD_LENGTH) {
    return `expected at least ${MIN_PASSWORD_LENGTH} characters, got ${characters.length}; a few words are easy to keep in mind`;
  }
  if (characters.length > MAX_PASSWORD_LENGTH) {
    return `expected at most ${MAX_PASSWORD_LENGTH} characters, got ${characters.length}`;
  }
  const lower = characters.join('').toLowerCase();
  if (new Set(lower).size < MIN_DISTINCT) return `expected at least ${MIN_DISTINCT} different characters`;
  if (period(lower) < MIN_PERIOD) return 'a short part that is repeated is easy to guess; take other words';
  if (unobvious(lower, userName).length < MIN_UNOBVIOUS) {
    return 'the user name, common words and rows of keys are easy to guess; take other words';
  }
  return undefined;
}

/** The text without the user name, common words and rows; what stands before and after a part is not joined. */
function unobvious(text: string, userName: string): string {
  // A name of one or two letters is in every text.
  const names = userName.length >= 3 ? [userName.toLowerCase()] : [];
  let left = text;
  for (const part of [...names, ...COMMON_PARTS]) left = left.replaceAll(part, '\0');
  const characters = [...left];
  const inRun = new Set<number>();
  for (let at = 0; at + RUN_LENGTH <= characters.length; at += 1) {
    if (!RUNS.has(characters.slice(at, at + RUN_LENGTH).join(''))) continue;
    for (let step = 0; step < RUN_LENGTH; step += 1) inRun.add(at + step);
  }
  return characters.filter((character, at) => character !== '\0' && !inRun.has(at)).join('');
}

/** Length of the shortest part of which the text is a repetition, the last one perhaps cut. */
function period(text: string): number {
  for (let length = 1; length < text.length; length += 1) {
    if (text.slice(length) === text.slice(0, text.length - length)) return length;
  }
  return text.length;
}
