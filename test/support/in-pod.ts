/** The built plugin as a container of a Job runs it: by the container's words and environment, as its service account. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listAt, textAt, textsAt } from '../../shared/index.ts';
import type { ControlPlane } from '../control-plane/contract.ts';
import { BIN, startProgram, type Running } from './plugin-run.ts';

/** Tokens of pods are good for an hour at least (kube-apiserver, --service-account-max-token-expiration). */
const TOKEN_SECONDS = 3600;

/** The pods of Jobs, run as processes of this machine. */
export interface PodProcesses {
  /** Starts the one container that a Job makes a pod of. `env` stands for what an image would bring. */
  start(job: unknown, env?: Readonly<Record<string, string>>): Promise<Running>;
  end(): Promise<void>;
}

/** Runs them against a control plane, each with a folder as Kubernetes mounts it: token, authority, namespace. */
export function podProcesses(plane: ControlPlane): PodProcesses {
  const folders: string[] = [];
  return {
    start: async (job, more = {}) => {
      const spec = ['spec', 'template', 'spec'] as const;
      const [namespace, account] = [textAt(job, 'metadata', 'namespace'), textAt(job, ...spec, 'serviceAccountName')];
      const folder = await mkdtemp(join(tmpdir(), 'maint-in-pod-'));
      folders.push(folder);
      const files = {
        token: await tokenOf(plane, namespace ?? '', account ?? ''),
        'ca.crt': plane.ca,
        namespace: namespace ?? '',
      };
      for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o600 });
      const [container] = listAt(job, ...spec, 'containers');
      const own = Object.fromEntries(
        listAt(container, 'env').map((one) => [textAt(one, 'name') ?? '', textAt(one, 'value') ?? ''] as const),
      );
      const { hostname, port } = new URL(plane.server);
      const place = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
      const env = { ...place, MAINT_SERVICE_ACCOUNT_FOLDER: folder, ...own, ...more };
      return startProgram(process.execPath, [BIN, ...textsAt(container, 'args')], env);
    },
    end: async () => {
      for (const folder of folders) await rm(folder, { recursive: true, force: true });
    },
  };
}

async function tokenOf(plane: ControlPlane, namespace: string, account: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
  const { status, body } = await plane.api('POST', path, { spec: { expirationSeconds: TOKEN_SECONDS } });
  if (status !== 201) throw new Error(`no token for ${namespace}/${account}: ${status} ${JSON.stringify(body)}`);
  return textAt(body, 'status', 'token') ?? '';
}
