/** An API server without any webhook, on which the floor is put for the cluster and the configuration of a case. */
import {
  isObject,
  listAt,
  nodeFromObject,
  NodeTable,
  REGISTER_NAME,
  registerOf,
  registerPath,
  REGISTERS,
  textAt,
  TOOLS,
  type PolicyConfig,
  type ReviewRequest,
} from '../../../shared/index.ts';
import { EMPTY_REGISTER_OBJECT } from '../../../webhook/floor/definition.ts';
import { floorObjects } from '../../../webhook/floor/floor.ts';
import { policyWithBinding } from '../../../webhook/floor/objects.ts';
import { apiCaller, type ApiAnswer, type CallApi } from '../../control-plane/api.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { requestOf, type Case } from '../../support/floor-coverage.ts';
import { installRegister } from '../../support/floor.ts';
import { until } from '../../support/until.ts';
import { wholeObject } from './whole-object.ts';
import { KNOWN_KINDS } from '../../support/kinds.ts';

const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** What the API server said to a case. */
export interface Said {
  readonly decision: 'allow' | 'warn' | 'deny';
  readonly message: string;
}

/** The stage: one API server for all cases. */
export class FloorStage {
  readonly plane: ControlPlane;
  #round = 0;

  constructor(plane: ControlPlane) {
    this.plane = plane;
  }

  /** Starts an API server that knows every kind of the cases, with what updates update in place. */
  static async start(cases: readonly Case[]): Promise<FloorStage> {
    const plane = await startControlPlane({ controllerManager: false, scheduler: false, kwok: false });
    const stage = new FloorStage(plane);
    await installRegister(plane);
    await stage.#define(cases);
    for (const about of cases) await stage.#prepare(about);
    return stage;
  }

  /** Puts the register of some nodes and the floor of a configuration in force, and waits until they are. */
  async arm(nodes: readonly object[], config: PolicyConfig): Promise<void> {
    this.#round += 1;
    const { api } = this.plane;
    await Promise.all([api('DELETE', `${ADMISSION}/${POLICIES}`), api('DELETE', `${ADMISSION}/${BINDINGS}`)]);
    const table = new NodeTable(nodes.map(nodeFromObject).filter((node) => node !== undefined));
    const labels = { round: String(this.#round) };
    await api('DELETE', registerPath(REGISTER_NAME));
    const metadata = { ...EMPTY_REGISTER_OBJECT.metadata, labels };
    await succeed(api('POST', REGISTERS, { ...EMPTY_REGISTER_OBJECT, metadata, spec: registerOf(table.held) }));
    for (const object of floorObjects(TOOLS, config))
      await succeed(api('POST', `${ADMISSION}/${collectionOf(object)}`, object));
    await this.#live();
  }

  /** Sends a case as its user would, in a dry run. */
  async send(about: Case): Promise<Said> {
    const request = requestOf(about);
    const call = this.#callAs(request);
    const { object, oldObject } = request;
    const path = collectionPath(about);
    const query = '?dryRun=All';
    const answer =
      request.operation === 'CREATE'
        ? await call('POST', path + query, placed(object?.raw, about))
        : await call(
            'PATCH',
            `${path}/${oldObject?.name ?? ''}${query}`,
            difference(placed(oldObject?.raw, about), placed(object?.raw, about)),
          );
    return saidBy(answer, about.name);
  }

  async stop(): Promise<void> {
    await this.plane.stop();
  }

  /** Every right, by somebody else's name: what the floor looks at is the name. */
  #callAs({ user }: ReviewRequest): CallApi {
    const { server, ca, adminToken: token } = this.plane;
    const headers = {
      'Impersonate-User': user.name === '' ? 'somebody' : user.name,
      'Impersonate-Group': 'system:masters',
    };
    return apiCaller({ server, ca, token, headers });
  }

  /** Policies are compiled together, and see the same register. */
  async #live(): Promise<void> {
    const { api } = this.plane;
    for (const object of canary(this.#round))
      await succeed(api('POST', `${ADMISSION}/${collectionOf(object)}`, object));
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'canary' } };
    await until('the policies are in force', async () => {
      const { body } = await api('POST', '/api/v1/namespaces/default/configmaps?dryRun=All', map);
      return textAt(body, 'message')?.includes(`in round ${this.#round} seen ${this.#round}.`) === true;
    });
  }

