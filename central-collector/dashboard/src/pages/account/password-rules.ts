// What of a new password can be told while it is typed. The centre decides; this only spares a round.

export type PasswordRule = 'length' | 'different' | 'same';

const LEAST = 12;

/** Rules that are kept so far; `undefined`: nothing is typed yet. */
export function keptRules(
  current: string,
  wanted: string,
  again: string,
): Readonly<Record<PasswordRule, boolean | undefined>> {
  const typed = wanted !== '';
  return {
    length: typed ? [...wanted.normalize('NFKC')].length >= LEAST : undefined,
    different: typed && current !== '' ? wanted.normalize('NFKC') !== current.normalize('NFKC') : undefined,
    same: again === '' ? undefined : again === wanted,
  };
}
