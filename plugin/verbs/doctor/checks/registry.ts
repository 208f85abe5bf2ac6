import type { Check } from '../check.ts';
import { apiServer } from './api-server.ts';
import { canaryAddon } from './canary-addon.ts';
import { canaryBackup } from './canary-backup.ts';
import { canaryNodeGuard } from './canary-node-guard.ts';
import { canaryPlacement } from './canary-placement.ts';
import { canaryScan } from './canary-scan.ts';
import { certificates } from './certificates.ts';
import { clock } from './clock.ts';
import { controller } from './controller.ts';
import { floor } from './floor.ts';
import { latency } from './latency.ts';
import { overdue } from './overdue.ts';
import { policy } from './policy.ts';
import { records } from './records.ts';
import { register } from './register.ts';
import { replicas } from './replicas.ts';
import { rights } from './rights.ts';
import { versions } from './versions.ts';
import { webhook } from './webhook.ts';

/** Every check, in the order in which it is told. A new check is one file and one line here. */
export const CHECKS: readonly Check[] = [
  apiServer,
  clock,
  webhook,
  certificates,
  replicas,
  controller,
  versions,
  policy,
  floor,
  register,
  latency,
  canaryNodeGuard,
  canaryBackup,
  canaryScan,
  canaryAddon,
  canaryPlacement,
  records,
  overdue,
  rights,
];
