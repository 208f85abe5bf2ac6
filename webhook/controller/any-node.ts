import {
  MaintError,
  nodeFromObject,
  NODES,
  type ApiRequest,
  type ClusterReader,
  type NodeFacts,
} from '../../shared/index.ts';

/** For one page of a list, in ms. The whole may take minutes on a large cluster, and nothing waits for it. */
const PAGE_MS = 10_000;

/** Whether the API server has such a node now, among those that a query selects. Rejects where a page does not come in time. */
export async function isAnyNode(
  cluster: Pick<ClusterReader, 'pages'>,
  isSuch: (node: NodeFacts) => boolean,
  query?: ApiRequest['query'],
): Promise<boolean> {
  const patience = new AbortController();
  const timer = setTimeout(() => {
    patience.abort(new MaintError('cluster', 'the API server did not send the next page of nodes in time'));
  }, PAGE_MS);
  try {
    for await (const { items } of cluster.pages(NODES, { ...(query && { query }), signal: patience.signal })) {
      timer.refresh();
      if (items.map(nodeFromObject).some((node) => node !== undefined && isSuch(node))) return true;
    }
    return false;
  } finally {
    clearTimeout(timer);
  }
}
