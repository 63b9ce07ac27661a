// Sequences are combined by adding what was counted in each, so that a long one weighs more than a short one.

/** Adds records of numbers, field by field; those of `zero` when there are none. */
export function sumTallies<Field extends string>(
  tallies: readonly Readonly<Record<Field, number>>[],
  zero: Readonly<Record<Field, number>>,
): Record<Field, number> {
  const sum: Record<Field, number> = { ...zero };
  for (const tally of tallies) {
    for (const field of Object.keys(zero) as Field[]) sum[field] += tally[field];
  }
  return sum;
}
