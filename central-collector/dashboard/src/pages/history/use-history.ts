// Asks for a view's numbers. What was asked for before is called off; numbers of another question never stay on screen
// under the new one.

import { useEffect, useState } from 'preact/hooks';
import type { TypicalDayAnswer } from '../../../../api/schemas/typical-day.ts';
import { get, type Query } from '../../api/client.ts';
import { renewals } from '../../live/stream.ts';
import type { AnyAnswer, Every, Measured } from './answers.ts';
import { isOfHours, type Past, type Reference, referenceOf, typicalOf } from './compare.ts';
import { readAnswer, scaleOf } from './measures.ts';
import { type Asked, coarserQuery, coarsest, type Grain, grainOf } from './query.ts';
import type { View } from './view.ts';

export type Found = {
  readonly measured: Measured | null;
  readonly references: readonly Reference[];
  /** Of the comparison alone; the numbers themselves are there. */
  readonly referenceProblem: unknown;
  /** It was asked for finer intervals, of which there are none. */
  readonly coarser: Grain | null;
};

export type History = {
  readonly found: Found | null;
  readonly problem: unknown;
  readonly loading: boolean;
  readonly reload: () => void;
};

type State = Omit<History, 'reload'> & { readonly subject: string };

const MOST_PAGES = 20;
/** Typing and dragging ask once, when they rest. */
const SETTLE_MS = 120;

/** @param minute Changes when the present is to be asked for again. null asks nothing. */
export function useHistory(
  asked: Asked | null,
  { measure, compare }: Pick<View, 'measure' | 'compare'>,
  timeZone: string,
  minute: number,
): History {
  const [state, setState] = useState<State>({ found: null, problem: undefined, loading: true, subject: '' });
  const [turn, setTurn] = useState(0);
  const key = asked === null ? null : JSON.stringify([asked.path, asked.now, asked.pasts, compare, measure]);
  const renewal = renewals.value;

  // The key stands for the question; a turn, a renewal and a minute ask it again.
  useEffect(() => {
    if (asked === null) return;
    const stop = new AbortController();
    const { subject } = asked;
    setState((old) => ({
      ...old,
      subject,
      found: old.subject === subject ? old.found : null,
      problem: undefined,
      loading: true,
    }));
    const timer = setTimeout(() => {
      const showFirst = (found: Found) => {
        if (!stop.signal.aborted) setState((old) => ({ ...old, found }));
      };
      find(asked, measure, timeZone, stop.signal, showFirst).then(
        (found) => setState({ found, problem: undefined, loading: false, subject }),
        (problem: unknown) => {
          if (!stop.signal.aborted) setState((old) => ({ ...old, problem, loading: false }));
        },
      );
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [key, turn, renewal, minute]);

  const isOther = asked !== null && state.subject !== asked.subject;
  return {
    found: isOther ? null : state.found,
    problem: isOther ? undefined : state.problem,
    loading: isOther || state.loading,
    reload: () => setTurn((now) => now + 1),
  };
}

async function find(
  { path, now, pasts, typical, isAuto }: Asked,
  measure: View['measure'],
  timeZone: string,
  signal: AbortSignal,
  /** Gets the numbers themselves while those that they are compared with are still on their way. */
  showFirst: (found: Found) => void,
): Promise<Found> {
  const read = async (query: Query) => readAnswer(await pagesOf(path, query, signal), measure);
  const readPasts = (grain: Grain | null) =>
    Promise.all(
      pasts.map(async ({ days, query }): Promise<Past | null> => {
        const past = await read(grain === null ? query : coarserQuery(query, grain));
        return past === null ? null : { days, measured: past };
      }),
    );
  const isKnown = (past: Past | null) => past !== null;
  let measured = await read(now);
  let coarser = isAuto && measured !== null ? grainOf(measured) : null;
  if (coarser === null) showFirst({ measured, references: [], referenceProblem: undefined, coarser });
  try {
    let known = (await readPasts(coarser)).filter(isKnown);
    const grain = isAuto ? coarsest([coarser, ...known.map((past) => grainOf(past.measured))]) : null;
    if (grain !== null && grain !== coarser && known.length > 0)
      known = (await readPasts(grain)).filter(isKnown);
    coarser = grain ?? coarser;
    if (coarser !== null) measured = await read(coarserQuery(now, coarser));
    if (measured === null) return { measured, references: [], referenceProblem: undefined, coarser };
    const shown = measured;
    const references =
      typical === null
        ? known.flatMap((past) => referenceOf(shown, past, timeZone))
        : typicalOf(shown, await typicalDay(typical, shown.every, signal), timeZone, scaleOf(measure));
    return { measured, references, referenceProblem: undefined, coarser };
  } catch (referenceProblem) {
    if (signal.aborted) throw referenceProblem;
    // Without the comparison the numbers are still there.
    return { measured, references: [], referenceProblem, coarser };
  }
}

/** By hours where the weeks before are not kept any finer: quarter hours would be three holes in a row. */
async function typicalDay(
  typical: NonNullable<Asked['typical']>,
  every: Every,
  signal: AbortSignal,
): Promise<TypicalDayAnswer> {
  const answer = await get<TypicalDayAnswer>('/typical-day', typical(every), signal);
  return isOfHours(answer) ? get<TypicalDayAnswer>('/typical-day', typical('1h'), signal) : answer;
}

async function pagesOf(path: string, query: Query, signal: AbortSignal): Promise<AnyAnswer[]> {
  const pages: AnyAnswer[] = [];
  let cursor: string | null = null;
  do {
    const page: AnyAnswer = await get<AnyAnswer>(path, { ...query, cursor }, signal);
    pages.push(page);
    cursor = page.next;
  } while (cursor !== null && pages.length < MOST_PAGES);
  return pages;
}
