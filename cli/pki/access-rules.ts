// Mosquitto's access rules for agents and collectors: who may publish and read which topics.

import { type Channel, filterOf, TOPIC_ROOT } from '../../contract/index.ts';

/** Seen from an agent; a collector has the other end of each. */
const FROM_AGENT: readonly Channel[] = ['events', 'status', 'health', 'reply'];
const TO_AGENT: readonly Channel[] = ['ack', 'command'];

const HEAD = `# Who may publish and read what at the broker. Made by "ngatu pki acl"; see docs/security.md.
#
# An agent's user name is {site}/{agent}: the name in its certificate, or its name in the password file. Mosquitto puts
# it in for %u, so that each agent has the topics under its own name and no others. Subscribing to others is granted by
# Mosquitto 2.0 and gives nothing: it looks at these rules for every message that it hands over.
`;

/** The file, for these collectors; each has a user name of its own, because Mosquitto knows no groups. */
export function accessRules(collectors: readonly string[]): string {
  const agents = [
    ...FROM_AGENT.map((channel) => `pattern write ${TOPIC_ROOT}/%u/${channel}`),
    ...TO_AGENT.map((channel) => `pattern read ${TOPIC_ROOT}/%u/${channel}`),
  ];
  const blocks = collectors.map((name) =>
    [
      `user ${name}`,
      ...FROM_AGENT.map((channel) => `topic read ${filterOf(channel)}`),
      ...TO_AGENT.map((channel) => `topic write ${filterOf(channel)}`),
    ].join('\n'),
  );
  return `${[HEAD + agents.join('\n'), ...blocks].join('\n\n')}\n`;
}
