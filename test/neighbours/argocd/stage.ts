import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { listAt, textAt, textsAt } from '../../../shared/index.ts';
import type { ControlPlane } from '../../control-plane/contract.ts';
import { steadyPorts } from '../../control-plane/ports.ts';
import { until, untilSuch } from '../../support/until.ts';
import {
  applyDefinitions,
  applyObjects,
  programOf,
  startNeighbour,
  type NeighbourProcess,
  untilListens,
} from '../process.ts';

const NAMESPACE = 'argocd';
const CONFIGURATION = `/api/v1/namespaces/${NAMESPACE}/configmaps/argocd-cm`;
const APPLICATIONS = `/apis/argoproj.io/v1alpha1/namespaces/${NAMESPACE}/applications`;
/** Of what it configures itself with. */
const LABELS = { 'app.kubernetes.io/part-of': 'argocd' };
/** As its own manifests have it: many changes of a status are no reason to look. */
const CONFIGURED = { 'resource.customizations.ignoreResourceUpdates.all': 'jsonPointers:\n- /status\n' };

export const AUTOMATED = { automated: {} };

export const isIn = (sync: string, health: string) => (told: Told) => told.sync === sync && told.health === health;

/** What differs between Applications. */
export interface Spec {
  /** Where it is applied; `default` unless told otherwise. */
  readonly namespace?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly syncPolicy?: object;
  /** How a chart is rendered. */
  readonly helm?: object;
}

/** An Application as Argo CD describes it. */
export interface Told {
  readonly sync: string | undefined;
  readonly health: string | undefined;
  /** Of its last sync. */
  readonly phase: string | undefined;
  readonly message: string | undefined;
  /** Whether each of its objects is in sync, by `Kind/name`. */
  readonly resources: Readonly<Record<string, string>>;
  /** What is wrong with it, by its kind. */
  readonly conditions: Readonly<Record<string, string>>;
}

/** Argo CD beside a control plane, with a repository in a folder. */
export class ArgoCd {
  readonly #plane: ControlPlane;
  readonly #folder: string;
  readonly #processes: readonly NeighbourProcess[];

  private constructor(plane: ControlPlane, folder: string, processes: readonly NeighbourProcess[]) {
    this.#plane = plane;
    this.#folder = folder;
    this.#processes = processes;
  }

  /** Starts its application controller, its repository server (which finds programs in these folders, too) and the Redis between them. */
  static async start(plane: ControlPlane, programs: readonly string[] = []): Promise<ArgoCd> {
    await applyDefinitions(plane, 'argocd');
    await install(plane);
    const folder = await mkdtemp(join(tmpdir(), 'maint-argo-cd-'));
    const [repository, own] = [join(folder, 'repository'), join(folder, 'own')];
    await Promise.all([repository, own].map((path) => mkdir(path)));
    git(repository, 'init', '--quiet', '--initial-branch=main');
    return new ArgoCd(plane, folder, await startProcesses(plane, own, programs));
  }

  get #repository(): string {
    return join(this.#folder, 'repository');
  }

