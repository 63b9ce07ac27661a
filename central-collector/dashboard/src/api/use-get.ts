// Data of the API for a component: asked for when it appears, when the question changes, and when the live stream has
// had a gap.

import { useCallback, useEffect, useState } from 'preact/hooks';
import { renewals } from '../live/stream.ts';
import { address, get, type Query } from './client.ts';

export type Got<T> = {
  /** Of the last answer; kept while the same question is asked again, undefined after another one. */
  readonly data: T | undefined;
  /** Of the last attempt. */
  readonly problem: unknown;
  readonly loading: boolean;
  /** When `data` arrived, by this machine's clock. */
  readonly atMs: number | null;
  readonly reload: () => void;
};

type State<T> = {
  url: string | null;
  data: T | undefined;
  problem: unknown;
  loading: boolean;
  atMs: number | null;
};

/**
 * @param path null asks nothing. `refreshS`: asks again so often; `renew` false: not when the live stream begins or had
 * a gap, for what is long past.
 */
export function useGet<T>(
  path: string | null,
  query?: Query,
  { refreshS, renew = true }: { refreshS?: number; renew?: boolean } = {},
): Got<T> {
  const url = path === null ? null : address(path, query);
  const [turn, setTurn] = useState(0);
  const [state, setState] = useState<State<T>>({
    url,
    data: undefined,
    problem: undefined,
    loading: url !== null,
    atMs: null,
  });
  const renewal = renew ? renewals.value : 0;
  const reload = useCallback(() => setTurn((now) => now + 1), []);

  // Path and query are in url; turn and renewal ask again.
  useEffect(() => {
    if (path === null || url === null) {
      setState({ url, data: undefined, problem: undefined, loading: false, atMs: null });
      return;
    }
    const stop = new AbortController();
    setState((old) => ({
      ...old,
      url,
      data: old.url === url ? old.data : undefined,
      atMs: old.url === url ? old.atMs : null,
      loading: true,
    }));
    get<T>(path, query, stop.signal).then(
      (data) => setState({ url, data, problem: undefined, loading: false, atMs: Date.now() }),
      (problem: unknown) => {
        if (!stop.signal.aborted) setState((old) => ({ ...old, problem, loading: false }));
      },
    );
    return () => stop.abort();
  }, [url, turn, renewal]);

  useEffect(() => {
    if (refreshS === undefined) return;
    const timer = setInterval(reload, refreshS * 1000);
    return () => clearInterval(timer);
  }, [refreshS, reload]);

  const { data, problem, loading, atMs } = state;
  // Until the effect has run, an answer to the question before must not pass for one to this.
  return state.url === url
    ? { data, problem, loading, atMs, reload }
    : { data: undefined, problem: undefined, loading: url !== null, atMs: null, reload };
}
