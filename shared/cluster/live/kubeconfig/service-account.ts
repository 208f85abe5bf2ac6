import { access, readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { MaintError } from '../../../errors.ts';
import type { Endpoint } from '../agent.ts';

/** Where Kubernetes mounts the service account of a pod. */
const MOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Names another folder, for pods that mount a token of their own elsewhere. */
const FOLDER_VARIABLE = 'MAINT_SERVICE_ACCOUNT_FOLDER';

/** A pod's way to its own API server. */
export interface ServiceAccount {
  readonly endpoint: Endpoint;
  readonly tokenFile: string;
  readonly namespace: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The service account of this pod. Throws MaintError('cluster') where this is no pod or none is mounted. */
export async function readServiceAccount(
  env: Environment,
  folder = env[FOLDER_VARIABLE] ?? MOUNT,
): Promise<ServiceAccount> {
  const host = env.KUBERNETES_SERVICE_HOST ?? '';
  const port = env.KUBERNETES_SERVICE_PORT ?? '';
  const tokenFile = join(folder, 'token');
  if (host === '' || port === '' || !(await isThere(tokenFile))) {
    throw new MaintError('cluster', 'not in a pod with a service account', {
      hint: `KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be set, and ${tokenFile} mounted`,
    });
  }
  const caFile = join(folder, 'ca.crt');
  const endpoint: Endpoint = {
    name: 'in-cluster',
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    caData: undefined,
    caFile: (await isThere(caFile)) ? caFile : undefined,
    skipTlsVerify: false,
    tlsServerName: undefined,
    proxyUrl: undefined,
  };
  return { endpoint, tokenFile, namespace: await textIn(join(folder, 'namespace')) };
}

/** What stands in a file; undefined where there is none, or nothing in it. */
async function textIn(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.trim() === '' ? undefined : text.trim();
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