  async #define(cases: readonly Case[]): Promise<void> {
    const custom = new Map(cases.map(definitionFor).flatMap((one) => (one === undefined ? [] : [[one.path, one]])));
    for (const { definition } of custom.values()) await succeed(this.plane.api('POST', CRDS, definition));
    for (const path of custom.keys()) {
      await until(`${path} is served`, async () => (await this.plane.api('GET', path)).status === 200);
    }
  }

  /** Each case has a namespace of its own, and there what it updates. */
  async #prepare(about: Case): Promise<void> {
    const { api } = this.plane;
    const metadata = { name: namespaceOf(about) };
    await succeed(api('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata }));
    const { operation, oldObject } = requestOf(about);
    if (operation !== 'UPDATE' || oldObject === undefined) return;
    const path = collectionPath(about);
    await succeed(api('POST', path, placed(oldObject.raw, about)));
    if (oldObject.deleting) await succeed(api('DELETE', `${path}/${oldObject.name}`));
  }
}

const POLICIES = 'validatingadmissionpolicies';
const BINDINGS = 'validatingadmissionpolicybindings';

function collectionOf(object: object): string {
  return textAt(object, 'kind') === 'ValidatingAdmissionPolicy' ? POLICIES : BINDINGS;
}

/** A policy of a round, which refuses every ConfigMap and says which register it sees. */
function canary(round: number): readonly object[] {
  return policyWithBinding({
    name: 'canary',
    mode: 'enforce',
    failurePolicy: 'Ignore',
    resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE'] }],
    matchConditions: [],
    variables: [],
    validations: [
      {
        expression: 'false',
        messageExpression: `'in round ${round} seen ' + params.metadata.labels.round + '.'`,
        message: 'seen nothing',
        reason: 'Forbidden',
      },
    ],
    hasRegister: true,
  });
}

/** Whether the API server can be asked about a case: a kind that it serves, created or updated, and no subresource. */
export function canBeSent(about: Case): boolean {
  const { object, operation, subresource } = requestOf(about);
  return (
    object !== undefined &&
    ['CREATE', 'UPDATE'].includes(operation) &&
    subresource === '' &&
    object.groupKind !== '/Node' &&
    KNOWN_KINDS.has(object.groupKind)
  );
}

/** Groups that every API server serves. */
const BUILT_IN = ['', 'apps', 'batch'];

interface Definition {
  readonly path: string;
  readonly definition: object;
}

/** The definition of a custom kind in the version of the case: any content is taken. */
function definitionFor(about: Case): Definition | undefined {
  const { object } = requestOf(about);
  const known = object && KNOWN_KINDS.get(object.groupKind);
  if (known === undefined || object === undefined || BUILT_IN.includes(object.group)) return undefined;
  const { group, resource } = known;
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    path: `/apis/${group}/${object.version}/${resource}`,
    definition: {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `${resource}.${group}`, annotations: { 'api-approved.kubernetes.io': 'unapproved, a test' } },
      spec: {
        group,
        scope: object.namespace === '' ? 'Cluster' : 'Namespaced',
        names: { plural: resource, singular: object.kind.toLowerCase(), kind: object.kind },
        versions: [{ name: object.version, served: true, storage: true, schema }],
      },
    },
  };
}

function namespaceOf({ name }: Case): string {
  return name.replaceAll('/', '-').slice(0, 63).replace(/-$/, '');
}

function collectionPath(about: Case): string {
  const { object, oldObject } = requestOf(about);
  const { group, version, namespace, groupKind } = object ?? oldObject ?? NOTHING;
  const resource = KNOWN_KINDS.get(groupKind)?.resource;
  if (resource === undefined) throw new Error(`${about.name}: its kind has no resource`);
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const isClusters = namespace === '' && !BUILT_IN.includes(group);
  return isClusters ? `${root}/${resource}` : `${root}/namespaces/${namespaceOf(about)}/${resource}`;
}

const NOTHING = { group: '', version: '', namespace: '', groupKind: '' };

/** The object in the namespace of its case. */
function placed(raw: unknown, about: Case): Readonly<Record<string, unknown>> {
  if (!isObject(raw)) throw new Error(`${about.name}: no object`);
  return wholeObject(raw, namespaceOf(about));
}

/** The JSON merge patch (RFC 7386) that makes one object of another. */
function difference(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  const patch: Record<string, unknown> = Object.fromEntries(gone.map((key) => [key, null]));
  for (const [key, value] of Object.entries(after)) {
    const old = before[key];
    if (isObject(value) && isObject(old)) patch[key] = difference(old, value);
    else if (JSON.stringify(value) !== JSON.stringify(old)) patch[key] = value;
  }
  return patch;
}

function saidBy({ status, body }: ApiAnswer, name: string): Said {
  const message = textAt(body, 'message') ?? '';
  if (status < 300) return { decision: 'allow', message };
  if (message.includes("ValidatingAdmissionPolicy '")) return { decision: 'deny', message };
  throw new Error(`${name}: ${status} ${message} ${JSON.stringify(listAt(body, 'details', 'causes'))}`);
}

async function succeed(answer: Promise<ApiAnswer>): Promise<void> {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`${status}: ${textAt(body, 'message') ?? ''}`);
}
