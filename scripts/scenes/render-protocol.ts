// What Node asks of the browser page, and the page answers.

import type { Scene } from './scene-file.ts';
import type { Snapshot } from './sim/vehicle.ts';

export type FrameOrder = { readonly snapshot: Snapshot; readonly obscured: boolean };

/** Lives as `window.ngatuScenes`. */
export type Page = {
  open(scene: Scene): { width: number; height: number };
  frames(orders: readonly FrameOrder[]): Promise<number>;
};
