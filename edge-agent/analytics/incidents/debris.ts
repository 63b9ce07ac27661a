// Things that lie on the carriageway: small, still, and not there before.

import type { Observation } from '../observation.ts';
import type { Carriageway, ToGround } from './carriageway.ts';
import type { Finding } from './finding.ts';
import type { Traffic } from './traffic.ts';

export class Debris {
  constructor(
    carriageway: Carriageway,
    options: {
      readonly picture: { readonly width: number; readonly height: number } | undefined;
      readonly toGround: ToGround | undefined;
    },
  ) {
    void carriageway;
    void options;
  }

  find(_traffic: Traffic, _observation: Observation, _on: boolean): Finding[] {
    return [];
  }

  reset(): void {
    return;
  }
}
