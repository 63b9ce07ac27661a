// Accounts in a process of their own, made to be killed: adds users as fast as it can and prints the name of each once
// it was confirmed.
//
//   node accounts-child.mjs DIRECTORY PREFIX

import { pino } from 'pino';
import { Accounts } from '../../../../dist/central-collector/api/accounts/accounts.js';

const [directory, prefix] = process.argv.slice(2);
const accounts = new Accounts({
  directory,
  log: pino({ level: 'silent' }),
  hashCost: { logN: 4, r: 8, p: 1 },
  auditFileBytes: 4000,
});
await accounts.open();
for (let n = 0; n < 800; n += 1) {
  const name = `${prefix}-${n}`;
  await accounts.users.add({ by: 'system' }, { name, role: 'viewer' });
  process.stdout.write(`${name}\n`);
}
