// What the routes of the set-up need; centre.ts hands it in. Failures have a `code` that says what they are to a client.

import type {
  ConfigurationAnswer,
  ConfigurationVersion,
  SetupProblem,
  TrajectoriesAnswer,
} from '../schemas/setup.ts';

export type CityCamera = { readonly site: string; readonly agent: string; readonly camera: string };

/** Called before anything is sent to the box; facts for the audit log. */
export type AuditChange = (facts: Readonly<Record<string, unknown>>) => Promise<void>;

export type SetupSource = {
  /** The newest picture that the box lets go. */
  still(
    camera: CityCamera,
  ): Promise<{ readonly jpeg: Buffer; readonly sha256: string; readonly atMs: number }>;
  configuration(camera: CityCamera): Promise<ConfigurationAnswer>;
  /** What is wrong with a text, as far as the centre can tell. */
  check(yaml: string): readonly SetupProblem[];
  save(
    camera: CityCamera,
    change: {
      readonly yaml: string;
      readonly baseRevision: number;
      readonly note: string | undefined;
      readonly by: string;
      readonly audit: AuditChange;
    },
  ): Promise<ConfigurationVersion>;
  rollBack(
    camera: CityCamera,
    change: { readonly revision: number; readonly by: string; readonly audit: AuditChange },
  ): Promise<ConfigurationVersion>;
  /** Newest first. */
  versions(camera: CityCamera): Promise<ConfigurationVersion[]>;
  version(
    camera: CityCamera,
    revision: number,
  ): Promise<{ readonly version: ConfigurationVersion; readonly yaml: string }>;
  trajectories(camera: CityCamera, minutes: number): Promise<TrajectoriesAnswer>;
};
