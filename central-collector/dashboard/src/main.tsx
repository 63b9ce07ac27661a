// Starts the page.

import { render } from 'preact';
import { App } from './app.tsx';
import './theme/tokens.css';
import './theme/base.css';
import './parts/button.css';
import './parts/parts.css';
import { applyTheme } from './theme/theme.ts';
import { applyLanguage } from './words/words.ts';

applyTheme();
applyLanguage();
const page = document.getElementById('page');
if (page !== null) render(<App />, page);
