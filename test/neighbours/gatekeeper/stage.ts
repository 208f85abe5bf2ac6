import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlane } from '../../control-plane/contract.ts';
import { steadyPort, steadyPorts } from '../../control-plane/ports.ts';
import { selfSigned } from '../../support/self-signed.ts';
import { until } from '../../support/until.ts';
import type { FailurePolicy, OtherWebhook } from '../beside.ts';
import { applyDefinitions, applyObjects, programOf, startNeighbour, type NeighbourProcess } from '../process.ts';

const NAMESPACE = 'gatekeeper-system';
const REGISTRATION = 'gatekeeper-validating-webhook-configuration';
const REGISTRATIONS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';

/** Subresources that its chart has it asked about. */
const SUBRESOURCES = [
  ...['ephemeralcontainers', 'exec', 'log', 'eviction', 'portforward', 'proxy', 'attach', 'binding', 'resize'].map(
    (name) => `pods/${name}`,
  ),
  ...['deployments', 'replicasets', 'statefulsets', 'replicationcontrollers'].map((name) => `${name}/scale`),
  'services/proxy',
  'nodes/proxy',
  'services/status',
];

/** As long as ours: a chart's 3 s would let a request go in a test that stops it for a moment on a busy machine. */
const TIMEOUT_SECONDS = 10;

/**
 * The rule that is comparable to ours, as far as Rego goes: pods and Jobs that name a node in maintenance, by `spec.nodeName` or by
 * the label of the hostname. It sees nodes because they are synced, and knows no work, no owner and no exception.
 */
const REGO = `
package heldnode

spec := input.review.object.spec { input.review.kind.kind == "Pod" }
spec := input.review.object.spec.template.spec { input.review.kind.kind == "Job" }

pinned[name] { name := spec.nodeName }
pinned[name] { name := spec.nodeSelector["kubernetes.io/hostname"] }

violation[{"msg": msg}] {
  pinned[name]
  data.inventory.cluster["v1"].Node[name].metadata.labels["kubectl-maint.io/maintenance"]
  msg := sprintf("Rego says that node %v is in maintenance", [name])
}
`;

/** Gatekeeper's validating webhook beside a control plane: it may end and be started again at the same address. */
export class Gatekeeper implements OtherWebhook {
  readonly #plane: ControlPlane;
  readonly #folder: string;
  readonly #port: number;
  readonly #certificate: string;
  #process: NeighbourProcess | undefined;

  private constructor(plane: ControlPlane, folder: string, port: number, certificate: string) {
    this.#plane = plane;
    this.#folder = folder;
    this.#port = port;
    this.#certificate = certificate;
  }

  /** Gives the control plane its kinds, and starts it; nobody asks it yet. */
  static async start(plane: ControlPlane): Promise<Gatekeeper> {
    await applyObjects(plane, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
    await applyDefinitions(plane, 'gatekeeper');
    const folder = join(plane.folder, 'gatekeeper');
    await mkdir(folder);
    const { cert, key } = selfSigned();
    await writeFile(join(folder, 'tls.crt'), cert);
    await writeFile(join(folder, 'tls.key'), key);
    const gatekeeper = new Gatekeeper(plane, folder, await steadyPort(), cert);
    await gatekeeper.startAgain();
    return gatekeeper;
  }

  get pid(): number {
    return this.#running.pid;
  }

  get #running(): NeighbourProcess {
    if (this.#process === undefined) throw new Error('Gatekeeper has ended');
    return this.#process;
  }

  /** Starts what has ended, and waits until it is ready: it then knows its constraints, and the nodes. */
  async startAgain(): Promise<void> {
    const [health = 0, metrics = 0] = await steadyPorts(2);
    const started = startNeighbour(this.#plane, programOf('gatekeeper'), {
      as: 'gatekeeper',
      args: [
        '--operation=webhook',
        // What its other pods do: the status of templates and constraints, and the kind of a template.
        '--operation=status',
        '--operation=generate',
        '--disable-cert-rotation',
        `--cert-dir=${this.#folder}`,
        '--host=127.0.0.1',
        `--port=${this.#port}`,
        `--health-addr=127.0.0.1:${health}`,
        `--prometheus-port=${metrics}`,
        '--debug-use-fake-pod',
        '--shutdown-delay=0',
      ],
      env: { POD_NAMESPACE: NAMESPACE },
    });
    this.#process = started;
    await until('Gatekeeper is ready', async () => {
      if (!started.isRunning()) throw new Error(`Gatekeeper has ended: ${await started.said()}`);
      const answer = await fetch(`http://127.0.0.1:${health}/readyz`).catch(() => undefined);
      return answer?.status === 200;
    });
  }

  async end(): Promise<void> {
    await this.#process?.end();
    this.#process = undefined;
  }

  /** Registers it as its chart does, but for the address, the time and what is told. */
  async register(failurePolicy: FailurePolicy): Promise<void> {
    await applyObjects(this.#plane, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: REGISTRATION, labels: { 'gatekeeper.sh/system': 'yes' } },
      webhooks: [
        {
          name: 'validation.gatekeeper.sh',
          admissionReviewVersions: ['v1', 'v1beta1'],
          clientConfig: {
            url: `https://127.0.0.1:${this.#port}/v1/admit`,
            caBundle: Buffer.from(this.#certificate).toString('base64'),
          },
          failurePolicy,
          matchPolicy: 'Exact',
          namespaceSelector: {
            matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [NAMESPACE] }],
          },
          rules: [
            {
              apiGroups: ['*'],
              apiVersions: ['*'],
              operations: ['CREATE', 'UPDATE'],
              resources: ['*', ...SUBRESOURCES],
              scope: '*',
            },
          ],
          sideEffects: 'None',
          timeoutSeconds: TIMEOUT_SECONDS,
        },
      ],
    });
  }

  /** Nobody asks it any more. */
  async unregister(): Promise<void> {
    await this.#plane.api('DELETE', `${REGISTRATIONS}/${REGISTRATION}`);
  }

  /** Gives it the rule that is comparable to ours, with the nodes that it needs for it. */
  async addRule(): Promise<void> {
    await applyObjects(
      this.#plane,
      {
        apiVersion: 'syncset.gatekeeper.sh/v1alpha1',
        kind: 'SyncSet',
        metadata: { name: 'nodes' },
        spec: { gvks: [{ group: '', version: 'v1', kind: 'Node' }] },
      },
      {
        apiVersion: 'templates.gatekeeper.sh/v1',
        kind: 'ConstraintTemplate',
        metadata: { name: 'heldnode' },
        spec: {
          crd: { spec: { names: { kind: 'HeldNode' } } },
          targets: [
            {
              target: 'admission.k8s.gatekeeper.sh',
              code: [{ engine: 'Rego', source: { version: 'v0', rego: REGO } }],
            },
          ],
        },
      },
    );
    await until('the kind of its constraint is served', async () => {
      const { status } = await this.#plane.api('GET', '/apis/constraints.gatekeeper.sh/v1beta1/heldnode');
      return status === 200;
    });
    await applyObjects(this.#plane, {
      apiVersion: 'constraints.gatekeeper.sh/v1beta1',
      kind: 'HeldNode',
      metadata: { name: 'held-nodes' },
      spec: {
        match: {
          kinds: [
            { apiGroups: [''], kinds: ['Pod'] },
            { apiGroups: ['batch'], kinds: ['Job'] },
          ],
        },
      },
    });
  }
}
