import { backupRoot } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * KubeVirt. Snapshots of virtual machines are CSI snapshots of their volumes, behind a pause of the guest: no pod is
 * made for them.
 */
export const kubevirt: Tool = {
  id: 'kubevirt',
  title: 'KubeVirt snapshots',
  source: 'https://kubevirt.io',
  patterns: [
    backupRoot({
      what: 'snapshot or restore of a virtual machine',
      match: { kinds: ['snapshot.kubevirt.io/VirtualMachineRestore', 'snapshot.kubevirt.io/VirtualMachineSnapshot'] },
      afterDenial: 'failed',
    }),
  ],
};
