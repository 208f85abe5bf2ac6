import { REGISTRATION_NAME, refusalFromAnswer, webhookConfigurationPath, type ClusterSender } from '../shared/index.ts';

const NOT_FOUND = 404;

/**
 * Takes the webhook off the API server, before what answers it goes away. A second time it finds nothing to do.
 * Gives what was done, as kubectl says it. Throws ClusterRefusal.
 */
export async function uninstall(cluster: ClusterSender): Promise<string> {
  const title = `validatingwebhookconfiguration.admissionregistration.k8s.io/${REGISTRATION_NAME}`;
  const answer = await cluster.send({ method: 'DELETE', path: webhookConfigurationPath(REGISTRATION_NAME) });
  if (answer.status === NOT_FOUND) return `${title} is not there`;
  if (answer.status >= 300) throw refusalFromAnswer(answer);
  return `${title} deleted`;
}
