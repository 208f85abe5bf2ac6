import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conditionAt, textAt } from '../../../shared/index.ts';
import type { ControlPlane } from '../../control-plane/contract.ts';
import { steadyPorts } from '../../control-plane/ports.ts';
import { untilSuch } from '../../support/until.ts';
import { applyDefinitions, applyObjects, programOf, startNeighbour, type NeighbourProcess } from '../process.ts';

const NAMESPACE = 'flux-system';
const KUSTOMIZATIONS = `/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/${NAMESPACE}/kustomizations`;
const SOURCES = 'source.toolkit.fluxcd.io';

/** A Kustomization as Flux describes it. */
export interface Told {
  /** Whether it is ready, why (not), and in which words. */
  readonly ready: string | undefined;
  readonly reason: string | undefined;
  readonly message: string | undefined;
  /** The revision that was applied last, and the one that was tried last. */
  readonly applied: string | undefined;
  readonly attempted: string | undefined;
}

/** Flux's kustomize-controller beside a control plane. Of its source controller the test does the work: it serves what is committed. */
export class Flux {
  readonly #plane: ControlPlane;
  readonly #folder: string;
  readonly #server: Server;
  readonly #process: NeighbourProcess;

  private constructor(plane: ControlPlane, folder: string, server: Server, process: NeighbourProcess) {
    this.#plane = plane;
    this.#folder = folder;
    this.#server = server;
    this.#process = process;
  }

  /** Starts it. */
  static async start(plane: ControlPlane): Promise<Flux> {
    const folder = await mkdtemp(join(tmpdir(), 'maint-flux-'));
    const server = createServer((request, response) => {
      void readFile(join(folder, request.url ?? '')).then(
        (archive) => response.end(archive),
        () => response.writeHead(404).end(),
      );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    await applyObjects(plane, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
    await applyObjects(
      plane,
      sourceKind('GitRepository', 'gitrepositories'),
      sourceKind('OCIRepository', 'ocirepositories'),
      sourceKind('Bucket', 'buckets'),
    );
    await applyDefinitions(plane, 'flux');
    const [health = 0, metrics = 0] = await steadyPorts(2);
    const started = startNeighbour(plane, programOf('flux', 'kustomize-controller'), {
      as: 'flux-kustomize-controller',
      args: [
        `--health-addr=127.0.0.1:${health}`,
        `--metrics-addr=127.0.0.1:${metrics}`,
        '--watch-all-namespaces',
        '--requeue-dependency=2s',
      ],
      env: { RUNTIME_NAMESPACE: NAMESPACE, TMPDIR: folder },
    });
    return new Flux(plane, folder, server, started);
  }

  async end(): Promise<void> {
    await this.#process.end();
    this.#server.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Makes or changes a Kustomization; it applies what is committed by its name, and tries again soon what has failed. */
  async apply(name: string, spec: object = {}): Promise<void> {
    await applyObjects(this.#plane, {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name, namespace: NAMESPACE },
      spec: {
        interval: '1h',
        retryInterval: '2s',
        // The shortest that it heeds.
        timeout: '30s',
        prune: true,
        targetNamespace: 'default',
        sourceRef: { kind: 'GitRepository', name },
        ...spec,
      },
    });
  }

  /** Commits objects as a revision, as its source controller would tell of it. */
  async commit(name: string, revision: number, ...objects: readonly object[]): Promise<void> {
    const [archive, content] = [`${name}-${revision}.tar.gz`, join(this.#folder, `${name}-${revision}`)];
    await mkdir(content);
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
    await writeFile(join(content, 'objects.yaml'), list);
    const { status, stderr } = spawnSync('tar', ['-czf', join(this.#folder, archive), '-C', content, '.'], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`tar: ${stderr}`);
    const digest = createHash('sha256')
      .update(await readFile(join(this.#folder, archive)))
      .digest('hex');
    const { port } = this.#server.address() as AddressInfo;
    const time = new Date().toISOString();
    await applyObjects(this.#plane, {
      apiVersion: `${SOURCES}/v1`,
      kind: 'GitRepository',
      metadata: { name, namespace: NAMESPACE },
      spec: { interval: '1h', url: 'https://example.org/repository' },
      status: {
        conditions: [{ type: 'Ready', status: 'True', reason: 'Succeeded', message: '', lastTransitionTime: time }],
        artifact: {
          url: `http://127.0.0.1:${port}/${archive}`,
          path: archive,
          revision: revisionOf(revision),
          digest: `sha256:${digest}`,
          lastUpdateTime: time,
        },
      },
    });
  }

  /** How a Kustomization is now. */
  async told(name: string): Promise<Told> {
    const { body } = await this.#plane.api('GET', `${KUSTOMIZATIONS}/${name}`);
    const ready = conditionAt(body, 'Ready');
    return {
      ready: textAt(ready, 'status'),
      reason: textAt(ready, 'reason'),
      message: textAt(ready, 'message'),
      applied: textAt(body, 'status', 'lastAppliedRevision'),
      attempted: textAt(body, 'status', 'lastAttemptedRevision'),
    };
  }

  /** Waits until a Kustomization is such. */
  comesTo(name: string, what: string, holds: (told: Told) => boolean): Promise<Told> {
    return untilSuch(`${name} is ${what}`, () => this.told(name), holds);
  }
}

/** A revision as Git has it. */
export function revisionOf(revision: number): string {
  return `main@sha1:${String(revision).padStart(40, '0')}`;
}

/** Ready with a revision. */
export const isReadyAt =
  (revision: number) =>
  ({ ready, applied }: Told) =>
    ready === 'True' && applied === revisionOf(revision);

/** A kind of its source controller, which is not here: it takes anything. */
function sourceKind(kind: string, plural: string): object {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${SOURCES}` },
    spec: {
      group: SOURCES,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
}
