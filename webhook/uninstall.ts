import {
  isInMaintenance,
  joinNames,
  MaintError,
  nodeFromObject,
  NODES,
  objectPath,
  readAll,
  REGISTRATION_NAME,
  refusalFromAnswer,
  webhookConfigurationPath,
  type ClusterReader,
  type ClusterSender,
} from '../shared/index.ts';

const NOT_FOUND = 404;
const ADMISSION = 'admissionregistration.k8s.io';

/** Policies that go by the register, or guard it: they go before its definition does, which Helm would take away first. */
export const POLICIES_BY_REGISTER = ['backup', 'scan', 'register'].map((part) => `${part}.kubectl-maint.io`);

/** What is deleted, as kubectl names it. */
interface Named {
  readonly title: string;
  readonly path: string;
}

const WEBHOOK: Named = {
  title: `validatingwebhookconfiguration.${ADMISSION}/${REGISTRATION_NAME}`,
  path: webhookConfigurationPath(REGISTRATION_NAME),
};

/** What is taken away, in order: a binding before its policy, so that nothing looks installed and does nothing. */
const OBJECTS: readonly Named[] = [
  WEBHOOK,
  ...POLICIES_BY_REGISTER.map((name) =>
    ofPolicy('validatingadmissionpolicybinding', 'validatingadmissionpolicybindings', name),
  ),
  ...POLICIES_BY_REGISTER.map((name) => ofPolicy('validatingadmissionpolicy', 'validatingadmissionpolicies', name)),
];

function ofPolicy(singular: string, plural: string, name: string): Named {
  return { title: `${singular}.${ADMISSION}/${name}`, path: objectPath(`${ADMISSION}/v1/${plural}`, '', name) };
}

/** What becomes of an uninstall while nodes are in maintenance: nothing would keep work off them any more. */
export type WhileHeld = 'refuse' | 'warn';

/**
 * Takes the webhook off the API server before what answers it goes away, and the policies before what they read. A second
 * time it finds nothing to do. Gives what was done, as kubectl says it, a line each, and which nodes are unguarded by that.
 * Throws ClusterRefusal, and MaintError('denied') where nodes are in maintenance and it is to refuse then.
 */
export async function uninstall(
  cluster: ClusterSender & Pick<ClusterReader, 'pages'>,
  whileHeld: WhileHeld,
): Promise<string> {
  const held = await heldNodes(cluster);
  const unguarded = `in maintenance, and unguarded without the webhook: ${joinNames(held)}`;
  if (held.length > 0 && whileHeld === 'refuse') throw new MaintError('denied', unguarded, { hint: BEFORE });
  const lines: string[] = [];
  for (const object of OBJECTS) lines.push(await deleteObject(object, cluster));
  return [...lines, ...(held.length === 0 ? [] : [`warning: ${unguarded}; ${AFTER}`])].join('\n');
}

const BEFORE =
  'bring them back (kubectl maint off NODE... --all), then uninstall; or do it all the same: helm uninstall --no-hooks';
const AFTER = 'bring them back: kubectl maint off NODE... --all';

async function heldNodes(cluster: Pick<ClusterReader, 'pages'>): Promise<readonly string[]> {
  const nodes = await readAll(cluster, { path: NODES }, nodeFromObject);
  return nodes
    .filter(isInMaintenance)
    .map(({ name }) => name)
    .sort();
}

async function deleteObject({ title, path }: Named, cluster: ClusterSender): Promise<string> {
  const answer = await cluster.send({ method: 'DELETE', path });
  if (answer.status === NOT_FOUND) return `${title} is not there`;
  if (answer.status >= 300) throw refusalFromAnswer(answer);
  return `${title} deleted`;
}
