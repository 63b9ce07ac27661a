// Chromium as a renderer: bundles the page, serves it on the loopback interface, and takes frames from it.

import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type Browser, type Page as BrowserPage, chromium } from 'playwright-core';
import type { FrameOrder, Page } from './render-protocol.ts';
import type { Scene } from './scene-file.ts';

declare const window: { ngatuScenes: Page };

const CHROMIUM = process.env.NGATU_CHROMIUM ?? '/usr/bin/chromium';
const QUIET = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-extensions',
  '--mute-audio',
];
/** Mesa's llvmpipe through EGL: about twice as fast as SwiftShader, which every Chromium brings along. */
const MESA = ['--use-gl=angle', '--use-angle=gl-egl', '--ignore-gpu-blocklist'];
const SWIFTSHADER = [
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-gpu',
];

type Sink = { take: ((frame: Buffer) => Promise<void>) | undefined };

export class RendererError extends Error {
  override readonly name = 'RendererError';
  readonly retryable = false;
}

export class Renderer {
  readonly #browser: Browser;
  readonly #page: BrowserPage;
  readonly #server: Server;
  readonly #sink: Sink;
  #closed = false;

  private constructor(browser: Browser, page: BrowserPage, server: Server, sink: Sink) {
    this.#browser = browser;
    this.#page = page;
    this.#server = server;
    this.#sink = sink;
  }

  static async start(onProblem: (message: string) => void): Promise<Renderer> {
    const script = await bundle();
    const sink: Sink = { take: undefined };
    const server = createServer((request, response) => {
      if (request.method === 'POST') {
        const parts: Buffer[] = [];
        request.on('data', (part: Buffer) => parts.push(part));
        request.on('end', () => {
          const taken = sink.take?.(Buffer.concat(parts)) ?? Promise.resolve();
          taken.then(
            () => response.end('ok'),
            (error: unknown) => response.writeHead(500).end(String(error)),
          );
        });
      } else if (request.url === '/page.js') {
        response.setHeader('content-type', 'text/javascript; charset=utf-8').end(script);
      } else {
        response
          .setHeader('content-type', 'text/html')
          .end(
            '<!doctype html><meta charset=utf-8><title>scene</title><body style="margin:0"></body><script src=/page.js></script>',
          );
      }
    });
    await new Promise<void>((resolve, reject) =>
      server.once('error', reject).listen(0, '127.0.0.1', resolve),
    );
    const { port } = server.address() as AddressInfo;
    let browser: Browser | undefined;
    try {
      browser = await chromium.launch({
        executablePath: CHROMIUM,
        headless: true,
        args: [...QUIET, ...(process.env.NGATU_SWIFTSHADER ? SWIFTSHADER : MESA)],
      });
      const page = await browser.newPage();
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning')
          if (!/GPU stall/.test(message.text())) onProblem(message.text().slice(0, 400));
      });
      page.on('pageerror', (error) => onProblem(error.message.slice(0, 400)));
      await page.goto(`http://127.0.0.1:${port}/`);
      await page.waitForFunction('window.ngatuScenes !== undefined', undefined, { timeout: 30_000 });
      return new Renderer(browser, page, server, sink);
    } catch (error) {
      await browser?.close();
      server.close();
      throw new RendererError(
        `Chromium at ${CHROMIUM} did not start; run "bash scripts/scenes/setup.sh", or name another with NGATU_CHROMIUM`,
        { cause: error },
      );
    }
  }

  /** Builds the scene's world; returns the size of its frames, which overscan the picture for lens distortion. */
  async open(scene: Scene): Promise<{ width: number; height: number }> {
    return await this.#page.evaluate((one) => window.ngatuScenes.open(one), scene);
  }

  /** Draws frames in order; each goes to `take` as planar YUV 4:2:0 before the next is drawn. */
  async frames(orders: readonly FrameOrder[], take: (frame: Buffer) => Promise<void>): Promise<void> {
    this.#sink.take = take;
    await this.#page.evaluate((list) => window.ngatuScenes.frames(list), orders);
    this.#sink.take = undefined;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#browser.close();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

async function bundle(): Promise<string> {
  const root = repositoryRoot();
  const result = await build({
    entryPoints: [`${root}/scripts/scenes/render/page.ts`],
    bundle: true,
    format: 'iife',
    write: false,
    logLevel: 'silent',
    minify: true,
  });
  const [file] = result.outputFiles;
  if (!file) throw new RendererError('esbuild gave no output for scripts/scenes/render/page.ts');
  return file.text;
}

/** The nearest folder above with a package.json: this file runs from sources and compiled. */
export function repositoryRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder)
      throw new RendererError('No package.json above this file; run from a checkout of the repository');
    folder = parent;
  }
  return folder;
}
