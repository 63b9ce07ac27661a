// Names of incidents at the centre: `site.agent.id`. A box makes its ids alone, so two boxes may make the same.

import { type AgentAddress, SLUG } from '../../contract/index.ts';

export type IncidentAddress = AgentAddress & {
  /** As the box calls it. */
  readonly id: string;
};

export function idOf({ site, agent, id }: IncidentAddress): string {
  return `${site}.${agent}.${plainId(id)}`;
}

/** Undefined for a text that names no incident. Slugs hold no dot: the rest, whatever it holds, is the box's id. */
export function addressOf(text: string): IncidentAddress | undefined {
  const first = text.indexOf('.');
  const second = text.indexOf('.', first + 1);
  const [site, agent, id] = [text.slice(0, first), text.slice(first + 1, second), text.slice(second + 1)];
  const valid =
    first > 0 && second > 0 && SLUG.test(site) && SLUG.test(agent) && id !== '' && id.length <= 100;
  return valid ? { site, agent, id } : undefined;
}

/** As the database gives it back: it keeps no control characters. */
export function plainId(id: string): string {
  return id.replace(/\p{Cc}+/gu, ' ');
}
