// One trouble of the centre: what it means, then its own words.

import { centreProblem } from '../words/centre-problems.ts';

export function CentreProblem({ problem }: { readonly problem: string }) {
  const { said, told, isTranslated } = centreProblem(problem);
  if (said === null) return <>{told}</>;
  return (
    <>
      {said} <small {...(!isTranslated && { lang: 'en' })}>({told.replace(/\.$/, '')})</small>
    </>
  );
}
