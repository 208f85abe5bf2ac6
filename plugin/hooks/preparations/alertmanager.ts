import type { Preparation } from './preparation.ts';

/**
 * What alerts call a node by: `node` those of kube-state-metrics and kubelet; `instance` those of node-exporter, with or
 * without a port; `nodename` those that node_uname_info is joined to. One silence is about alerts that all its matchers fit, so
 * that each of them has one of its own.
 */
const LABELS = [
  { name: 'node', value: '$(NODE)' },
  { name: 'instance', value: '$(NODE)(:[0-9]+)?', isRegex: true },
  { name: 'nodename', value: '$(NODE)' },
];

/** What this installation has to say of a node is not for silence: that it is in maintenance for too long. */
const NOT_OURS = { name: 'alertname', value: 'KubectlMaint.*', isRegex: true, isEqual: false };

/** Alertmanager (https://prometheus.io/docs/alerting): a node in maintenance wakes nobody. */
export const alertmanager: Preparation = {
  id: 'alertmanager',
  about: 'Alertmanager silences alerts about the node until it is back',
  hasServer: true,
  hooks: ({ server }) => [
    {
      name: 'alertmanager',
      at: 'before-drain',
      steps: LABELS.map((label) => ({
        name: label.name,
        silence: { ...(server !== undefined && { server }), matchers: [label, NOT_OURS] },
        timeout: '30s',
        // That people are woken is no reason to leave a node as it is.
        onFailure: 'warn',
      })),
    },
  ],
};
