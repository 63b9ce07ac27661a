// Shows a page in the browser of a desktop; without one, the address on the terminal has to do.

import { spawn } from 'node:child_process';

/** Never throws: who has no browser here has read the address. */
export function openBrowser(url: string): void {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (!process.stdout.isTTY || (DISPLAY === undefined && WAYLAND_DISPLAY === undefined)) return;
  const child = spawn('xdg-open', [url], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
