import type { Decision, RuleId } from './verdict.ts';

/** `enforce` denies, `warn` lets pass with a warning, `audit` lets pass and records, `off` does not look. */
export type RuleMode = 'enforce' | 'warn' | 'audit' | 'off';

/** Whether a rule looks at the nodes that work reaches, or at any node in maintenance of the cluster. */
export type Scope = 'node' | 'cluster';

/** How one rule is applied. */
export interface RuleConfig {
  readonly mode: RuleMode;
  readonly scope: Scope;
  /** What to answer where the facts that decide cannot be found out. */
  readonly unknown: Decision;
}

/** The whole policy configuration. */
export interface PolicyConfig {
  readonly rules: Readonly<Record<RuleId, RuleConfig>>;
  /** `hold`: the change is accepted and waits on nodes in maintenance. `deny`: the change itself is refused. */
  readonly addonChange: 'hold' | 'deny';
  /**
   * How long an add-on's pod may be not Ready on a Ready node before it may be replaced although it is held.
   * Ten minutes outlast a reboot; held longer, a broken pod stops the rollout everywhere else.
   */
  readonly brokenAfterMs: number;
}

/** What applies where nothing is configured (product.md section 4). */
export const DEFAULT_POLICY: PolicyConfig = {
  rules: {
    backup: { mode: 'enforce', scope: 'node', unknown: 'deny' },
    scan: { mode: 'enforce', scope: 'cluster', unknown: 'deny' },
    // Denying what is not surely a rollout can stop a DaemonSet on every node: without facts it passes, with a warning.
    addon: { mode: 'enforce', scope: 'node', unknown: 'warn' },
  },
  addonChange: 'hold',
  brokenAfterMs: 10 * 60_000,
};
