// Signing in, and the change of a one-time password that must come before anything else.

import { useEffect } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { session, sessionProblem, signOut } from '../../api/session.ts';
import { Button } from '../../parts/button.tsx';
import { chooseTheme, theme } from '../../theme/theme.ts';
import { chooseLanguage, language } from '../../words/words.ts';
import { PasswordForm } from '../account/password-form.tsx';
import { backFrom } from './back.ts';
import { SignInForm } from './sign-in-form.tsx';
import { t } from './words.ts';
import './page.css';

export function Page() {
  const who = session.value;
  const [, navigate] = useLocation();
  const back = backFrom(window.location.search);
  const mustChange = who?.passwordChangeRequired === true;
  const isIn = who != null && !mustChange;

  useEffect(() => {
    document.title = `${mustChange ? t('changeTitle') : t('title')} – ngatu`;
  });
  useEffect(() => {
    if (isIn) navigate(back, { replace: true });
  }, [isIn, back, navigate]);

  return (
    <main class="sign-in">
      <div class="sign-in-card">
        <header class="sign-in-head">
          <img src="/icon.svg" alt="" width="40" height="40" />
          <div>
            <p class="sign-in-name">ngatu</p>
            <p class="sign-in-product">{t('product')}</p>
          </div>
        </header>
        {who === undefined && (
          <p class="sign-in-note" role="status">
            {sessionProblem.value === null ? t('connecting') : t('unreachable')}
          </p>
        )}
        {who === null && (
          <>
            <h1>{t('title')}</h1>
            {back !== '/' && <p class="sign-in-note">{t('goOn')}</p>}
            <SignInForm />
          </>
        )}
        {who != null && mustChange && (
          <>
            <h1>{t('changeTitle')}</h1>
            <p class="sign-in-note">{t('changeWhy')}</p>
            <PasswordForm userName={who.user} onChanged={() => navigate(back, { replace: true })} focus />
            <Button look="quiet" onClick={() => void signOut().catch(() => undefined)}>
              {t('signOut')}
            </Button>
          </>
        )}
      </div>
      <footer class="sign-in-foot">
        <Button look="quiet" pressed={language.value === 'vi'} onClick={() => chooseLanguage('vi')}>
          <span lang="vi">Tiếng Việt</span>
        </Button>
        <Button look="quiet" pressed={language.value === 'en'} onClick={() => chooseLanguage('en')}>
          <span lang="en">English</span>
        </Button>
        <Button
          look="quiet"
          icon={theme.value === 'night' ? 'sun' : 'moon'}
          onClick={() => chooseTheme(theme.value === 'night' ? 'day' : 'night')}
        >
          {theme.value === 'night' ? t('day') : t('night')}
        </Button>
      </footer>
    </main>
  );
}
