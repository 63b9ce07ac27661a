// Why there is no slit scan, and what to do about it.

import { ApiProblem } from '../../api/client.ts';
import { Button } from '../../parts/button.tsx';
import { Problem } from '../../parts/problem.tsx';
import { common } from '../../words/common.ts';
import { t } from './words.ts';

const KNOWN = {
  'not-allowed': ['kept', 'keptHint'],
  'not-found': ['off', 'offHint'],
  conflict: ['tooOld', 'tooOldHint'],
  unavailable: ['away', 'awayHint'],
} as const;

export function ScanProblem({
  problem,
  onRetry,
}: {
  readonly problem: unknown;
  readonly onRetry: () => void;
}) {
  if (!(problem instanceof ApiProblem) || !isKnown(problem.code))
    return <Problem problem={problem} onRetry={onRetry} />;
  const [title, hint] = KNOWN[problem.code];
  return (
    <div class="scan-problem" role="alert">
      <p class="empty-title">{t(title)}</p>
      <p>{t(hint)}</p>
      {/* What the box itself says, as it says it. */}
      <p class="scan-quiet" lang="en">
        {problem.detail}
      </p>
      {problem.retryable && <Button onClick={onRetry}>{common('retry')}</Button>}
    </div>
  );
}

function isKnown(code: string): code is keyof typeof KNOWN {
  return Object.hasOwn(KNOWN, code);
}
