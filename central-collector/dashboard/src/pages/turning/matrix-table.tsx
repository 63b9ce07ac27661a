// The matrix with its sums: the same numbers as the diagram.

import { formatNumber } from '../../words/formats.ts';
import { slugText } from '../../words/slugs.ts';
import { type Chosen, colourOf } from './diagram.tsx';
import type { Matrix } from './movements.ts';
import { t } from './words.ts';

export function MatrixTable({
  matrix: { arms, cells, entering, leaving, total },
  chosen,
  choose,
}: {
  readonly matrix: Matrix;
  readonly chosen: Chosen;
  readonly choose: (chosen: Chosen) => void;
}) {
  return (
    <section
      class="table-scroll"
      aria-label={t('fromTo')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <table class="table matrix" onMouseLeave={() => choose(null)}>
        <caption class="unseen">{t('matrix')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('fromTo')}</th>
            {arms.map((arm) => (
              <th key={arm} scope="col" class="numeric">
                {slugText(arm)}
              </th>
            ))}
            <th scope="col" class="numeric">
              {t('sumIn')}
            </th>
          </tr>
        </thead>
        <tbody>
          {cells.map((row, from) => (
            <tr key={arms[from]}>
              <th scope="row" onMouseEnter={() => choose({ from, to: null })}>
                <i class="matrix-colour" style={{ background: colourOf(from) }} />
                {slugText(arms[from] ?? '')}
              </th>
              {row.map(({ n, meanDurationS }, to) => (
                <td
                  key={arms[to]}
                  class={`numeric ${n === 0 ? 'matrix-none' : ''} ${chosen?.from === from && chosen.to === to ? 'matrix-chosen' : ''}`}
                  onMouseEnter={() => choose({ from, to })}
                  title={
                    meanDurationS === null ? undefined : t('meanDuration', { s: formatNumber(meanDurationS) })
                  }
                >
                  {formatNumber(n)}
                </td>
              ))}
              <td class="numeric matrix-sum">{formatNumber(entering[from])}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{t('sumOut')}</th>
            {leaving.map((n, to) => (
              <td key={arms[to]} class="numeric matrix-sum">
                {formatNumber(n)}
              </td>
            ))}
            <td class="numeric matrix-sum">{formatNumber(total)}</td>
          </tr>
        </tfoot>
      </table>
    </section>
  );
}
