import type { MaintErrorCode } from '../../shared/index.ts';

/** The exit codes of the plugin: a contract with scripts. */
export const EXIT = {
  done: 0,
  bug: 1,
  usage: 2,
  denied: 3,
  cluster: 4,
  /** Gave up waiting, only partly done; of `doctor`: a check fails. */
  gaveUp: 5,
  inMaintenance: 6,
  interrupted: 130,
} as const;

/** What each exit code means, for help and docs. */
export const EXIT_MEANING: readonly (readonly [ExitCode, string])[] = [
  [EXIT.done, 'done'],
  [EXIT.bug, 'a bug: please report it'],
  [EXIT.usage, 'usage or bad input'],
  [EXIT.denied, 'denied by policy or by a guard; what was done before that is told'],
  [EXIT.cluster, 'the cluster refused, or cannot be reached'],
  [
    EXIT.gaveUp,
    "gave up waiting, or only partly done (the node's record says how far it came); a check of doctor fails",
  ],
  [EXIT.inMaintenance, 'status --exit-code: some node is in maintenance'],
  [EXIT.interrupted, "interrupted; the node's record says how far it came"],
];

/** Any exit code of the plugin. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The exit code for each kind of failure. */
export const EXIT_OF: Readonly<Record<MaintErrorCode, ExitCode>> = {
  usage: EXIT.usage,
  denied: EXIT.denied,
  cluster: EXIT.cluster,
  'gave-up': EXIT.gaveUp,
  interrupted: EXIT.interrupted,
};
