// The buttons by which operators answer for an incident, and the questions that come before some of them.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { IncidentAnswer } from '../../../../api/schemas/incidents.ts';
import { send } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { common } from '../../words/common.ts';
import { learn } from './store.ts';
import { ASKS, actionKey, isOpenTo, VERDICT_KEYS, VERDICT_ORDER, type Verdict } from './verdicts.ts';
import { t } from './words.ts';

const WORDS = {
  acknowledge: 'acknowledge',
  confirm: 'confirm',
  'false-alarm': 'falseAlarm',
  clear: 'clear',
  note: 'note',
} as const satisfies Record<Verdict, string>;

export type Acting = {
  /** The verdict whose question is open. */
  readonly asking: { readonly incident: IncidentAnswer; readonly verdict: Verdict } | null;
  readonly busy: { readonly id: string; readonly verdict: Verdict } | null;
  /** What became of the last verdict, with the incident that it was for. */
  readonly problem: { readonly id: string; readonly problem: unknown } | null;
  readonly begin: (incident: IncidentAnswer, verdict: Verdict) => void;
  readonly cancel: () => void;
  readonly finish: (note: string) => Promise<void>;
};

/** One verdict at a time. A verdict that failed is sent again with the same key, so that it is never done twice. */
export function useActing(onDone?: (incident: IncidentAnswer) => void): Acting {
  const [asking, setAsking] = useState<Acting['asking']>(null);
  const [busy, setBusy] = useState<Acting['busy']>(null);
  const [problem, setProblem] = useState<Acting['problem']>(null);
  const under = useRef(false);
  const failed = useRef<{ of: string; key: string } | null>(null);

  const act = async (incident: IncidentAnswer, verdict: Verdict, note?: string) => {
    if (under.current || !may('verdict')) return false;
    under.current = true;
    setBusy({ id: incident.id, verdict });
    setProblem(null);
    const of = JSON.stringify([incident.id, verdict, note]);
    const key = failed.current?.of === of ? failed.current.key : actionKey();
    try {
      const answer = await send<IncidentAnswer>(
        'POST',
        `/incidents/${encodeURIComponent(incident.id)}/verdicts`,
        { verdict, key, ...(note !== undefined && { note }) },
      );
      failed.current = null;
      learn(answer);
      onDone?.(answer);
      return true;
    } catch (error) {
      failed.current = { of, key };
      setProblem({ id: incident.id, problem: error });
      return false;
    } finally {
      under.current = false;
      setBusy(null);
    }
  };

  return {
    asking,
    busy,
    problem,
    begin: (incident, verdict) => {
      if (!isOpenTo(incident, verdict) || !may('verdict')) return;
      setProblem(null);
      if (ASKS.has(verdict)) setAsking({ incident, verdict });
      else void act(incident, verdict);
    },
    cancel: () => setAsking(null),
    finish: async (note) => {
      if (asking === null) return;
      const said = note.trim();
      if (await act(asking.incident, asking.verdict, said === '' ? undefined : said)) setAsking(null);
    },
  };
}

export function VerdictButtons({
  incident,
  acting,
  only,
  held = false,
}: {
  readonly incident: IncidentAnswer;
  readonly acting: Acting;
  readonly only?: readonly Verdict[];
  /** Something else stood here a moment ago: a press is not meant for this yet. */
  readonly held?: boolean;
}) {
  if (!may('verdict')) return only === undefined ? <p class="incident-quiet">{t('mayNot')}</p> : null;
  const problem =
    acting.problem?.id === incident.id && acting.asking === null ? acting.problem.problem : null;
  return (
    <div class="verdicts">
      {VERDICT_ORDER.filter((verdict) => only?.includes(verdict) ?? true).map((verdict) => {
        const isOpen = isOpenTo(incident, verdict);
        if (!isOpen && only !== undefined) return null;
        const isUnder = acting.busy?.id === incident.id && acting.busy.verdict === verdict;
        return (
          <Button
            key={verdict}
            look={verdict === 'acknowledge' && isOpen ? 'primary' : 'plain'}
            disabled={!isOpen || held || acting.busy !== null}
            busy={isUnder}
            aria-keyshortcuts={VERDICT_KEYS[verdict]}
            data-verdict={verdict}
            onClick={() => acting.begin(incident, verdict)}
          >
            {t(WORDS[verdict])}
            {only === undefined && <kbd>{VERDICT_KEYS[verdict]}</kbd>}
          </Button>
        );
      })}
      {problem !== null && (
        <div class="verdicts-problem">
          <Problem problem={problem} />
        </div>
      )}
    </div>
  );
}

/** The open question, if there is one. What has been typed stays when sending fails. */
export function VerdictDialog({ acting }: { readonly acting: Acting }) {
  const { asking } = acting;
  if (asking === null) return null;
  return <Question key={`${asking.incident.id} ${asking.verdict}`} acting={acting} asking={asking} />;
}

function Question({
  acting,
  asking: { incident, verdict },
}: {
  readonly acting: Acting;
  readonly asking: NonNullable<Acting['asking']>;
}) {
  const [text, setText] = useState('');
  const [missing, setMissing] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const isNote = verdict === 'note';
  useEffect(() => field.current?.focus(), []);
  const finish = () => {
    if (isNote && text.trim() === '') {
      setMissing(true);
      field.current?.focus();
      return;
    }
    void acting.finish(text);
  };
  const title = verdict === 'clear' ? 'askClearTitle' : isNote ? 'askNoteTitle' : 'askFalseAlarmTitle';
  return (
    <Dialog
      title={t(title)}
      onClose={acting.cancel}
      actions={
        <>
          <Button onClick={acting.cancel}>{common('cancel')}</Button>
          <Button look="primary" busy={acting.busy !== null} onClick={finish}>
            {t(isNote ? 'saveNote' : WORDS[verdict])}
          </Button>
        </>
      }
    >
      <div class="verdict-question">
        {!isNote && (
          <p>
            {t(
              verdict !== 'clear'
                ? 'askFalseAlarm'
                : incident.unconfirmed
                  ? 'askClearUnconfirmed'
                  : 'askClear',
            )}
          </p>
        )}
        <Field
          label={t(isNote ? 'noteText' : 'reason')}
          {...(isNote && { hint: t('noteHint') })}
          problem={missing ? t('noteNeeded') : undefined}
        >
          {(control) => (
            <textarea
              class="input"
              rows={isNote ? 5 : 2}
              maxLength={2000}
              value={text}
              ref={field}
              onInput={(event) => {
                setText(event.currentTarget.value);
                setMissing(false);
              }}
              onKeyDown={(event) => {
                if (event.key !== 'Enter' || (!event.ctrlKey && !event.metaKey && isNote) || event.shiftKey)
                  return;
                event.preventDefault();
                finish();
              }}
              {...control}
            />
          )}
        </Field>
        {acting.problem?.id === incident.id && <Problem problem={acting.problem.problem} />}
      </div>
    </Dialog>
  );
}
