// Set up a camera: its picture, what is drawn on it, its file.

import { useEffect, useState } from 'preact/hooks';
import { useParams } from 'wouter-preact';
import { may } from '../../api/session.ts';
import { Problem } from '../../parts/problem.tsx';
import { CameraSetup } from './api.ts';
import { keepDraft, readDraft } from './model/draft.ts';
import { t } from './words.ts';
import { Workbench } from './workbench.tsx';
import { WorkbenchState } from './workbench-state.ts';
import './page.css';
import './canvas.css';

export function Page() {
  const { site = '', agent = '', camera = '' } = useParams<{ site: string; agent: string; camera: string }>();
  const mayConfigure = may('configure');
  const [state, setState] = useState<WorkbenchState | undefined>(undefined);
  const [problem, setProblem] = useState<unknown>(undefined);
  const [turn, setTurn] = useState(0);
  const id = `${site}/${agent}/${camera}`;

  useEffect(() => {
    document.title = `${t('title')} ${camera} – ngatu`;
    const setup = new CameraSetup({ site, agent, camera });
    const next = new WorkbenchState(setup, !mayConfigure);
    const stop = new AbortController();
    let stopKeeping: (() => void) | undefined;
    setProblem(undefined);
    setState(undefined);
    setup.configuration(stop.signal).then(
      (answer) => {
        const draft = readDraft(sessionStorage, id);
        next.open(answer, mayConfigure ? draft : undefined);
        setState(next);
        stopKeeping = next.editor.text.subscribe(() => {
          const { value: base } = next.editor.base;
          const { value: text } = next.editor.text;
          if (mayConfigure)
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
  }, [id, mayConfigure, turn]);

  if (problem !== undefined) return <Problem problem={problem} onRetry={() => setTurn((now) => now + 1)} />;
  if (state === undefined) return <p role="status">{t('loading')}</p>;
  return <Workbench state={state} />;
}
