// The set-up page once the file is there: picture and tools beside the objects, the text, the changes and the versions.

import { useEffect, useState } from 'preact/hooks';
import { Badge } from '../../parts/badge.tsx';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { problemText } from '../../parts/problem.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { scanAddress } from '../slit-scan/view.ts';
import type { Checker } from './checker.ts';
import { Difference } from './difference.tsx';
import { LeaveGuard } from './leave-guard.tsx';
import type { Editor } from './model/editor.ts';
import { ObjectList } from './object-list.tsx';
import { Picture } from './picture.tsx';
import { PictureBar, PictureNotes } from './picture-bar.tsx';
import { SaveDialog } from './save-dialog.tsx';
import type { Saving } from './saving.ts';
import { DrawingHint, ToolBar, ViewTools } from './tool-bar.tsx';
import { VersionList } from './version-list.tsx';
import { VersionNews } from './version-state.tsx';
import { t } from './words.ts';
import type { WorkbenchState } from './workbench-state.ts';
import { YamlText } from './yaml-text.tsx';

type Side = 'objects' | 'text' | 'changes' | 'versions';

export function Workbench({ state }: { readonly state: WorkbenchState }) {
  const { editor, scene, checker, saving, setup } = state;
  const { site, agent, camera } = setup.name;
  const [side, setSide] = useState<Side>('objects');
  const [isSaving, setSaving] = useState(false);
  const { value: broken } = editor.broken;
  const { value: isChanged } = editor.isChanged;
  const problems = checker.problems.value ?? [];
  const { name } = editor.drawing.value.value;
  const { value: news } = saving.news;
  const isOnItsWay = saving.isOnItsWay.value;
  const { value: draftOf } = state.draftOf;

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => undoByKey(event, editor);
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [editor]);

  // Saved or undone: it is no draft any more.
  useEffect(() => {
    if (!isChanged) state.draftOf.value = undefined;
  }, [isChanged, state]);

  const tabs = [
    { key: 'objects', title: t('objects') },
    {
      key: 'text',
      title: (
        <>
          {t('text')} {problems.length > 0 && <Badge tone="bad">{problems.length}</Badge>}
        </>
      ),
    },
    { key: 'changes', title: t('changes') },
    { key: 'versions', title: t('versions') },
  ] as const;

  return (
    <div class={`setup setup-${side}`}>
      <header class="setup-head">
        <ButtonLink href={`/cameras/${site}/${agent}/${camera}`} look="quiet" icon="left" label={t('back')} />
        <h1>
          <small>{t('title')}</small> {typeof name === 'string' ? name : camera}
        </h1>
        <div class="setup-state">
          <CheckState checker={checker} />
          <SavedState editor={editor} saving={saving} />
          <ButtonLink icon="scan" label={t('scan')} href={scanAddress(`${site}/${agent}/${camera}`)}>
            <span class="setup-word">{t('scan')}</span>
          </ButtonLink>
          <Button look="primary" disabled={!isChanged || isOnItsWay} onClick={() => setSaving(true)}>
            {t('save')}
          </Button>
        </div>
      </header>
      <div class="setup-notes">
        {!state.isInReach && <p class="news news-warn">{t('outOfReach')}</p>}
        {news !== undefined && <VersionNews version={news} />}
        {draftOf !== undefined && isChanged && (
          <p class="news news-accent">
            {t('draftFound')} {draftOf !== editor.base.value.revision && t('draftOld', { revision: draftOf })}
          </p>
        )}
        {broken !== undefined && (
          <p class="news news-bad" role="alert">
            {t('brokenText', { line: broken.line, message: broken.message })}
          </p>
        )}
      </div>
      <section class="setup-picture" aria-label={t('canvas')} aria-busy={scene.isStillLoading.value}>
        <ToolBar editor={editor} />
        <DrawingHint editor={editor} />
        <div class="setup-canvas">
          <Picture editor={editor} scene={scene} problemIds={[...checker.ofShapes.value.keys()]} />
          <ViewTools scene={scene} />
          <PictureNotes scene={scene} />
        </div>
        <PictureBar scene={scene} />
      </section>
      <section class="setup-side">
        <Tabs label={t('sides')} tabs={tabs} selected={side} onSelect={setSide}>
          {side === 'objects' && (
            <ObjectList editor={editor} scene={scene} problemsOf={checker.ofShapes.value} />
          )}
          {side === 'text' && <YamlText editor={editor} problems={problems} />}
          {side === 'changes' && <Changes editor={editor} />}
          {side === 'versions' && <VersionList editor={editor} saving={saving} setup={setup} />}
        </Tabs>
      </section>
      {isSaving && (
        <SaveDialog
          editor={editor}
          saving={saving}
          problems={problems}
          onClose={() => {
            saving.conflict.value = undefined;
            saving.problem.value = undefined;
            setSaving(false);
          }}
        />
      )}
      <LeaveGuard isChanged={isChanged && !isOnItsWay} />
    </div>
  );
}

function Changes({ editor }: { readonly editor: Editor }) {
  const [isAsked, setAsked] = useState(false);
  const { value: base } = editor.base;
  return (
    <div class="changes">
      <p class="field-hint">{t('runsNow', { revision: base.revision })}</p>
      <Difference before={base.text} after={editor.text.value} />
      {editor.isChanged.value && (
        <div class="button-row">
          {isAsked ? (
            <>
              <span>{t('discardSure', { revision: base.revision })}</span>
              <Button onClick={() => setAsked(false)}>{t('keepEditing')}</Button>
              <Button
                look="danger"
                onClick={() => {
                  editor.write(base.text);
                  setAsked(false);
                }}
              >
                {t('discard')}
              </Button>
            </>
          ) : (
            <Button onClick={() => setAsked(true)}>{t('discard')}</Button>
          )}
        </div>
      )}
    </div>
  );
}

/** What a reader must know before leaving: does it run, is it on its way, or only here? */
function SavedState({ editor, saving }: { readonly editor: Editor; readonly saving: Saving }) {
  if (!editor.isChanged.value) return <Badge tone="ok">{t('saved')}</Badge>;
  if (saving.isOnItsWay.value) return <Badge tone="accent">{t('onItsWay')}</Badge>;
  return <Badge tone="warn">{t('notSaved')}</Badge>;
}

function CheckState({ checker }: { readonly checker: Checker }) {
  const { value: problems } = checker.problems;
  const { value: failure } = checker.failure;
  if (problems === undefined) {
    return failure === undefined ? (
      <span class="setup-check">{t('check')}</span>
    ) : (
      <Badge tone="warn">{t('checkFailed', { why: problemText(failure) })}</Badge>
    );
  }
  return problems.length === 0 ? (
    <Badge tone="ok">{t('checkFine')}</Badge>
  ) : (
    <Badge tone="bad">{t('problems', { n: problems.length })}</Badge>
  );
}

/** Fields of other texts keep their own undo. */
function undoByKey(event: KeyboardEvent, editor: Editor): void {
  const key = event.key.toLowerCase();
  if (!(event.ctrlKey || event.metaKey) || event.altKey || (key !== 'z' && key !== 'y')) return;
  const { target } = event;
  const isText = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
  if (isText && target.dataset.undo !== 'page' && target.type !== 'number') return;
  event.preventDefault();
  if (key === 'y' || event.shiftKey) editor.redo();
  else editor.undo();
}
