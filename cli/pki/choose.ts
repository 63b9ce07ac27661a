// Which certificates a person means: by the names of the list, by serial number, or by when they end.

import { PkiError } from './pki-error.ts';
import { type Entry, newestOfEach, stateOf } from './register.ts';

const DAY_MS = 86_400_000;

/** Every certificate of these names or serial numbers, in the register's order. Throws PkiError for a name that is unknown. */
export function chooseNamed(register: readonly Entry[], names: readonly string[]): Entry[] {
  const fits = ({ name, serial }: Entry, wanted: string) =>
    name === wanted || serial === wanted.toUpperCase();
  const unknown = names.filter((wanted) => !register.some((entry) => fits(entry, wanted)));
  if (unknown.length > 0) {
    throw new PkiError(
      `there is no certificate of ${unknown.join(', ')}: "ngatu pki list --all" shows all names and serial numbers`,
    );
  }
  return register.filter((entry) => names.some((wanted) => fits(entry, wanted)));
}

/** The newest of each name, where it ends within `days` or has ended; revoked ones are not wanted any more. */
export function chooseExpiring(register: readonly Entry[], days: number, nowMs: number): Entry[] {
  return newestOfEach(register, nowMs).filter(
    (entry) => stateOf(entry, nowMs) !== 'revoked' && entry.notAfterMs < nowMs + days * DAY_MS,
  );
}
