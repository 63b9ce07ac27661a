// How a version fares, as a badge and in a sentence that says what to do.

import { Badge, type Tone } from '../../parts/badge.tsx';
import type { ConfigurationVersion, VersionState } from './api.ts';
import { problemText } from './problem-words.ts';
import { versionWord } from './version-words.ts';
import { t } from './words.ts';

const TONES: Readonly<Record<VersionState, Tone>> = {
  sent: 'accent',
  applied: 'ok',
  refused: 'bad',
  'rolled-back': 'bad',
  unanswered: 'warn',
  found: 'off',
};

type Known = Pick<ConfigurationVersion, 'state' | 'revision'>;

/** What the box had before anybody set it up from here is no change. */
export function wordOf({ state, revision }: Known): VersionState | 'first' {
  return state === 'found' && revision === 1 ? 'first' : state;
}

export function VersionBadge({ version }: { readonly version: Known }) {
  return <Badge tone={TONES[version.state]}>{versionWord(wordOf(version))}</Badge>;
}

export function VersionNews({ version }: { readonly version: ConfigurationVersion }) {
  const { state, revision, problems } = version;
  return (
    <div class={`news news-${TONES[state]}`} role="status">
      <p>
        <VersionBadge version={version} /> {versionWord(`${wordOf(version)}What`, { revision })}
      </p>
      {problems.length > 0 && (
        <ul>
          {problems.map(({ path, message, line }) => (
            <li key={`${path} ${message}`}>
              {line !== undefined && `${t('problemAt', { line })} `}
              {path !== '' && <code>{path}</code>} {problemText(message)}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
