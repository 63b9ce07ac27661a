// A page whose code is fetched when it is first opened. A failure (the centre was updated, the link is gone) says so
// and offers to load the whole page again.

import type { FunctionComponent, VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { common } from '../words/common.ts';
import { Problem } from './problem.tsx';

export function lazyPage(load: () => Promise<{ readonly Page: FunctionComponent }>): () => VNode | null {
  let loaded: FunctionComponent | undefined;
  return function LazyPage() {
    const [page, setPage] = useState(() => loaded);
    const [problem, setProblem] = useState<unknown>(undefined);
    useEffect(() => {
      if (page !== undefined) return;
      load().then(
        (module) => {
          loaded = module.Page;
          setPage(() => module.Page);
        },
        (error: unknown) => setProblem(error),
      );
    }, [page]);
    if (problem !== undefined) return <Problem problem={problem} onRetry={() => window.location.reload()} />;
    const Page = page;
    if (Page !== undefined) return <Page />;
    return (
      <p role="status" aria-busy="true">
        {common('loading')}
      </p>
    );
  };
}
