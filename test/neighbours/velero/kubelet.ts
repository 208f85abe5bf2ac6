import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { at, listAt, stringMapAt, textAt, textsAt } from '../../../shared/index.ts';
import type { ControlPlane } from '../../control-plane/contract.ts';
import { startNeighbour, type NeighbourProcess } from '../process.ts';
import { endedStatus, runningStatus, waitingStatus } from './container-status.ts';
import { follow } from './follow.ts';

/** What kubelet would do for Velero, on nodes that have none. */
export interface Kubelet {
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

/**
 * On pods whose volumes Velero restores: KWOK leaves them alone for a day, and they wait for their volumes as they would on a
 * node, in the init container that Velero gives them.
 */
export const WAITS_FOR_VOLUMES = { 'pod-ready.stage.kwok.x-k8s.io/delay': '24h' };

/** Commands of Velero's program that it has pods carry out. */
const CARRIED_OUT = ['pod-volume', 'data-mover', 'repo-maintenance'];
/** The init container of a restored pod, whose only argument is the UID of the Restore (velero pkg/restorehelper). */
const WAIT_CONTAINER = 'restore-wait';

const AS_ON_A_NODE = join(import.meta.dirname, 'as-on-a-node.sh');

/** What it needs of this machine. */
export interface Machine {
  /** Where everything is kept. */
  readonly folder: string;
  /** The program of Velero. */
  readonly velero: string;
  /** The folder of a persistent volume, by the name of its claim in Velero's namespace; undefined before it is bound. */
  readonly claimed: (claim: string) => Promise<string | undefined>;
}

/** How the process of a pod has ended, and the file of its last words. */
interface Ended {
  readonly pod: unknown;
  readonly container: unknown;
  readonly code: number | null;
  readonly lastWords: string;
}

/**
 * Carries out the pods that Velero makes, which a fake node only calls running: their command runs as a process of this
 * machine, and its end becomes the pod's. Pods that wait for their volumes run when these are there.
 */
export function startKubelet(plane: ControlPlane, { folder, velero, claimed }: Machine): Kubelet {
  const over = new AbortController();
  const running = new Map<string, NeighbourProcess>();
  /** Those that have ended, until that is written. */
  const ended = new Map<string, Ended>();
  const told = new Map<string, string>();
  const volumesOf = (node: string): string => join(folder, 'pods', node);
  const pathOf = (pod: unknown, volume: string): string =>
    join(
      volumesOf(textAt(pod, 'spec', 'nodeName') ?? ''),
      textAt(pod, 'metadata', 'uid') ?? '',
      // Where a kubelet keeps it below /var/lib/kubelet/pods.
      ...['volumes', 'kubernetes.io~empty-dir', volume],
    );
  const place: Kubelet['place'] = async (node, as) => {
    const [root, lastWords] = [join(folder, 'roots', as), join(folder, 'words', as)];
    await Promise.all([root, join(folder, 'words'), volumesOf(node)].map((path) => mkdir(path, { recursive: true })));
    await writeFile(lastWords, '');
    // Who is not root is root of a namespace of users of its own.
    const own = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
    return { command: ['unshare', ...own, '--mount', AS_ON_A_NODE, root, volumesOf(node), lastWords], lastWords };
  };
  const writeStatus = async (pod: unknown, status: object): Promise<void> => {
    const path = `/api/v1/namespaces/${textAt(pod, 'metadata', 'namespace') ?? ''}/pods/${textAt(pod, 'metadata', 'name') ?? ''}`;
    const answer = await plane.api('PATCH', `${path}/status`, { status });
    // One that is gone has no status.
    if (answer.status !== 200 && answer.status !== 404) throw new Error(`PATCH ${path}/status: ${answer.status}`);
  };
  const carryOut = async (pod: unknown): Promise<void> => {
    const name = textAt(pod, 'metadata', 'name') ?? '';
    const [container] = listAt(pod, 'spec', 'containers');
    const [program, ...words] = [...textsAt(container, 'command'), ...textsAt(container, 'args')];
    if (program !== '/velero' || !CARRIED_OUT.includes(words[0] ?? '') || running.has(name)) return;
    const args = await atHost(words, container, pod, claimed);
    if (args === undefined) return;
    const node = textAt(pod, 'spec', 'nodeName') ?? '';
    const { command, lastWords } = await place(node, name);
    const started = startNeighbour(plane, velero, {
      as: name,
      args,
      env: { NODE_NAME: node, VELERO_NAMESPACE: 'velero', HOME: folder },
      within: command,
    });
    running.set(name, started);
    void started.ended.then((code) => ended.set(name, { pod, container, code, lastWords }));
  };
  const bringUp = async (pod: unknown): Promise<void> => {
    await Promise.all(emptyDirsOf(pod).map((volume) => mkdir(pathOf(pod, volume), { recursive: true })));
    const waiting = listAt(pod, 'spec', 'initContainers').find((one) => textAt(one, 'name') === WAIT_CONTAINER);
    const restore = textsAt(waiting, 'args')[0] ?? '';
    const marks = listAt(waiting, 'volumeMounts').map((mount) =>
      join(pathOf(pod, textAt(mount, 'name') ?? ''), '.velero', restore),
    );
    const isThere = (await Promise.all(marks.map(isFile))).every(Boolean);
    const state = isThere ? 'running' : 'waiting';
    const uid = textAt(pod, 'metadata', 'uid') ?? '';
    if (told.get(uid) === state) return;
    await writeStatus(pod, isThere ? runningStatus(pod) : waitingStatus(waiting));
    told.set(uid, state);
  };
  /** What fails is tried again at the next look. */
  const tellEnds = async (): Promise<void> => {
    for (const [name, { pod, container, code, lastWords }] of ended) {
      await writeStatus(pod, endedStatus(container, code, await readFile(lastWords, 'utf8')));
      ended.delete(name);
    }
  };
  const following = follow(over.signal, async () => {
    await tellEnds();
    const { body } = await plane.api('GET', '/api/v1/pods');
    for (const pod of listAt(body, 'items')) {
      if (textAt(pod, 'spec', 'nodeName') === undefined) continue;
      const phase = textAt(pod, 'status', 'phase');
      const isOurs = stringMapAt(pod, 'metadata', 'annotations').has(Object.keys(WAITS_FOR_VOLUMES)[0] ?? '');
      if (isOurs && phase === 'Pending') await bringUp(pod);
      if (phase === 'Running' && textAt(pod, 'metadata', 'namespace') === 'velero') await carryOut(pod);
    }
  });
  return {
    place,
    fill: async (pod, volume, file, text) => {
      await mkdir(pathOf(pod, volume), { recursive: true });
      await writeFile(join(pathOf(pod, volume), file), text);
    },
    readBack: (pod, volume, file) => readFile(join(pathOf(pod, volume), file), 'utf8').catch(() => undefined),
    makeFolders: async () => {
      const { body } = await plane.api('GET', '/api/v1/pods');
      const folders = listAt(body, 'items').map((pod) =>
        join(volumesOf(textAt(pod, 'spec', 'nodeName') ?? ''), textAt(pod, 'metadata', 'uid') ?? ''),
      );
      await Promise.all(folders.map((path) => mkdir(path, { recursive: true })));
    },
    end: async () => {
      over.abort();
      await following;
      await Promise.all([...running.values()].map((one) => one.end()));
    },
  };
}

function emptyDirsOf(pod: unknown): readonly string[] {
  return listAt(pod, 'spec', 'volumes')
    .filter((volume) => at(volume, 'emptyDir') !== undefined)
    .map((volume) => textAt(volume, 'name') ?? '');
}

function isFile(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Arguments with each path in the container as the path on this machine of what is mounted there; undefined where that is not there yet. */
async function atHost(
  args: readonly string[],
  container: unknown,
  pod: unknown,
  claimed: Machine['claimed'],
): Promise<readonly string[] | undefined> {
  let found = args;
  for (const mount of listAt(container, 'volumeMounts')) {
    const inside = textAt(mount, 'mountPath');
    const volume = listAt(pod, 'spec', 'volumes').find((one) => textAt(one, 'name') === textAt(mount, 'name'));
    const claim = textAt(volume, 'persistentVolumeClaim', 'claimName');
    const host = textAt(volume, 'hostPath', 'path')?.replace('/var/lib/kubelet/pods', '/host_pods');
    const path = claim === undefined ? host : await claimed(claim);
    if (claim !== undefined && path === undefined) return undefined;
    if (inside === undefined || path === undefined) continue;
    found = found.map((arg) => (arg.endsWith(`=${inside}`) ? arg.replace(inside, path) : arg));
  }
  return found;
}
