import { listAt, textAt } from '../../../shared/index.ts';
import { conditionStatus, namedObject } from './objects.ts';
import { notice, type DataFinding, type DataObjects, type DataSystem, type Leaving } from './system.ts';

const GROUP = 'kubevirt.io';

/** KubeVirt (staging/src/kubevirt.io/api/core/v1; what an eviction does in virt-api's pod-eviction-admitter.go). */
export const kubevirt: DataSystem = {
  name: 'kubevirt',
  title: 'KubeVirt',
  group: GROUP,
  moves: {
    label: 'kubevirt.io',
    value: 'virt-launcher',
    how: 'by their evictionStrategy KubeVirt migrates virtual machines, shuts them down or keeps them; a migration goes on where the drain is given up',
  },
  kinds: {
    machines: {
      group: GROUP,
      versions: ['v1'],
      plural: 'virtualmachineinstances',
      fields: [
        'metadata.namespace',
        'metadata.name',
        'metadata.ownerReferences',
        'spec.evictionStrategy',
        'status.nodeName',
        'status.phase',
        'status.conditions',
      ],
      withheld: 'cloud-init data in them may hold passwords',
    },
    settings: {
      group: GROUP,
      versions: ['v1'],
      plural: 'kubevirts',
      fields: ['spec.configuration.evictionStrategy'],
      isOptional: true,
    },
  },
  refuses: '',
  warns: 'a machine that cannot be migrated, and what its evictionStrategy makes of that',
  find,
};

function find({ machines = [], settings }: DataObjects, { nodes }: Leaving): readonly DataFinding[] {
  const ofCluster = textAt(settings?.[0], 'spec', 'configuration', 'evictionStrategy');
  const here = machines.filter((machine) => nodes.has(textAt(machine, 'status', 'nodeName') ?? '') && !isOver(machine));
  const byFate = Map.groupBy(here, (machine) =>
    fateOf(machine, textAt(machine, 'spec', 'evictionStrategy') ?? ofCluster ?? 'None'),
  );
  return [...byFate].flatMap(([fate, some]) => (fate === '' ? [] : notice(fate, some.map(namedObject))));
}

function isOver(machine: unknown): boolean {
  return ['Succeeded', 'Failed'].includes(textAt(machine, 'status', 'phase') ?? '');
}

/** What becomes of a machine; empty where it is migrated. */
function fateOf(machine: unknown, strategy: string): string {
  const isMigratable = conditionStatus(machine, 'LiveMigratable') === 'True';
  if (strategy === 'External') return 'waits for whoever moves it (evictionStrategy External)';
  if (strategy === 'LiveMigrate' && !isMigratable)
    return 'cannot be migrated, and evictionStrategy LiveMigrate refuses its eviction: the drain waits until it is stopped';
  if (strategy.startsWith('LiveMigrate') && isMigratable) return '';
  const isStartedAgain = listAt(machine, 'metadata', 'ownerReferences').length > 0;
  return `shut down, not migrated${isStartedAgain ? '' : ', and nobody starts it again'}`;
}
