// Two texts side by side in one column: what goes, what comes, and a little of what is around.

import { differenceOf, shortened } from './model/text-difference.ts';
import { t } from './words.ts';

export function Difference({ before, after }: { readonly before: string; readonly after: string }) {
  if (before === after) return <p class="field-hint">{t('unchanged')}</p>;
  const lines = shortened(differenceOf(before, after));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="difference" tabIndex={0} aria-label={t('changes')}>
      <table>
        <tbody>
          {lines.map((line, i) =>
            typeof line === 'number' ? (
              <tr key={i} class="difference-skip">
                <td colSpan={3}>{t('equalLines', { n: line })}</td>
              </tr>
            ) : (
              <tr key={i} class={`difference-${line.what}`}>
                <td class="difference-number">{line.after ?? line.before}</td>
                <td class="difference-sign">
                  <span aria-hidden="true">{{ same: ' ', gone: '−', new: '+' }[line.what]}</span>
                  {line.what !== 'same' && <span class="unseen">{t(line.what)}</span>}
                </td>
                <td>
                  <code>{line.text}</code>
                </td>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </section>
  );
}
