// Which page is at which address. Pages are loaded when they are first opened.

import { useEffect } from 'preact/hooks';
import { Route, Switch, useLocation } from 'wouter-preact';
import { loadCentre } from './api/centre.ts';
import { loadSession, session } from './api/session.ts';
import { live } from './live/stream.ts';
import { lazyPage } from './parts/lazy-page.tsx';
import { Shell } from './shell/shell.tsx';

const Overview = lazyPage(() => import('./pages/overview/page.tsx'));
const Camera = lazyPage(() => import('./pages/camera/page.tsx'));
const Incidents = lazyPage(() => import('./pages/incidents/page.tsx'));
const History = lazyPage(() => import('./pages/history/page.tsx'));
const Turning = lazyPage(() => import('./pages/turning/page.tsx'));
const Health = lazyPage(() => import('./pages/health/page.tsx'));
const Setup = lazyPage(() => import('./pages/setup/page.tsx'));
const SlitScan = lazyPage(() => import('./pages/slit-scan/page.tsx'));
const Account = lazyPage(() => import('./pages/account/page.tsx'));
const Administration = lazyPage(() => import('./pages/administration/page.tsx'));
const SignIn = lazyPage(() => import('./pages/sign-in/page.tsx'));
const NotFound = lazyPage(() => import('./pages/not-found/page.tsx'));

const SIGN_IN = '/sign-in';

export function App() {
  const who = session.value;
  const [path, navigate] = useLocation();

  useEffect(() => {
    void loadCentre();
    void loadSession();
  }, []);

  const mayWatch = who?.permissions.includes('stream') === true && !who.passwordChangeRequired;
  useEffect(() => {
    if (!mayWatch) return;
    live.start();
    return () => live.stop();
  }, [mayWatch]);

  useEffect(() => {
    if (who === null && path !== SIGN_IN) {
      const back = path === '/' ? '' : `?back=${encodeURIComponent(path + window.location.search)}`;
      navigate(SIGN_IN + back, { replace: true });
    }
    // A one-time password opens nothing but the form that changes it.
    if (who?.passwordChangeRequired && path !== SIGN_IN) navigate(SIGN_IN, { replace: true });
  }, [who, path, navigate]);

  if (path === SIGN_IN) return <SignIn />;
  if (!who || who.passwordChangeRequired) return null;
  return (
    <Shell>
      <Switch>
        <Route path="/" component={Overview} />
        <Route path="/cameras/:site/:agent/:camera" component={Camera} />
        <Route path="/incidents/:id?" component={Incidents} />
        <Route path="/history" component={History} />
        <Route path="/turning" component={Turning} />
        <Route path="/health" component={Health} />
        <Route path="/setup/:site/:agent/:camera" component={Setup} />
        <Route path="/slit-scan/:site/:agent/:camera" component={SlitScan} />
        <Route path="/account" component={Account} />
        <Route path="/administration" component={Administration} />
        <Route component={NotFound} />
      </Switch>
    </Shell>
  );
}
