import { listAt, textAt } from '../../../shared/index.ts';
import type { ControlPlane } from '../../control-plane/contract.ts';
import { steadyPort, steadyPorts } from '../../control-plane/ports.ts';
import { until } from '../../support/until.ts';
import type { FailurePolicy, OtherWebhook } from '../beside.ts';
import { applyDefinitions, applyObjects, programOf, startNeighbour, type NeighbourProcess } from '../process.ts';

const NAMESPACE = 'kyverno';
const POLICY = 'held-nodes';
const POLICIES = '/apis/policies.kyverno.io/v1/validatingpolicies';
const REGISTRATION =
  '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/kyverno-resource-validating-webhook-cfg';

/** What its chart sets; it ends without them. None of the objects needs to be there. */
const ENVIRONMENT = {
  KYVERNO_NAMESPACE: NAMESPACE,
  KYVERNO_SERVICEACCOUNT_NAME: 'kyverno-admission-controller',
  KYVERNO_DEPLOYMENT: 'kyverno-admission-controller',
  // Who leads: started again it is the same, and leads at once.
  KYVERNO_POD_NAME: 'kyverno-admission-controller-0',
  INIT_CONFIG: 'kyverno',
  METRICS_CONFIG: 'kyverno-metrics',
};

/**
 * The rule that is comparable to ours, as far as CEL goes: pods and Jobs that name a node in maintenance, by `spec.nodeName` or by
 * the label of the hostname. It asks the API server for each node that is named, and knows no work, no owner and no exception.
 */
const RULE = {
  validationActions: ['Deny'],
  matchConstraints: {
    resourceRules: [
      { apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] },
      { apiGroups: ['batch'], apiVersions: ['v1'], resources: ['jobs'], operations: ['CREATE'] },
    ],
  },
  variables: [
    { name: 'spec', expression: "request.kind.kind == 'Job' ? object.spec.template.spec : object.spec" },
    {
      name: 'named',
      expression: "[?variables.spec.?nodeName, ?variables.spec.?nodeSelector[?'kubernetes.io/hostname']]",
    },
  ],
  validations: [
    {
      expression:
        "variables.named.all(n, !('kubectl-maint.io/maintenance' in resource.get('v1', 'nodes', '', n).metadata.labels))",
      message: 'CEL says that the node is in maintenance',
    },
  ],
};

/** Kyverno's admission controller beside a control plane: it may end and be started again at the same address. */
export class Kyverno implements OtherWebhook {
  readonly #plane: ControlPlane;
  readonly #port: number;
  #process: NeighbourProcess | undefined;

  private constructor(plane: ControlPlane, port: number) {
    this.#plane = plane;
    this.#port = port;
  }

  /** Gives the control plane its kinds, and starts it; it is asked about its own kinds alone. */
  static async start(plane: ControlPlane): Promise<Kyverno> {
    await applyObjects(plane, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
    await applyDefinitions(plane, 'kyverno');
    const kyverno = new Kyverno(plane, await steadyPort());
    await kyverno.startAgain();
    return kyverno;
  }

  get pid(): number {
    if (this.#process === undefined) throw new Error('Kyverno has ended');
    return this.#process.pid;
  }

  /** Starts what has ended, and waits until it leads and answers: it makes its certificates, and registers itself at this address. */
  async startAgain(): Promise<void> {
    const [metrics = 0] = await steadyPorts(1);
    const started = startNeighbour(this.#plane, programOf('kyverno'), {
      as: 'kyverno',
      args: [
        `--kubeconfig=${this.#plane.kubeconfig}`,
        `--serverIP=127.0.0.1:${this.#port}`,
        '--webhookServerHost=127.0.0.1',
        `--webhookServerPort=${this.#port}`,
        `--caSecretName=${NAMESPACE}-tls-ca`,
        `--tlsSecretName=${NAMESPACE}-tls-pair`,
        '--metricsHost=127.0.0.1',
        `--metricsPort=${metrics}`,
        '--controllerRuntimeMetricsAddress=0',
      ],
      env: ENVIRONMENT,
    });
    this.#process = started;
    await until('Kyverno judges policies', async () => {
      if (!started.isRunning()) throw new Error(`Kyverno has ended: ${await started.said()}`);
      return this.#judgesPolicies();
    });
  }

  /** It is asked about its own policies as about any other object, and refuses one that is none. */
  async #judgesPolicies(): Promise<boolean> {
    const validations = [{ expression: 'no CEL' }];
    const { body } = await this.#plane.api('POST', `${POLICIES}?dryRun=All`, {
      ...this.#policy(),
      spec: { ...RULE, validations },
    });
    return /denied the request/.test(textAt(body, 'message') ?? '');
  }

  async end(): Promise<void> {
    await this.#process?.end();
    this.#process = undefined;
  }

  #policy(failurePolicy?: FailurePolicy): object {
    return {
      apiVersion: 'policies.kyverno.io/v1',
      kind: 'ValidatingPolicy',
      metadata: { name: POLICY },
      spec: { ...RULE, failurePolicy },
    };
  }

  /** Gives it the rule; it registers itself for what the rule names. */
  async register(failurePolicy?: FailurePolicy): Promise<void> {
    await applyObjects(this.#plane, this.#policy(failurePolicy));
    const wanted = failurePolicy ?? 'Fail';
    await until(`Kyverno has registered itself with ${wanted}`, async () => {
      const entries = await this.registered();
      return entries.length === 1 && textAt(entries[0], 'failurePolicy') === wanted;
    });
  }

  /** Takes the rule away, and waits until it is asked about nothing more. */
  async unregister(): Promise<void> {
    await this.#plane.api('DELETE', `${POLICIES}/${POLICY}`);
    await until('Kyverno is asked about nothing', async () => (await this.registered()).length === 0);
  }

  /** Its entries in its own registration for what policies are about. */
  async registered(): Promise<readonly unknown[]> {
    const { body } = await this.#plane.api('GET', REGISTRATION);
    return listAt(body, 'webhooks');
  }
}
