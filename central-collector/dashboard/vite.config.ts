// Builds the page into dist/central-collector/dashboard, from where the centre serves it. `npx vite
// central-collector/dashboard` serves it while it is written, and asks a centre on this machine for data.

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const CENTRE = process.env.NGATU_CENTRE ?? 'http://127.0.0.1:9465';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  build: {
    outDir: fileURLToPath(new URL('../../dist/central-collector/dashboard', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    // Everything is a file of its own: the page's security policy takes nothing from within a page.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': { target: CENTRE, changeOrigin: true, ws: true } },
  },
  logLevel: 'warn',
});
