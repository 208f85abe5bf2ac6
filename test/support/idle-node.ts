import type { NodeStatus } from '../../plugin/verbs/status/node-status.ts';

/** What `status` says of a healthy node that is not in maintenance, but for its name. */
export const IDLE_NODE: Omit<NodeStatus, 'name'> = {
  state: 'None',
  mode: null,
  since: null,
  until: null,
  overdue: false,
  claims: [],
  run: null,
  cordonedBy: null,
  podsLeft: null,
  progress: '',
  stoppedSince: null,
  unconfirmed: 0,
  ready: true,
  schedulable: true,
  health: null,
  heartbeat: null,
  deletion: null,
  expiry: null,
  repair: null,
  heldBack: null,
  exceptions: [],
  hooks: [],
  problems: [],
};
