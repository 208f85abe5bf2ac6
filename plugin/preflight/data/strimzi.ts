import { textAt } from '../../../shared/index.ts';
import { memberSelector, type MemberLabels } from '../../drain/members.ts';
import {
  conditionStatus,
  isLeaving,
  isStaying,
  labelOf,
  namedObject,
  namespacedName,
  nodeOf,
  podsLabelled,
} from './objects.ts';
import { notice, type DataFinding, type DataObjects, type DataSystem, type Leaving } from './system.ts';

const GROUP = 'kafka.strimzi.io';

const CLUSTER_LABEL = 'strimzi.io/cluster';
const MEMBERS: MemberLabels = { has: { 'strimzi.io/broker-role': 'true' }, cluster: CLUSTER_LABEL };

/** Kafka as Strimzi runs it (labels in operator-common model/Labels.java). Its partitions are in no object of the cluster. */
export const strimzi: DataSystem = {
  name: 'strimzi',
  title: 'Kafka',
  group: GROUP,
  members: MEMBERS,
  kinds: {
    kafkas: {
      group: GROUP,
      versions: ['v1', 'v1beta2'],
      plural: 'kafkas',
      fields: ['metadata.namespace', 'metadata.name', 'status.conditions'],
    },
    brokers: podsLabelled(memberSelector(MEMBERS)),
  },
  refuses: '',
  warns:
    'brokers go while others are not Ready, or several at once; the cluster is not Ready; downtime of an only broker',
  find,
};

function find({ kafkas = [], brokers = [] }: DataObjects, leaving: Leaving): readonly DataFinding[] {
  return kafkas.flatMap((kafka) => {
    const name = namespacedName(kafka);
    const own = brokers.filter(
      (pod) => `${textAt(pod, 'metadata', 'namespace') ?? ''}/${labelOf(pod, CLUSTER_LABEL)}` === name,
    );
    const going = own.filter((pod) => isLeaving(pod, leaving));
    return going.length === 0 ? [] : notice(stateOf(kafka, { own, going }, leaving), [namedObject(kafka)]);
  });
}

interface Brokers {
  readonly own: readonly unknown[];
  readonly going: readonly unknown[];
}

function stateOf(kafka: unknown, { own, going }: Brokers, leaving: Leaving): string {
  if (own.length === 1) return 'down until its only broker is Ready elsewhere';
  const said = [
    ...(conditionStatus(kafka, 'Ready') === 'True' ? [] : ['the cluster is not Ready']),
    ...notReady(own.length - going.length - own.filter((pod) => isStaying(pod, leaving)).length),
    ...(new Set(going.map(nodeOf)).size > 1 ? ['brokers on several nodes go at once'] : []),
  ];
  const what = `${going.length} of ${own.length} brokers ${going.length === 1 ? 'goes' : 'go'}`;
  return said.length === 0 ? what : `${what}, and ${said.join(', ')}: partitions may lose their last replica in sync`;
}

function notReady(count: number): readonly string[] {
  return count === 0 ? [] : [`${count} of those that stay ${count === 1 ? 'is' : 'are'} not Ready`];
}
