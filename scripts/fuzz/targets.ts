// All targets. Weights are by what is at stake and by what an input costs.

import type { FuzzTarget } from './target.ts';
import { ackTarget } from './targets/acks.ts';
import { addressTarget } from './targets/addresses.ts';
import { cardTarget } from './targets/cards.ts';
import { configTarget } from './targets/config.ts';
import { databaseTarget } from './targets/database.ts';
import { hiddenSecretTarget } from './targets/hidden-secrets.ts';
import { agentHttpTarget, collectorHttpTarget } from './targets/http.ts';
import { ledgerTarget } from './targets/ledger.ts';
import { logTarget } from './targets/logs.ts';
import { messageTarget } from './targets/messages.ts';
import { outboxTarget } from './targets/outbox.ts';
import { quarantineTarget } from './targets/quarantine.ts';
import { storeErrorTarget } from './targets/store-errors.ts';
import { transportStreamTarget } from './targets/transport-stream.ts';

export const TARGETS: readonly FuzzTarget[] = [
  messageTarget,
  ackTarget,
  outboxTarget,
  quarantineTarget,
  ledgerTarget,
  storeErrorTarget,
  databaseTarget,
  configTarget,
  hiddenSecretTarget,
  cardTarget,
  addressTarget,
  logTarget,
  transportStreamTarget,
  collectorHttpTarget,
  agentHttpTarget,
];
