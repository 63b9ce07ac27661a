// What every part of the scorecard is: it measures, says so while it does, and hands back its text and its targets.

import type { JudgedScene } from './judge-scene.ts';
import type { Chain } from './run-chain.ts';

/** A target that the scorecard names, and whether it is met. */
export type Target = { readonly what: string; readonly measured: string; readonly met: boolean };

export type SectionResult = {
  /** Markdown below the section's heading. */
  readonly text: string;
  readonly targets: readonly Target[];
};

export type ScorecardContext = {
  /** Folder with data that is not part of the project. */
  readonly data: string;
  /** Folder with rendered scenes. */
  readonly scenesDir: string;
  readonly model: string;
  /** Names of the scenes to judge; all rendered ones unless given. */
  readonly sceneNames?: readonly string[] | undefined;
  readonly say: (line: string) => void;
  /** The chain with the model, loaded at the first call. */
  readonly chain: () => Promise<Chain>;
  /** Every scene that is there, through the chain once for all sections. */
  readonly scenes: () => Promise<{
    readonly judged: readonly JudgedScene[];
    readonly missing: readonly string[];
  }>;
};

export type Section = {
  /** For `--only`. */
  readonly name: string;
  readonly heading: string;
  readonly measure: (context: ScorecardContext) => Promise<SectionResult>;
};

/** For what could not be measured: said, never left out. */
export function notMeasured(reason: string): SectionResult {
  return { text: `Not measured: ${reason}`, targets: [] };
}
