// Set up a camera: its picture, what is drawn on it, its file.

import { effect } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { useParams } from 'wouter-preact';
import { may } from '../../api/session.ts';
import { Problem } from '../../parts/problem.tsx';
import { type CameraName, CameraSetup } from './api.ts';
import { keepDraft, readDraft } from './model/draft.ts';
import { ViewOnly } from './view-only.tsx';
import { t } from './words.ts';
import { Workbench } from './workbench.tsx';
import { WorkbenchState } from './workbench-state.ts';
import './page.css';
import './objects.css';
import './text.css';
import './canvas.css';

export function Page() {
  const { site = '', agent = '', camera = '' } = useParams<{ site: string; agent: string; camera: string }>();
  const id = `${site}/${agent}/${camera}`;
  useEffect(() => {
    document.title = `${t('title')} ${camera} – ngatu`;
  });
  return may('configure') ? (
    <Configurable key={id} name={{ site, agent, camera }} />
  ) : (
    <ViewOnly key={id} name={{ site, agent, camera }} />
  );
}

function Configurable({ name: { site, agent, camera } }: { readonly name: CameraName }) {
  const [state, setState] = useState<WorkbenchState | undefined>(undefined);
  const [problem, setProblem] = useState<unknown>(undefined);
  const [turn, setTurn] = useState(0);

  useEffect(() => {
    const id = `${site}/${agent}/${camera}`;
    const setup = new CameraSetup({ site, agent, camera });
    const next = new WorkbenchState(setup);
    const stop = new AbortController();
    let stopKeeping: (() => void) | undefined;
    setProblem(undefined);
    setState(undefined);
    setup.configuration(stop.signal).then(
      (answer) => {
        next.open(answer, readDraft(sessionStorage, id));
        setState(next);
        const { editor } = next;
        stopKeeping = effect(() => {
          const { value: base } = editor.base;
          const { value: text } = editor.text;
          keepDraft(sessionStorage, id, text === base.text ? undefined : { revision: base.revision, text });
        });
      },
      (failure: unknown) => {
        if (!stop.signal.aborted) setProblem(failure);
      },
    );
    return () => {
      stop.abort();
      stopKeeping?.();
      next.close();
    };
  }, [site, agent, camera, turn]);

  if (problem !== undefined) return <Problem problem={problem} onRetry={() => setTurn((now) => now + 1)} />;
  if (state === undefined)
    return (
      <p role="status" aria-busy="true">
        {t('loading')}
      </p>
    );
  return <Workbench state={state} />;
}
