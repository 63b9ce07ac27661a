// Makes a failing input smaller, so that a person sees what matters in it.

/** Most tries, and the time for them: a little smaller is enough. */
const MAX_TRIES = 300;
const MAX_MS = 3000;

/** Removes pieces, large ones first, as long as `fails` says that it still fails. */
export async function minimise(
  input: Uint8Array,
  fails: (smaller: Uint8Array) => Promise<boolean>,
): Promise<Uint8Array> {
  const endMs = performance.now() + MAX_MS;
  let smallest = input;
  let tries = 0;
  for (let piece = Math.ceil(input.length / 2); piece >= 1; piece = piece === 1 ? 0 : Math.ceil(piece / 2)) {
    for (let at = 0; at < smallest.length; ) {
      if (tries++ >= MAX_TRIES || performance.now() > endMs) return smallest;
      const smaller = Buffer.concat([smallest.subarray(0, at), smallest.subarray(at + piece)]);
      if (await fails(smaller)) smallest = smaller;
      else at += piece;
    }
  }
  return smallest;
}
