// The scorecard as a document.

import { table } from './markdown.ts';
import type { Section, SectionResult } from './section.ts';

export function renderScorecard(
  versions: readonly (readonly [string, string])[],
  results: readonly { readonly section: Pick<Section, 'heading'>; readonly result: SectionResult }[],
): string {
  const targets = results.flatMap(({ result }) => result.targets);
  const met = targets.filter((target) => target.met).length;
  const parts = [
    '# Scorecard',
    'Made by `npm run scorecard`; nothing in it is written by hand. Scenes are rendered (docs/scenes.md), and their truth is exact; how real they look to detectors is measured there.',
    table(['measured with', 'version'], versions),
    `## Targets: ${met} of ${targets.length} met`,
    ...(targets.length > 0
      ? [
          table(
            ['target', 'measured', 'met'],
            targets.map((target) => [target.what, target.measured, target.met ? 'yes' : '**no**']),
          ),
        ]
      : []),
    ...results.flatMap(({ section, result }) => [`## ${section.heading}`, result.text]),
  ];
  return `${parts.join('\n\n')}\n`;
}
