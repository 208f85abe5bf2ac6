/** Pods of Jobs on a control plane without nodes, run as processes of this machine. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fieldsAt, isTrueAt, listAt, textAt, textsAt } from '../../shared/index.ts';
import type { ControlPlane } from '../control-plane/contract.ts';
import { ranWebhook } from './webhook-process.ts';

/** How often new pods are looked for, in milliseconds. */
const LOOK_EVERY_MS = 100;

/** Pods that are run as processes, until they are ended. */
export interface JobPods {
  /** What each of them has said so far, by the name of its Job. */
  readonly said: ReadonlyMap<string, string>;
  end(): Promise<void>;
}

/**
 * Runs every pod of a Job in a namespace by the built webhook: its arguments, its ConfigMaps as files, its exit code as its
 * status. Service accounts whose token it mounts have to be among the plane's users.
 */
export function runJobPods(plane: ControlPlane, namespace: string): JobPods {
  const ended = new AbortController();
  const said = new Map<string, string>();
  const running = (async () => {
    while (!ended.signal.aborted) {
      const { body } = await plane.api('GET', `/api/v1/namespaces/${namespace}/pods?labelSelector=job-name`);
      for (const pod of listAt(body, 'items').filter((one) => textAt(one, 'status', 'phase') === 'Pending')) {
        await runPod(plane, namespace, pod, (text) => {
          said.set(textAt(pod, 'metadata', 'labels', 'job-name') ?? '', text);
        });
      }
      await sleep(LOOK_EVERY_MS, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  })();
  return {
    said,
    end: () => {
      ended.abort();
      return running;
    },
  };
}

/** `heard` gets what it says before the API server gets its status: whoever waits for the Job then looks at that. */
async function runPod(
  plane: ControlPlane,
  namespace: string,
  pod: unknown,
  heard: (text: string) => void,
): Promise<void> {
  const [container] = listAt(pod, 'spec', 'containers');
  const folder = await mkdtemp(join(tmpdir(), 'maint-pod-'));
  try {
    for (const volume of listAt(pod, 'spec', 'volumes')) {
      const mount = listAt(container, 'volumeMounts').find((one) => textAt(one, 'name') === textAt(volume, 'name'));
      const name = textAt(volume, 'configMap', 'name') ?? '';
      const { body } = await plane.api('GET', `/api/v1/namespaces/${namespace}/configmaps/${name}`);
      const path = join(folder, textAt(mount, 'mountPath') ?? '');
      await mkdir(path, { recursive: true });
      for (const [key, text] of Object.entries(fieldsAt(body, 'data'))) await writeFile(join(path, key), String(text));
    }
    const args = textsAt(container, 'args').map((arg) => arg.replace('=/etc/', `=${folder}/etc/`));
    const account = textAt(pod, 'spec', 'serviceAccountName') ?? 'default';
    if (isTrueAt(pod, 'spec', 'automountServiceAccountToken')) {
      args.push(`--kubeconfig=${await plane.kubeconfigFor(`system:serviceaccount:${namespace}:${account}`)}`);
    }
    const { code, text } = await ranWebhook(args);
    heard(text);
    await tell(plane, pod, { name: textAt(container, 'name') ?? '', code });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What a kubelet would say of the pod. */
async function tell(plane: ControlPlane, pod: unknown, { name, code }: { name: string; code: number }): Promise<void> {
  const [namespace, podName] = ['namespace', 'name'].map((key) => textAt(pod, 'metadata', key) ?? '');
  const image = textAt(pod, 'spec', 'containers', '0', 'image') ?? '';
  const state = { terminated: { exitCode: code, reason: code === 0 ? 'Completed' : 'Error' } };
  const status = {
    phase: code === 0 ? 'Succeeded' : 'Failed',
    containerStatuses: [{ name, image, imageID: image, ready: false, restartCount: 0, state }],
  };
  await plane.api('PATCH', `/api/v1/namespaces/${namespace ?? ''}/pods/${podName ?? ''}/status`, { status });
}
