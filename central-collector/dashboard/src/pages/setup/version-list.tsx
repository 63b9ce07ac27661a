// All versions of the camera's file: who, when, why, how they fared; compare and go back.

import { useEffect, useState } from 'preact/hooks';
import { nowMs } from '../../live/stream.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Problem } from '../../parts/problem.tsx';
import { formatMoment } from '../../words/formats.ts';
import type { CameraSetup, ConfigurationVersion } from './api.ts';
import { Difference } from './difference.tsx';
import type { Editor } from './model/editor.ts';
import { problemText } from './problem-words.ts';
import type { Saving } from './saving.ts';
import { VersionBadge } from './version-state.tsx';
import { t } from './words.ts';

type Shown = { readonly revision: number; readonly text: string; readonly isRollBack: boolean };

export function VersionList({
  editor,
  saving,
  setup,
}: {
  readonly editor: Editor;
  readonly saving: Saving;
  readonly setup: CameraSetup;
}) {
  const [shown, setShown] = useState<Shown | undefined>(undefined);
  const [problem, setProblem] = useState<unknown>(undefined);
  const { value: versions } = saving.versions;
  const { value: base } = editor.base;

  useEffect(() => {
    void saving.loadVersions();
  }, [saving]);

  const show = (revision: number, isRollBack: boolean) => {
    setProblem(undefined);
    setup.versionText(revision).then((text) => setShown({ revision, text, isRollBack }), setProblem);
  };

  return (
    <div class="versions">
      {problem !== undefined && <Problem problem={problem} />}
      {versions?.length === 0 && <p class="field-hint">{t('noVersions')}</p>}
      <ol>
        {(versions ?? []).map((version) => (
          <li key={version.revision} class="version">
            <div class="version-head">
              <strong>{t('revision', { n: version.revision })}</strong>
              <VersionBadge version={version} />
              <span class="version-when">{formatMoment(version.at, nowMs.value)}</span>
            </div>
            {version.by !== null && (
              <p class="version-who">
                {t('by', { who: version.by })}
                {version.note !== null && <q>{version.note}</q>}
              </p>
            )}
            <Problems version={version} />
            <div class="button-row">
              <Button onClick={() => show(version.revision, false)}>{t('viewDifference')}</Button>
              {version.revision !== base.revision && (
                <Button onClick={() => show(version.revision, true)}>{t('rollBack')}</Button>
              )}
            </div>
          </li>
        ))}
      </ol>
      {shown !== undefined && (
        <Dialog
          wide
          title={shown.isRollBack ? t('rollBack') : t('revision', { n: shown.revision })}
          onClose={() => setShown(undefined)}
          actions={
            !shown.isRollBack ? (
              <Button
                disabled={shown.text === editor.text.value}
                onClick={() => {
                  editor.write(shown.text);
                  setShown(undefined);
                }}
              >
                {t('takeText')}
              </Button>
            ) : (
              <>
                <Button onClick={() => setShown(undefined)}>{t('giveUp')}</Button>
                <Button
                  look="primary"
                  busy={saving.busy.value}
                  onClick={() =>
                    void saving.rollBack(shown.revision).then((isDone) => isDone && setShown(undefined))
                  }
                >
                  {t('rollBack')}
                </Button>
              </>
            )
          }
        >
          <div class="form">
            {shown.isRollBack && <p>{t('rollBackSure', { revision: shown.revision })}</p>}
            {shown.isRollBack && editor.isChanged.value && (
              <p class="field-problem">{t('rollBackWithDraft')}</p>
            )}
            <Difference
              before={shown.isRollBack ? editor.text.value : shown.text}
              after={shown.isRollBack ? shown.text : editor.text.value}
            />
            {saving.problem.value !== undefined && <Problem problem={saving.problem.value} />}
          </div>
        </Dialog>
      )}
    </div>
  );
}

function Problems({ version: { problems } }: { readonly version: ConfigurationVersion }) {
  if (problems.length === 0) return null;
  return (
    <ul class="version-problems">
      {problems.map(({ path, message }) => (
        <li key={`${path} ${message}`}>
          {path !== '' && <code>{path}</code>} {problemText(message)}
        </li>
      ))}
    </ul>
  );
}
