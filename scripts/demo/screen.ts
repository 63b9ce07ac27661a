// Shows snapshots: redrawn in place on a terminal; elsewhere a plain line every few seconds, and the counts
// beside the truth in the end.

import { createLogUpdate } from 'log-update';
import { renderLine, renderTable, type Snapshot } from './table.ts';
import type { TruthComparison } from './truth-ledger.ts';
import { truthTable } from './truth-table.ts';

export type Screen = {
  show(snapshot: Snapshot): void;
  /** Leaves the last snapshot standing. Idempotent. */
  close(): void;
};

const LINE_INTERVAL_MS = 5000;

export function openScreen(output: NodeJS.WriteStream): Screen {
  // A terminal of no size, as some recorders make, would show nothing.
  return output.isTTY && output.rows > 0 && output.columns > 0 ? terminal(output) : log(output);
}

function terminal(output: NodeJS.WriteStream): Screen {
  const update = createLogUpdate(output);
  const colour = process.env.NO_COLOR === undefined && output.hasColors();
  return {
    show: (snapshot) => update(renderTable(snapshot, { colour })),
    close: () => update.done(),
  };
}

function log(output: NodeJS.WriteStream): Screen {
  let shownAtMs = Number.NEGATIVE_INFINITY;
  let truth: TruthComparison | undefined;
  return {
    show: (snapshot) => {
      truth = snapshot.truth;
      if (snapshot.elapsedMs - shownAtMs < LINE_INTERVAL_MS) return;
      shownAtMs = snapshot.elapsedMs;
      output.write(`${renderLine(snapshot)}\n`);
    },
    // Lines have no room for classes and directions: they come once, in the end.
    close: () => {
      if (truth) output.write(`\n${truthTable(truth, (_, text) => text).join('\n')}\n`);
      truth = undefined;
    },
  };
}
