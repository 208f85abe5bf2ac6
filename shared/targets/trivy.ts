import { KUBERNETES } from '../kinds.ts';
import { JOB_AND_POD, namedScan, NO_SCAN_NAMES, scanLeaf } from './patterns.ts';
import type { Tool, WorkPattern } from './tool.ts';

const JOBS = [KUBERNETES.CronJob, KUBERNETES.Job];
/** Subcommands with which Trivy scans a cluster or a node; with others it scans something that may be anywhere. */
const TRIVY_OF_CLUSTER = ['trivy k8s', 'trivy kubernetes', 'trivy rootfs', 'trivy vm'];
/** Arguments with which it scans nothing: it fills its cache, serves others, or says what it is. */
const NO_SCAN = [
  '--download-db-only',
  '--download-java-db-only',
  '--version',
  'clean',
  'convert',
  'help',
  'module',
  'plugin',
  'registry',
  'server',
  'version',
];
/** Words in the names of other work; what the operator makes is its own (trivy-operator.ts). */
const OTHER_WORDS = [...NO_SCAN_NAMES, 'vulnerabilityreport'];

/**
 * Trivy's command line. `trivy k8s` makes node-collector Jobs (trivy-kubernetes collector.go). As a program it is a scan in
 * a Job or CronJob: of the cluster or a node by its subcommand, of an image where the name says so as well. A pod of a
 * pipeline that looks at one image before it is published scans nothing of this cluster, and a Trivy server is a service.
 */
export const trivy: Tool = {
  id: 'trivy',
  title: 'Trivy',
  source: 'https://github.com/aquasecurity/trivy',
  known: 'manifests',
  patterns: [
    scanLeaf({
      what: 'Trivy node collector',
      match: { kinds: JOB_AND_POD, labels: { 'trivy.collector.name': [] } },
      afterDenial: 'failed',
    }),
    ...[
      { kinds: JOBS, commands: TRIVY_OF_CLUSTER, without: NO_SCAN },
      { kinds: JOBS, entrypoints: TRIVY_OF_CLUSTER, without: NO_SCAN },
      ...namedScan('trivy', NO_SCAN, OTHER_WORDS),
    ].map((match): WorkPattern => scanLeaf({ what: 'Trivy scan', match, afterDenial: 'failed' })),
    ...[
      { kinds: [KUBERNETES.Pod], commands: ['trivy k8s', 'trivy kubernetes'] },
      { kinds: [KUBERNETES.Pod], entrypoints: ['trivy k8s', 'trivy kubernetes'] },
    ].map((match): WorkPattern => scanLeaf({ what: 'Trivy scan of the cluster', match, afterDenial: 'failed' })),
  ],
};
