import type { MaintErrorCode } from '../shared/index.ts';

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
