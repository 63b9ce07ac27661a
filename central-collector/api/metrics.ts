// The collector's numbers for Prometheus, read at the moment of the scrape.

import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { type CollectorState, METRIC_HELP } from './collector-state.ts';

export type Metrics = { readonly contentType: string; text(): Promise<string> };

/** A registry of its own for each collector, so that two in one process (tests) do not mix. */
export function createMetrics(state: () => CollectorState): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  // Taken once for each scrape: all numbers of a page are of one moment.
  let current = state();
  for (const name of Object.keys(current.totals)) {
    new Counter({
      name: `ngatu_collector_${name}_total`,
      help: METRIC_HELP[name] ?? name,
      registers,
      collect() {
        this.reset();
        this.inc(current.totals[name] ?? 0);
      },
    });
  }
  for (const name of Object.keys(current.gauges)) {
    new Gauge({
      name: `ngatu_collector_${name}`,
      help: METRIC_HELP[name] ?? name,
      registers,
      collect() {
        this.set(current.gauges[name] ?? 0);
      },
    });
  }
  new Counter({
    name: 'ngatu_collector_quarantined_total',
    help: 'Messages put into quarantine, by reason',
    labelNames: ['reason'],
    registers,
    collect() {
      this.reset();
      for (const [reason, n] of Object.entries(current.quarantined)) this.inc({ reason }, n);
    },
  });
  return {
    contentType: registry.contentType,
    text: () => {
      current = state();
      return registry.metrics();
    },
  };
}
