// Topics are built and parsed here and nowhere else.

import { slugSchema } from './identifiers.ts';

export const TOPIC_ROOT = 'ngatu/v1';

export const CHANNELS = ['events', 'status', 'health', 'ack', 'command', 'reply'] as const;

export type Channel = (typeof CHANNELS)[number];

export type AgentAddress = { readonly site: string; readonly agent: string };

/** `ngatu/v1/{site}/{agent}/{channel}`. Throws RangeError when site or agent is not a slug. */
export function topicOf({ site, agent }: AgentAddress, channel: Channel, root = TOPIC_ROOT): string {
  for (const [name, value] of Object.entries({ site, agent })) {
    const parsed = slugSchema.safeParse(value);
    if (!parsed.success) {
      throw new RangeError(
        `${name} "${value}" cannot be part of a topic: ${parsed.error.issues[0]?.message}`,
      );
    }
  }
  return `${root}/${site}/${agent}/${channel}`;
}

/** Filter that matches one channel of every agent, for `subscribe`. */
export function filterOf(channel: Channel, root = TOPIC_ROOT): string {
  return `${root}/+/+/${channel}`;
}

/** The parts of a topic, or undefined when it is none of ours. */
export function parseTopic(
  topic: string,
  root = TOPIC_ROOT,
): (AgentAddress & { readonly channel: Channel }) | undefined {
  if (!topic.startsWith(`${root}/`)) return undefined;
  const [site, agent, channel, ...rest] = topic.slice(root.length + 1).split('/');
  if (rest.length > 0 || !CHANNELS.includes(channel as Channel)) return undefined;
  if (!slugSchema.safeParse(site).success || !slugSchema.safeParse(agent).success) return undefined;
  return { site: site as string, agent: agent as string, channel: channel as Channel };
}
