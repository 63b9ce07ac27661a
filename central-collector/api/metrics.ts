// The collector's numbers for Prometheus, read at the moment of the scrape.

import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { type CollectorState, METRIC_HELP } from './collector-state.ts';

/** A registry of its own for each collector, so that two in one process (tests) do not mix. */
export function createMetrics(state: () => CollectorState): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const { totals, gauges } = state();
  for (const name of Object.keys(totals)) {
    const help = METRIC_HELP[name];
    if (help === undefined) continue;
    const options = { name: `ngatu_collector_${name}_total`, help, registers: [registry] };
    new Counter({
      ...options,
      collect() {
        this.reset();
        this.inc(state().totals[name] ?? 0);
      },
    });
  }
  for (const name of Object.keys(gauges)) {
    const help = METRIC_HELP[name];
    if (help === undefined) continue;
    const options = { name: `ngatu_collector_${name}`, help, registers: [registry] };
    new Gauge({
      ...options,
      collect() {
        this.set(state().gauges[name] ?? 0);
      },
    });
  }
  new Counter({
    name: 'ngatu_collector_quarantined_total',
    help: 'Messages put into quarantine, by reason',
    labelNames: ['reason'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [reason, n] of Object.entries(state().quarantined)) this.inc({ reason }, n);
    },
  });
  return registry;
}
