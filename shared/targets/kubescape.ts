import { kindsOf } from '../kinds.ts';
import { CRONJOB_JOB_AND_POD, scanLeaf, scanRoot } from './patterns.ts';
import type { Tool } from './tool.ts';

const KUBESCAPE = kindsOf('kubescape.io', { OperatorCommand: 'operatorcommands' });

/**
 * Kubescape. Its CronJobs call its services over HTTP from an image that anything may run, so that only image and tier
 * label together are evidence (helm-charts kubescape-operator); the same tier with another image updates a database and is
 * no scan. What is triggered over HTTP alone never reaches admission. An OperatorCommand starts scans (operator
 * commandshandler.go).
 */
export const kubescape: Tool = {
  id: 'kubescape',
  title: 'Kubescape',
  source: 'https://kubescape.io',
  known: 'manifests',
  patterns: [
    scanLeaf({
      what: 'Kubescape scan',
      match: {
        kinds: CRONJOB_JOB_AND_POD,
        labels: { 'armo.tier': ['kubescape-scan', 'registry-scan', 'vuln-scan'] },
        images: ['http-request'],
      },
      afterDenial: 'lost',
    }),
    scanLeaf({
      what: 'Kubescape scan',
      match: { kinds: CRONJOB_JOB_AND_POD, commands: ['kubescape scan'] },
      afterDenial: 'failed',
    }),
    scanLeaf({
      what: 'Kubescape scan',
      match: { kinds: CRONJOB_JOB_AND_POD, entrypoints: ['kubescape scan', 'kubescape-cli scan'] },
      afterDenial: 'failed',
    }),
    scanRoot({
      what: 'Kubescape command',
      match: { kinds: [KUBESCAPE.OperatorCommand] },
      afterDenial: 'failed',
    }),
  ],
};
