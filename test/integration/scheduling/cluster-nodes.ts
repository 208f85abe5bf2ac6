import { HOSTNAME_LABEL, RECORD_ANNOTATION, STATE_LABEL } from '../../../shared/labels.ts';
import type { MaintenanceRecord } from '../../../shared/record/record.ts';
import { renderRecord } from '../../../shared/record/record.ts';
import type { NodeSpec } from '../../control-plane/control-plane.ts';

/** A node of the comparison: what the control plane makes of it is read back from its API. */
export interface Scene {
  readonly node: NodeSpec;
  readonly held?: boolean;
  readonly cordoned?: boolean;
}

const RECORD: MaintenanceRecord = {
  version: 1,
  claims: [{ owner: 'kernel', mode: 'cordon', since: '2030-01-01T00:00:00Z' }],
  before: { cordoned: false },
  exceptions: [],
  initiatedAt: '2030-01-01T00:00:00Z',
};

const ZONE = 'topology.kubernetes.io/zone';
/** Its taint stays for ever where no cloud controller removes it; so do all other taints here. */
const SHUTDOWN = { key: 'node.cloudprovider.kubernetes.io/shutdown', effect: 'NoSchedule' };
const UNINITIALIZED = { key: 'node.cloudprovider.kubernetes.io/uninitialized', value: 'true', effect: 'NoSchedule' };
const GPU = { key: 'gpu', effect: 'NoExecute' };

/** Two nodes share this hostname label, one of them in maintenance. */
const TWIN = { [HOSTNAME_LABEL]: 'twin.example' };

/** Thirteen nodes, six of them in maintenance; `rank` is for Gt and Lt and not always a number. */
export const SCENES: readonly Scene[] = [
  held({ name: 'held-plain', labels: { [ZONE]: 'a', disk: 'ssd', rank: '3', only: 'held' } }),
  held({
    name: 'held-alias',
    labels: { [HOSTNAME_LABEL]: 'alias.example', [ZONE]: 'b', disk: 'ssd', rank: '0010' },
    taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }],
  }),
  held({ name: 'held-twin', labels: { ...TWIN, [ZONE]: 'a', disk: 'hdd', rank: '20', pool: 'blue' } }),
  held({ name: 'held-down', labels: { [ZONE]: 'c', disk: 'nvme', rank: 'x', pool: 'red' }, taints: [SHUTDOWN] }),
  held({ name: 'held-silent', arch: 'arm64', labels: { [ZONE]: 'b', only: 'held', pool: '' }, silent: true }),
  {
    ...held({ name: 'held-open', arch: 'arm64', labels: { [ZONE]: 'c', rank: '10', gpu: 'true' }, taints: [GPU] }),
    cordoned: false,
  },
  { node: { name: 'free-plain', labels: { [ZONE]: 'a', disk: 'hdd', rank: '7', pool: 'red' } } },
  { node: { name: 'free-twin', labels: { ...TWIN, [ZONE]: 'b', disk: 'ssd', rank: '5', pool: 'blue' } } },
  {
    node: {
      name: 'free-windows',
      os: 'windows',
      labels: { [HOSTNAME_LABEL]: 'win.example', [ZONE]: 'b', rank: '99999999999999999999' },
      taints: [{ key: 'os', value: 'windows', effect: 'NoSchedule' }],
    },
  },
  {
    node: {
      name: 'free-gpu',
      arch: 'arm64',
      labels: { [ZONE]: 'c', gpu: 'true', rank: '30' },
      taints: [GPU, { key: 'dedicated', value: 'web', effect: 'NoSchedule' }],
    },
  },
  {
    node: {
      name: 'free-control',
      role: 'control-plane',
      labels: { [ZONE]: 'a', rank: '9223372036854775807', pool: '' },
      taints: [{ key: 'busy', value: 'yes', effect: 'PreferNoSchedule' }],
    },
  },
  { node: { name: 'shut-cordoned', labels: { [ZONE]: 'c', disk: 'nvme', rank: '1', pool: 'green' } }, cordoned: true },
  { node: { name: 'shut-new', labels: { [ZONE]: 'b', pool: 'green' }, taints: [UNINITIALIZED] } },
];

function held(node: NodeSpec): Scene {
  return {
    node: {
      ...node,
      labels: { [STATE_LABEL]: 'complete', ...node.labels },
      annotations: { [RECORD_ANNOTATION]: renderRecord(RECORD) },
    },
    held: true,
    cordoned: true,
  };
}