  async end(): Promise<void> {
    await Promise.all(this.#processes.map((one) => one.end()));
    await removeOwn(join(this.#folder, 'own'));
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Everything that its application controller and its repository server have said. */
  async said(): Promise<string> {
    return (await Promise.all(this.#processes.map((one) => one.said()))).join('\n');
  }

  /** Commits objects as the content of a folder of the repository, and has its Application look if there is one. */
  async commit(path: string, ...objects: readonly object[]): Promise<void> {
    await mkdir(join(this.#repository, path), { recursive: true });
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
    await writeFile(join(this.#repository, path, 'objects.json'), list);
    await this.#commit(path);
  }

  /** Commits what is in a folder of ours as a folder of the repository. */
  async commitFolder(path: string, from: string): Promise<void> {
    await cp(from, join(this.#repository, path), { recursive: true });
    await this.#commit(path);
  }

  async #commit(path: string): Promise<void> {
    git(this.#repository, 'add', path);
    git(this.#repository, 'commit', '--quiet', '--allow-empty', `--message=${path}`);
    await this.refresh(path);
  }

  /** Makes or changes the Application of a folder: it has the name of it. */
  async apply(name: string, spec: Spec): Promise<void> {
    await applyObjects(this.#plane, this.application(name, spec));
  }

  /** The same as an object, which another Application may hold. */
  application(name: string, { namespace = 'default', annotations, helm, ...spec }: Spec): object {
    return {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name, namespace: NAMESPACE, annotations },
      spec: {
        project: 'default',
        source: { repoURL: `file://${this.#repository}`, path: name, targetRevision: 'main', helm },
        destination: { server: 'https://kubernetes.default.svc', namespace },
        ...spec,
      },
    };
  }

  /** Adds a setting to an Application that is there. */
  async set(name: string, setting: object): Promise<void> {
    const { status, body } = await this.#plane.api('PATCH', `${APPLICATIONS}/${name}`, setting);
    if (status !== 200) throw new Error(`${name} was not changed: ${JSON.stringify(body)}`);
  }

  /** Asks for a sync of what is in the repository now, as `argocd app sync` does. */
  async sync(name: string): Promise<void> {
    await this.set(name, { operation: { initiatedBy: { username: 'ana' }, sync: { revision: 'main' } } });
  }

  /** Deletes an Application with everything of it, and waits until it is gone. It has finalizers of its own for hooks. */
  async delete(name: string): Promise<void> {
    const path = `${APPLICATIONS}/${name}`;
    const { body } = await this.#plane.api('GET', path);
    const finalizers = [...textsAt(body, 'metadata', 'finalizers'), 'resources-finalizer.argocd.argoproj.io'];
    await this.set(name, { metadata: { finalizers } });
    await this.#plane.api('DELETE', path);
    await untilSuch(
      `${name} is gone`,
      () => this.#plane.api('GET', path),
      ({ status }) => status === 404,
    );
  }

  /** Has it look at repository and cluster, and waits until it has. */
  async refresh(name: string): Promise<void> {
    const path = `${APPLICATIONS}/${name}`;
    const asked = { 'argocd.argoproj.io/refresh': 'hard' };
    const { status } = await this.#plane.api('PATCH', path, { metadata: { annotations: asked } });
    if (status === 404) return;
    await until(`Argo CD has looked at ${name}`, async () => {
      const { body } = await this.#plane.api('GET', path);
      return textAt(body, 'metadata', 'annotations', 'argocd.argoproj.io/refresh') === undefined;
    });
  }

  /** How an Application is now. */
  async told(name: string): Promise<Told> {
    const { body } = await this.#plane.api('GET', `${APPLICATIONS}/${name}`);
    const resources = listAt(body, 'status', 'resources').map((resource): [string, string] => {
      const [kind = '', named = '', status = ''] = ['kind', 'name', 'status'].map((key) => textAt(resource, key));
      return [`${kind}/${named}`, status];
    });
    const conditions = listAt(body, 'status', 'conditions').map((condition): [string, string] => {
      const [type = '', message = ''] = ['type', 'message'].map((key) => textAt(condition, key));
      return [type, message];
    });
    return {
      sync: textAt(body, 'status', 'sync', 'status'),
      health: textAt(body, 'status', 'health', 'status'),
      phase: textAt(body, 'status', 'operationState', 'phase'),
      message: textAt(body, 'status', 'operationState', 'message'),
      resources: Object.fromEntries(resources),
      conditions: Object.fromEntries(conditions),
    };
  }

  /** Waits until an Application is such. */
  comesTo(name: string, what: string, holds: (told: Told) => boolean): Promise<Told> {
    return untilSuch(`${name} is ${what}`, () => this.told(name), holds);
  }

  /** Changes its settings (the ConfigMap `argocd-cm`). */
  async configure(data: object): Promise<void> {
    await this.#plane.api('PATCH', CONFIGURATION, { data });
  }
}

function git(folder: string, ...args: readonly string[]): void {
  const who = ['-c', 'user.name=ana', '-c', 'user.email=ana@example.org'];
  const { status, stderr } = spawnSync('git', ['-C', folder, ...who, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
}

/** What its manifests install beside its programs, as far as these need it, and its project that may do everything. */
async function install(plane: ControlPlane): Promise<void> {
  const inNamespace = { namespace: NAMESPACE, labels: LABELS };
  const any = [{ group: '*', kind: '*' }];
  await applyObjects(
    plane,
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'argocd-cm', ...inNamespace }, data: CONFIGURED },
    // Its own server would write the key at its start. Without one no changed setting has it look anew.
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'argocd-secret', ...inNamespace },
      stringData: { 'server.secretkey': 'of-nobody' },
    },
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name: 'default', namespace: NAMESPACE },
      spec: { sourceRepos: ['*'], destinations: [{ namespace: '*', server: '*' }], clusterResourceWhitelist: any },
    },
  );
}

/** Of the application controller, the repository server and Redis, as its manifests have them, on free ports of this machine. */
async function startProcesses(
  plane: ControlPlane,
  folder: string,
  programs: readonly string[],
): Promise<readonly NeighbourProcess[]> {
  const [redis = 0, repositories = 0, ...metrics] = await steadyPorts(4);
  const program = programOf('argocd');
  await addVerifier(folder);
  const [redisAt, repositoriesAt] = [redis, repositories].map((port) => `127.0.0.1:${port}`);
  const asked = [
    startNeighbour(plane, 'redis-server', {
      as: 'redis',
      args: ['--bind', '127.0.0.1', '--port', String(redis), '--save', '', '--dir', folder],
    }),
    startNeighbour(plane, program, {
      as: 'argo-cd-repositories',
      args: [
        'argocd-repo-server',
        '--address=127.0.0.1',
        `--port=${repositories}`,
        '--disable-tls',
        '--client-ca-path=',
        '--metrics-address=127.0.0.1',
        `--metrics-port=${metrics[0] ?? 0}`,
        `--redis=${redisAt ?? ''}`,
      ],
      env: {
        HOME: folder,
        TMPDIR: folder,
        // It calls the script below.
        PATH: [folder, ...programs, process.env['PATH'] ?? ''].join(delimiter),
        ARGOCD_ASK_PASS_SOCK: join(folder, 'ask-pass'),
        ARGOCD_GPG_ENABLED: 'false',
      },
    }),
  ];
  // Whom the controller asks is to be there: what it could not compare it looks at again minutes later.
  await untilListens('Redis', redis);
  await untilListens('the repository server', repositories);
  return [
    ...asked,
    startNeighbour(plane, program, {
      as: 'argo-cd-applications',
      args: [
        'argocd-application-controller',
        `--namespace=${NAMESPACE}`,
        `--repo-server=${repositoriesAt ?? ''}`,
        '--repo-server-plaintext',
        `--metrics-port=${metrics[1] ?? 0}`,
        `--redis=${redisAt ?? ''}`,
      ],
      // The cluster that it runs in is that of its kubeconfig.
      env: { HOME: folder, ARGOCD_FAKE_IN_CLUSTER: 'true', ARGOCD_GPG_ENABLED: 'false' },
    }),
  ];
}

/** It asks a script of its image for the signature of every commit, whoever wants one: nobody has signed ours, and git says nothing. */
async function addVerifier(folder: string): Promise<void> {
  const script = '#!/bin/sh\ngit verify-commit "$1" 2>&1 || true\n';
  await writeFile(join(folder, 'git-verify-wrapper.sh'), script, { mode: 0o755 });
}

/** It lets nobody read what it has cloned, not even whoever removes it. */
async function removeOwn(folder: string): Promise<void> {
  const clones = join(folder, '_argocd-repo');
  await chmod(clones, 0o700);
  for (const name of await readdir(clones)) await chmod(join(clones, name), 0o700);
  await rm(folder, { recursive: true, force: true });
}
