import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { listAt, textAt, textsAt } from '../../../shared/index.ts';
import type { ControlPlane } from '../../control-plane/contract.ts';
import { startNeighbour, type NeighbourProcess } from '../process.ts';

/** What kubelet would do for Velero, on nodes that have none. */
export interface Kubelet {
  /** The folder that a node's agent finds at /host_pods. */
  readonly volumesOf: (node: string) => string;
  /** Puts a file into the volume of a pod, where the pod would have written it. */
  fill(pod: unknown, volume: string, file: string, text: string): Promise<void>;
  /** The text of a file in the volume of a pod; undefined where there is none. */
  readBack(pod: unknown, volume: string, file: string): Promise<string | undefined>;
  /** What starts a program as on a node, and the file of its last words. */
  place(node: string, as: string): Promise<{ readonly command: readonly string[]; readonly lastWords: string }>;
  /** Makes the folder of each pod that runs: an agent looks for one of them before it starts. */
  makeFolders(): Promise<void>;
  end(): Promise<void>;
}

const AS_ON_A_NODE = join(import.meta.dirname, 'as-on-a-node.sh');
const LOOK_EVERY_MS = 300;

/** Where a kubelet keeps a volume of a pod: below `/var/lib/kubelet/pods`. */
function volumePath(pod: unknown, volume: string): string {
  return join(textAt(pod, 'metadata', 'uid') ?? '', 'volumes', 'kubernetes.io~empty-dir', volume);
}

/**
 * Carries out the pods that Velero makes for single volumes, which a fake node only calls running: their command runs as a
 * process of this machine, and its end becomes the pod's.
 */
export function startKubelet(plane: ControlPlane, folder: string, velero: string): Kubelet {
  const over = new AbortController();
  const running = new Map<string, NeighbourProcess>();
  const kubelet: Kubelet = {
    volumesOf: (node) => join(folder, 'pods', node),
    fill: async (pod, volume, file, text) => {
      const path = join(kubelet.volumesOf(textAt(pod, 'spec', 'nodeName') ?? ''), volumePath(pod, volume));
      await mkdir(path, { recursive: true });
      await writeFile(join(path, file), text);
    },
    readBack: (pod, volume, file) =>
      readFile(
        join(kubelet.volumesOf(textAt(pod, 'spec', 'nodeName') ?? ''), volumePath(pod, volume), file),
        'utf8',
      ).catch(() => undefined),
    place: async (node, as) => {
      const [root, lastWords] = [join(folder, 'roots', as), join(folder, 'words', as)];
      await Promise.all(
        [root, join(folder, 'words'), kubelet.volumesOf(node)].map((path) => mkdir(path, { recursive: true })),
      );
      await writeFile(lastWords, '');
      // Who is not root is root of a namespace of users of its own.
      const own = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
      return {
        command: ['unshare', ...own, '--mount', AS_ON_A_NODE, root, kubelet.volumesOf(node), lastWords],
        lastWords,
      };
    },
    makeFolders: async () => {
      const { body } = await plane.api('GET', '/api/v1/pods');
      const folders = listAt(body, 'items').map((pod) =>
        join(kubelet.volumesOf(textAt(pod, 'spec', 'nodeName') ?? ''), textAt(pod, 'metadata', 'uid') ?? ''),
      );
      await Promise.all(folders.map((path) => mkdir(path, { recursive: true })));
    },
    end: async () => {
      over.abort();
      await Promise.all([...running.values()].map((one) => one.end()));
    },
  };
  void follow(over.signal, async () => {
    const { body } = await plane.api('GET', '/api/v1/namespaces/velero/pods');
    for (const pod of listAt(body, 'items')) {
      const name = textAt(pod, 'metadata', 'name') ?? '';
      if (running.has(name) || textAt(pod, 'status', 'phase') !== 'Running') continue;
      const [container] = listAt(pod, 'spec', 'containers');
      const [program, ...words] = textsAt(container, 'command');
      if (program !== '/velero' || words[0] !== 'pod-volume') continue;
      const node = textAt(pod, 'spec', 'nodeName') ?? '';
      const { command, lastWords } = await kubelet.place(node, name);
      const started = startNeighbour(plane, velero, {
        as: name,
        args: [...words, ...textsAt(container, 'args').map((arg) => atHost(arg, container, pod))],
        env: { NODE_NAME: node, VELERO_NAMESPACE: 'velero', HOME: folder },
        within: command,
      });
      running.set(name, started);
      void started.ended.then(async (code) => {
        await plane.api(
          'PATCH',
          `/api/v1/namespaces/velero/pods/${name}/status`,
          ended(container, code, await readFile(lastWords, 'utf8')),
        );
      });
    }
  });
  return kubelet;
}

async function follow(signal: AbortSignal, look: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await look().catch(() => undefined);
    await wait(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** A path in a container as the path on the node of the volume that is mounted there. */
function atHost(arg: string, container: unknown, pod: unknown): string {
  for (const mount of listAt(container, 'volumeMounts')) {
    const at = textAt(mount, 'mountPath');
    const volume = listAt(pod, 'spec', 'volumes').find((one) => textAt(one, 'name') === textAt(mount, 'name'));
    const host = textAt(volume, 'hostPath', 'path');
    if (at !== undefined && host !== undefined && arg.endsWith(`=${at}`)) {
      return arg.replace(at, host.replace('/var/lib/kubelet/pods', '/host_pods'));
    }
  }
  return arg;
}

/** The status of a pod whose only container has ended. */
function ended(container: unknown, code: number | null, message: string): object {
  const exitCode = code ?? 137;
  const terminated = { exitCode, message, reason: exitCode === 0 ? 'Completed' : 'Error' };
  const status = {
    name: textAt(container, 'name'),
    image: textAt(container, 'image'),
    imageID: '',
    ready: false,
    restartCount: 0,
  };
  return {
    status: {
      phase: exitCode === 0 ? 'Succeeded' : 'Failed',
      containerStatuses: [{ ...status, state: { terminated } }],
    },
  };
}
