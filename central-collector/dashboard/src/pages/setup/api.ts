// What the set-up page asks of the centre about one camera.

import type {
  ConfigurationAnswer,
  ConfigurationVersion,
  SetupProblem,
  TrajectoriesAnswer,
} from '../../../../api/schemas/setup.ts';
import { ApiProblem, address, get, send } from '../../api/client.ts';

export type { ConfigurationAnswer, ConfigurationVersion, SetupProblem, TrajectoriesAnswer };
export type VersionState = ConfigurationVersion['state'];

export type CameraName = { readonly site: string; readonly agent: string; readonly camera: string };

export type Still = { readonly url: string; readonly atMs: number };

export class CameraSetup {
  readonly name: CameraName;
  readonly #path: string;

  constructor(name: CameraName) {
    this.name = name;
    this.#path = `/cameras/${name.site}/${name.agent}/${name.camera}`;
  }

  configuration(signal?: AbortSignal): Promise<ConfigurationAnswer> {
    return get(`${this.#path}/configuration`, {}, signal);
  }

  async check(yaml: string): Promise<readonly SetupProblem[]> {
    const { problems } = await send<{ problems: SetupProblem[] }>(
      'POST',
      `${this.#path}/configuration/check`,
      { yaml },
    );
    return problems;
  }

  async save(yaml: string, baseRevision: number, note: string): Promise<ConfigurationVersion> {
    const { version } = await send<{ version: ConfigurationVersion }>('PUT', `${this.#path}/configuration`, {
      yaml,
      baseRevision,
      ...(note.trim() !== '' && { note: note.trim() }),
    });
    return version;
  }

  async rollBack(revision: number): Promise<ConfigurationVersion> {
    const { version } = await send<{ version: ConfigurationVersion }>(
      'POST',
      `${this.#path}/configuration/roll-back`,
      { revision },
    );
    return version;
  }

  async versions(): Promise<readonly ConfigurationVersion[]> {
    const { versions } = await get<{ versions: ConfigurationVersion[] }>(
      `${this.#path}/configuration/versions`,
    );
    return versions;
  }

  async versionText(revision: number): Promise<string> {
    const { yaml } = await get<{ yaml: string }>(`${this.#path}/configuration/versions/${revision}`);
    return yaml;
  }

  trajectories(minutes: number, signal?: AbortSignal): Promise<TrajectoriesAnswer> {
    return get(`${this.#path}/trajectories`, { minutes }, signal);
  }

  /** The newest picture; the caller revokes its URL. Throws ApiProblem, `not-allowed` where pictures stay on the box. */
  async still(signal: AbortSignal): Promise<Still> {
    const response = await fetch(address(`${this.#path}/still`), {
      credentials: 'same-origin',
      cache: 'no-store',
      signal,
    });
    if (!response.ok) {
      const document = await response.json().catch(() => ({}));
      throw new ApiProblem(response.status, document);
    }
    const takenAt = response.headers.get('last-modified');
    return {
      url: URL.createObjectURL(await response.blob()),
      atMs: takenAt === null ? Date.now() : Date.parse(takenAt),
    };
  }
}
