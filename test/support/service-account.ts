import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { at, fieldsAt, textAt } from '../../shared/facts/json.ts';
import type { ControlPlane } from '../control-plane/contract.ts';

/** A control plane for a program of this process that runs as a pod of a service account would. */
export async function asServiceAccount(
  plane: ControlPlane,
  account: { readonly namespace: string; readonly name: string },
): Promise<ControlPlane> {
  return { ...plane, kubeconfig: await kubeconfigOf(plane, account) };
}

/** A kubeconfig with a token of a service account, as its pods have one. */
export async function kubeconfigOf(
  plane: ControlPlane,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const { status, body } = await plane.api('POST', path, { spec: { expirationSeconds: 3600 } });
  if (status !== 201) throw new Error(`no token for ${namespace}/${name}: ${status} ${JSON.stringify(body)}`);
  const admins: unknown = parse(await readFile(plane.kubeconfig, 'utf8'));
  const cluster = fieldsAt(at(admins, 'clusters', '0'), 'cluster');
  const file = join(plane.folder, `${namespace}.${name}.kubeconfig`);
  const token = textAt(body, 'status', 'token') ?? '';
  await writeFile(
    file,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'plane', cluster }],
      users: [{ name, user: { token } }],
      contexts: [{ name, context: { cluster: 'plane', user: name, namespace } }],
      'current-context': name,
    }),
    { mode: 0o600 },
  );
  return file;
}
