import { isForbidden, once, type Cluster } from '../../../shared/index.ts';
import { policyInForce } from '../../policy/in-force.ts';
import { readRegistration } from '../../policy/registration.ts';
import { readInstallation } from '../../policy/installation.ts';
import { versionReport, type ClusterReading, type VersionReport } from './report.ts';

/** What this plugin's version is beside those of a cluster. Throws what the cluster's port throws where it does not answer. */
export async function readVersions(client: string, cluster: Cluster): Promise<VersionReport> {
  const registration = once(() => readRegistration(cluster));
  return versionReport(client, {
    installation: await readRunning(registration, cluster),
    policy: await policyInForce(cluster, registration),
  });
}

/** What is refused is told of; whoever does not answer at all fails the command. */
async function readRunning(
  registration: () => Promise<unknown>,
  cluster: Cluster,
): Promise<ClusterReading['installation']> {
  try {
    return await readInstallation(await registration(), cluster);
  } catch (thrown) {
    if (!isForbidden(thrown)) throw thrown;
    return { by: 'unreadable', refusal: thrown };
  }
}
