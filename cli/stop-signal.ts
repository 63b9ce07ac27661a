// How a running command is told to stop.

/** Resolves with SIGTERM or SIGINT, whichever comes first. A second one ends the process at once. */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
}
