import {
  budgetSelector,
  isAlive,
  podFromObject,
  podsPath,
  type BudgetFacts,
  type ClusterReader,
} from '../../shared/index.ts';

/** How many are read at most: the first page tells enough. */
const LIMIT = '100';

/** Names of a budget's pods that are not Ready, sorted; none where they cannot be read now. */
export async function readNotReady(
  budget: BudgetFacts,
  reader: ClusterReader,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const selector = budgetSelector(budget);
  if (selector === undefined) return [];
  try {
    const query = { limit: LIMIT, ...(selector === '' ? {} : { labelSelector: selector }) };
    for await (const { items } of reader.pages(podsPath(budget.namespace), { query, signal })) {
      const pods = items.map(podFromObject).filter((pod) => pod !== undefined);
      return pods
        .filter((pod) => isAlive(pod) && !pod.ready)
        .map(({ name }) => name)
        .sort();
    }
  } catch {
    // It only explains; the drain itself tells when the API server is away.
  }
  return [];
}
