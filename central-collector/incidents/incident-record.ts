// All that is known of one incident, growing by versions and verdicts that come in any order and again.

import type { AgentAddress, Incident, IncidentEvidence } from '../../contract/index.ts';
import { idOf, plainId } from './incident-id.ts';
import { type OperatorsView, operatorsView } from './operators-view.ts';
import { mergedVerdicts, type Severity, type Verdict } from './verdict.ts';

/** What the timeline shows of one message of the camera. */
export type IncidentVersion = {
  readonly version: number;
  readonly atMs: number;
  readonly state: Incident['state'];
  readonly severity: Severity;
  readonly clearedAtMs: number | undefined;
  readonly measures: Incident['measures'];
};

export type IncidentRecord = AgentAddress & {
  /** `site.agent.id` */
  readonly id: string;
  /** `site/agent/camera` */
  readonly camera: string;
  /** The highest version. */
  readonly event: Incident;
  /** The newest that any version told: a box forgets it sooner than it deletes the files. */
  readonly evidence: IncidentEvidence;
  /** By rising version. */
  readonly versions: readonly IncidentVersion[];
  /** In the order of the centre. */
  readonly verdicts: readonly Verdict[];
  readonly view: OperatorsView;
};

/** Of one that lasts for weeks; the first and the newest are kept, the database has them all. */
const MAX_VERSIONS = 100;
const FIRST_VERSIONS = 10;

/**
 * A record with this version as well; the same object when it tells nothing new. Highest version wins, whatever comes
 * last.
 */
export function withEvent(
  record: IncidentRecord | undefined,
  address: AgentAddress,
  event: Incident,
): IncidentRecord {
  if (record === undefined) {
    const { site, agent } = address;
    const versions = [versionOf(event)];
    return {
      ...{ site, agent, versions, verdicts: [], view: operatorsView(versions, []) },
      id: idOf({ site, agent, id: event.id }),
      camera: `${site}/${agent}/${event.camera}`,
      event: event.id === plainId(event.id) ? event : { ...event, id: plainId(event.id) },
      evidence: event.evidence ?? {},
    };
  }
  if (record.versions.some(({ version }) => version === event.version)) return record;
  const isNewest = event.version > record.event.version;
  const versions = bounded([...record.versions, versionOf(event)].sort((a, b) => a.version - b.version));
  return {
    ...record,
    versions,
    event: isNewest ? { ...event, id: record.event.id } : record.event,
    evidence: isNewest
      ? { ...record.evidence, ...event.evidence }
      : { ...event.evidence, ...record.evidence },
    view: operatorsView(versions, record.verdicts),
  };
}

/** A record with these verdicts as well; the same object when it had them all. */
export function withVerdicts(record: IncidentRecord, more: readonly Verdict[]): IncidentRecord {
  const verdicts = mergedVerdicts(record.verdicts, more);
  if (verdicts.length === record.verdicts.length) return record;
  return { ...record, verdicts, view: operatorsView(record.versions, verdicts) };
}

function versionOf({
  version,
  updatedAtMs,
  state,
  severity,
  clearedAtMs,
  measures,
}: Incident): IncidentVersion {
  return { version, atMs: updatedAtMs, state, severity, clearedAtMs, measures };
}

function bounded(versions: IncidentVersion[]): IncidentVersion[] {
  if (versions.length > MAX_VERSIONS) versions.splice(FIRST_VERSIONS, versions.length - MAX_VERSIONS);
  return versions;
}
