// Says what went wrong, as the centre says it, and offers to try again.

import { ApiProblem } from '../api/client.ts';
import { common } from '../words/common.ts';
import { Button } from './button.tsx';

export function Problem({ problem, onRetry }: { readonly problem: unknown; readonly onRetry?: () => void }) {
  return (
    <div class="problem" role="alert">
      <p>{problemText(problem)}</p>
      {problem instanceof ApiProblem && problem.detail !== '' && problem.detail !== problemText(problem) && (
        <p class="problem-detail">{problem.detail}</p>
      )}
      {problem instanceof ApiProblem && problem.errors.length > 1 && (
        <ul>
          {problem.errors.map(({ path, message }) => (
            <li key={path + message}>
              <code>{path}</code> {message}
            </li>
          ))}
        </ul>
      )}
      {onRetry !== undefined && <Button onClick={onRetry}>{common('retry')}</Button>}
    </div>
  );
}

/** A problem in a sentence, in the page's language where the page knows it. */
export function problemText(problem: unknown): string {
  if (!(problem instanceof ApiProblem)) return common('failed');
  if (problem.status === 0) return common('unreachable');
  if (problem.code === 'not-allowed') return common('notAllowed');
  if (problem.code === 'not-found') return common('notFound');
  if (problem.code === 'unavailable') return common('unavailable');
  if (problem.code === 'internal-error') return common('failed');
  return problem.detail === '' ? common('failed') : problem.detail;
}
