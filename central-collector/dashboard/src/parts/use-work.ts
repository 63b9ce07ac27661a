// Something that a button sets going: whether it is under way, and what went wrong with it.

import { useState } from 'preact/hooks';

export type Work = {
  readonly busy: boolean;
  /** Of the last task; undefined when it succeeded or is under way. */
  readonly problem: unknown;
  /** Never rejects. */
  readonly work: (task: () => Promise<void>) => Promise<void>;
};

export function useWork(): Work {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(undefined);
  const work = async (task: () => Promise<void>) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await task();
    } catch (failure) {
      setProblem(failure);
    }
    setBusy(false);
  };
  return { busy, problem, work };
}
