import {
  isHeld,
  joinNames,
  MaintError,
  nodeFromObject,
  NODES,
  readAll,
  REGISTRATION_NAME,
  refusalFromAnswer,
  webhookConfigurationPath,
  type ClusterReader,
  type ClusterSender,
} from '../shared/index.ts';

const NOT_FOUND = 404;

/** What becomes of an uninstall while nodes are in maintenance: nothing would keep work off them any more. */
export type WhileHeld = 'refuse' | 'warn';

/**
 * Takes the webhook off the API server, before what answers it goes away. A second time it finds nothing to do.
 * Gives what was done, as kubectl says it, and which nodes are unguarded by that. Throws ClusterRefusal, and
 * MaintError('denied') where nodes are in maintenance and it is to refuse then.
 */
export async function uninstall(
  cluster: ClusterSender & Pick<ClusterReader, 'pages'>,
  whileHeld: WhileHeld,
): Promise<string> {
  const held = await heldNodes(cluster);
  const unguarded = `in maintenance, and unguarded without the webhook: ${joinNames(held)}`;
  if (held.length > 0 && whileHeld === 'refuse') throw new MaintError('denied', unguarded, { hint: BEFORE });
  const done = await deleteRegistration(cluster);
  return held.length === 0 ? done : `${done}\nwarning: ${unguarded}; ${AFTER}`;
}

const BEFORE =
  'bring them back (kubectl maint off NODE... --all), then uninstall; or do it all the same: helm uninstall --no-hooks';
const AFTER = 'bring them back: kubectl maint off NODE... --all';

async function heldNodes(cluster: Pick<ClusterReader, 'pages'>): Promise<readonly string[]> {
  const nodes = await readAll(cluster, { path: NODES }, nodeFromObject);
  return nodes
    .filter(isHeld)
    .map(({ name }) => name)
    .sort();
}

async function deleteRegistration(cluster: ClusterSender): Promise<string> {
  const title = `validatingwebhookconfiguration.admissionregistration.k8s.io/${REGISTRATION_NAME}`;
  const answer = await cluster.send({ method: 'DELETE', path: webhookConfigurationPath(REGISTRATION_NAME) });
  if (answer.status === NOT_FOUND) return `${title} is not there`;
  if (answer.status >= 300) throw refusalFromAnswer(answer);
  return `${title} deleted`;
}
