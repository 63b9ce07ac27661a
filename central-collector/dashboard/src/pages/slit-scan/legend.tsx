// What the signs on the strips mean.

import { slugText } from '../../words/slugs.ts';
import type { Scan } from './scan.ts';
import { t } from './words.ts';

export function Legend({ scan: { directions } }: { readonly scan: Scan }) {
  const { toLeft, toRight } = directions;
  return (
    <ul class="scan-legend" aria-label={t('legend')}>
      <li>
        <span aria-hidden="true">◀</span> {t('legendTo', { direction: slugText(toLeft), side: t('left') })}
      </li>
      <li>
        <span aria-hidden="true">▶</span>{' '}
        {t('legendTo', { direction: slugText(toRight), side: t('rightSide') })}
      </li>
      <li>
        <span class="legend-mark mark-nobody" aria-hidden="true">
          <span class="mark-ring">✕</span>
        </span>{' '}
        {t('legendWrong')}
      </li>
      <li>
        <span class="legend-mark mark-missed" aria-hidden="true">
          <span class="mark-ring">+</span>
        </span>{' '}
        {t('legendMissed')}
      </li>
      <li>
        <span class="legend-mark is-pending" aria-hidden="true">
          <span class="mark-ring" />
        </span>{' '}
        {t('legendPending')}
      </li>
    </ul>
  );
}
