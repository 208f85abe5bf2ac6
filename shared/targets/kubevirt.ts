import { kindsOf } from '../kinds.ts';
import { backupRoot } from './patterns.ts';
import type { Tool } from './tool.ts';

const KUBEVIRT = kindsOf('snapshot.kubevirt.io', {
  VirtualMachineRestore: 'virtualmachinerestores',
  VirtualMachineSnapshot: 'virtualmachinesnapshots',
});

/**
 * KubeVirt. Snapshots of virtual machines are CSI snapshots of their volumes, behind a pause of the guest: no pod is
 * made for them.
 */
export const kubevirt: Tool = {
  id: 'kubevirt',
  title: 'KubeVirt snapshots',
  source: 'https://kubevirt.io',
  known: 'code',
  patterns: [
    backupRoot({
      what: 'snapshot or restore of a virtual machine',
      match: { kinds: [KUBEVIRT.VirtualMachineRestore, KUBEVIRT.VirtualMachineSnapshot] },
      afterDenial: 'failed',
    }),
  ],
};
