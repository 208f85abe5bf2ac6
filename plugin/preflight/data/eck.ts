import { clean, textAt } from '../../../shared/index.ts';
import { namedObject, namespacedName } from './objects.ts';
import { notice, type DataFinding, type DataObjects, type DataSystem, type Leaving } from './system.ts';

const GROUP = 'elasticsearch.k8s.elastic.co';
const CLUSTER_LABEL = `${GROUP}/cluster-name`;

/** Elasticsearch as ECK runs it (pkg/apis/elasticsearch/v1 ElasticsearchStatus). */
export const eck: DataSystem = {
  name: 'eck',
  title: 'Elasticsearch',
  group: GROUP,
  members: { has: { [CLUSTER_LABEL]: '' }, cluster: CLUSTER_LABEL },
  kinds: {
    clusters: {
      group: GROUP,
      versions: ['v1'],
      plural: 'elasticsearches',
      fields: ['metadata.namespace', 'metadata.name', 'status.health'],
    },
  },
  refuses: '',
  warns:
    'a node of the cluster goes while its health is not green: its budget holds the drain, or shards cannot be reached',
  find,
};

function find({ clusters = [] }: DataObjects, { pods }: Leaving): readonly DataFinding[] {
  const going = new Set(pods.map(({ namespace, labels }) => `${namespace}/${labels.get(CLUSTER_LABEL) ?? ''}`));
  return clusters
    .filter((cluster) => going.has(namespacedName(cluster)))
    .flatMap((cluster) => {
      const health = textAt(cluster, 'status', 'health') ?? 'unknown';
      const text = `health is ${clean(health, MAX_HEALTH)}: its budget holds the drain, or shards cannot be reached`;
      return health === 'green' ? [] : notice(text, [namedObject(cluster)]);
    });
}

/** A word. */
const MAX_HEALTH = 20;
