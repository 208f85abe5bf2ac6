import { describe, expect, test } from 'vitest';
import { causeOf } from '../../../../plugin/drain/cause.ts';
import type { DrainPlan } from '../../../../plugin/drain/plan.ts';
import { findingsOf } from '../../../../plugin/preflight/checks/registry.ts';
import type { NodeClaim } from '../../../../plugin/nodes/node-claims.ts';
import { refusal, warning, type Finding } from '../../../../plugin/preflight/finding.ts';
import type { ClusterNode, OwnerHealth, Survey } from '../../../../plugin/preflight/survey.ts';
import { budgetFromObject, type BudgetFacts, type NodeFacts, type PodFacts } from '../../../../shared/index.ts';
import { EMPTY_SURVEY } from './empty-survey.ts';
import { budgetObject, nodeFacts, podFacts, type BudgetShape, type NodeShape } from '../world.ts';

const CONTROL_PLANE: NodeShape = { labels: { 'node-role.kubernetes.io/control-plane': '' } };
const NOT_READY: NodeShape = { conditions: [{ type: 'Ready', status: 'False' }] };
const SILENT: NodeShape = { conditions: [{ type: 'Ready', status: 'Unknown' }] };
const HELD: NodeShape = { annotations: { 'kubectl-maint.io/maintenance': 'x' }, unschedulable: true };

const N1 = nodeFacts('n1');

/** Nodes of the cluster; only what they are matters to the checks. */
function cluster(...nodes: readonly NodeFacts[]): readonly ClusterNode[] {
  return nodes.map((facts) => ({ facts, allocatable: new Map(), virtual: false }));
}

function plan(differs: Partial<DrainPlan> = {}): DrainPlan {
  return { node: 'n1', evict: [], waitFor: [], leave: [], refused: [], warnings: [], refusals: [], ...differs };
}

const evicting = (...evict: readonly PodFacts[]) => [plan({ evict })];

/** One of two nodes, with nothing on it that anybody would miss. */
function survey(differs: Partial<Survey> = {}): Survey {
  return {
    ...EMPTY_SURVEY,
    chosen: [N1],
    plans: [plan()],
    nodes: cluster(N1, nodeFacts('n2')),
    ...differs,
  };
}

type Row = readonly [what: string, differs: Partial<Survey>, findings: readonly Finding[]];

function expectFindings(_what: string, differs: Partial<Survey>, findings: readonly Finding[]): void {
  expect(findingsOf(survey(differs))).toEqual(findings);
}

test('a node that can go without harm gives nothing to tell', () => {
  expect(findingsOf(survey())).toEqual([]);
});

test('a member of a database that is not Ready is told with those that wait for it; whose turn it is, is not', () => {
  const [a, b, c] = [podFacts('a'), podFacts('b'), podFacts('c')];
  const late = causeOf('member', 'one member of Kafka shop/k at a time: k-2 is not Ready');
  const outOfTurn = new Map([
    [a.uid, late],
    [b.uid, late],
    [c.uid, causeOf('order', 'one member of Kafka shop/l at a time: l-0 goes first')],
  ]);
  const text = `${late.text} (--database-order=false takes them all the same): default/a, default/b`;
  expect(findingsOf(survey({ plans: evicting(b, a, c), outOfTurn }))).toEqual([
    { ...warning('databases', text), pods: ['default/a', 'default/b'] },
  ]);
});

function said(text: string, ...names: readonly string[]) {
  return { text, names };
}

describe('expiry', () => {
  const MADE: NodeShape = { labels: { 'karpenter.sh/nodepool': 'default' } };
  const chosen = [nodeFacts('n1', MADE)];
  const NOON = Date.parse('2026-01-31T12:00:00Z');
  const HOUR = 3_600_000;
  const HEEDS = '; its expiry and its node repair heed no annotation of a node';
  const claimOf = (claim: Partial<NodeClaim>) => ({
    chosen,
    now: NOON,
    nodeClaims: new Map([['n1', { name: 'default-x', expiresAt: undefined, isLeaving: false, ...claim }]]),
  });
  const at = '2026-01-31T13:00:00Z (in 60m)';
  const END = NOON + 2 * HOUR;

  test.each<Row>([
    ['a node that never expires', claimOf({}), []],
    [
      'a node that expires after the announced end',
      { ...claimOf({ expiresAt: NOON + 3 * HOUR }), endOf: () => END },
      [],
    ],
    [
      'a node that expires before the announced end',
      { ...claimOf({ expiresAt: NOON + HOUR }), endOf: () => END },
      [
        warning(
          'expiry',
          `node n1: Karpenter deletes it at ${at}, before the announced end: it expires then (NodeClaim default-x)${HEEDS}`,
        ),
      ],
    ],
    [
      'of two nodes that expire then the one whose maintenance ends later',
      {
        ...claimOf({}),
        chosen: [nodeFacts('n1', MADE), nodeFacts('n2', MADE)],
        nodes: undefined,
        nodeClaims: new Map(
          ['n1', 'n2'].map((name) => [name, { name: `${name}-x`, expiresAt: NOON + HOUR, isLeaving: false }]),
        ),
        endOf: ({ name }) => (name === 'n1' ? NOON + HOUR / 2 : END),
      },
      [
        warning(
          'expiry',
          `node n2: Karpenter deletes it at ${at}, before the announced end: it expires then (NodeClaim n2-x)${HEEDS}`,
        ),
      ],
    ],
    [
      'a node that expires, in a maintenance without an announced end',
      claimOf({ expiresAt: NOON + HOUR }),
      [warning('expiry', `node n1: Karpenter deletes it at ${at}: it expires then (NodeClaim default-x)${HEEDS}`)],
    ],
    [
      'a node that has expired',
      claimOf({ expiresAt: NOON - HOUR }),
      [
        warning(
          'expiry',
          `node n1: it has expired, and Karpenter deletes it at any moment (NodeClaim default-x)${HEEDS}`,
        ),
      ],
    ],
    [
      'a node that is going already',
      claimOf({ isLeaving: true }),
      [warning('expiry', `node n1: Karpenter is deleting it already (NodeClaim default-x)${HEEDS}`)],
    ],
    [
      'a node that is not Ready',
      {
        ...claimOf({}),
        chosen: [
          nodeFacts('n1', {
            ...MADE,
            conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: '2026-01-31T11:00:00Z' }],
          }),
        ],
      },
      [
        warning(
          'expiry',
          `node n1: it is not Ready since 2026-01-31T11:00:00Z: where Karpenter's node repair is on, Karpenter deletes it${HEEDS}`,
        ),
      ],
    ],
    [
      'NodeClaims that may not be read',
      { chosen, nodeClaims: undefined },
      [
        warning(
          'expiry',
          'whether Karpenter deletes a node in its maintenance is not known: no right to list nodeclaims.karpenter.sh',
        ),
      ],
    ],
    ['the same where Karpenter has made no node', { nodeClaims: undefined }, []],
  ])('%s', expectFindings);
});

describe('filters', () => {
  test.each<Row>([
    [
      'a refusal of one node names it; one of several is told once, with the first names of each',
      {
        plans: [
          plan({ refusals: [said('Pods with local storage', 'shop/a'), said('Pods without a controller', 'shop/b')] }),
          plan({ node: 'n2', refusals: [said('Pods with local storage', 'shop/c', 'shop/d', 'shop/e')] }),
        ],
      },
      [
        {
          ...refusal(
            'filters',
            'cannot delete Pods with local storage: shop/a, shop/c, shop/d and 1 more (on 2 nodes: n1, n2)',
          ),
          pods: ['shop/a', 'shop/c', 'shop/d', 'shop/e'],
          nodes: ['n1', 'n2'],
        },
        {
          ...refusal('filters', 'node n1: cannot delete Pods without a controller: shop/b'),
          pods: ['shop/b'],
        },
      ],
    ],
    [
      'warnings are told in kubectl’s words',
      { plans: [plan({ warnings: [{ text: 'ignoring DaemonSet-managed Pods', names: ['kube-system/agent'] }] })] },
      [{ ...warning('filters', 'ignoring DaemonSet-managed Pods: kube-system/agent'), pods: ['kube-system/agent'] }],
    ],
    [
      'warnings of one kind are told once for all nodes',
      {
        plans: ['n1', 'n2', 'n3', 'n4'].map((node) =>
          plan({ node, warnings: [{ text: 'ignoring DaemonSet-managed Pods', names: [`ns/agent-${node}`] }] }),
        ),
      },
      [
        {
          ...warning(
            'filters',
            'ignoring DaemonSet-managed Pods: ns/agent-n1, ns/agent-n2, ns/agent-n3 and 1 more (on 4 nodes)',
          ),
          pods: ['n1', 'n2', 'n3', 'n4'].map((node) => `ns/agent-${node}`),
        },
      ],
    ],
    ['pods that stay are nothing to tell', { plans: [plan({ leave: [{ pod: podFacts('a'), why: 'static' }] })] }, []],
  ])('%s', expectFindings);
});

describe('guards: the last node', () => {
  const cp = ['c1', 'c2', 'c3'].map((name) => nodeFacts(name, CONTROL_PLANE));
  const [c1, c2] = cp;
  if (c1 === undefined || c2 === undefined) throw new Error('there are three');
  const lastWorker = (name: string) =>
    refusal('guards', `node ${name} is the last worker that takes work (--allow-last-node takes it all the same)`);
  const quorum = (name: string, ready: number, all: number, needed: number) =>
    refusal(
      'guards',
      `with node ${name} in maintenance ${ready} of ${all} control-plane nodes would be Ready, and ${needed} are needed (--allow-last-node takes it all the same)`,
    );

  test.each<Row>([
    ['the only worker', { nodes: cluster(N1) }, [lastWorker('n1')]],
    ['the only one that is Ready', { nodes: cluster(N1, nodeFacts('n2', NOT_READY)) }, [lastWorker('n1')]],
    [
      'the only one that is not cordoned',
      { nodes: cluster(N1, nodeFacts('n2', { unschedulable: true })) },
      [lastWorker('n1')],
    ],
    ['the only one beside the control plane', { nodes: cluster(N1, ...cp) }, [lastWorker('n1')]],
    ['the last of those that are chosen', { chosen: [N1, nodeFacts('n2')] }, [lastWorker('n2')]],
    ['one that is accepted', { nodes: cluster(N1), allowLastNode: true }, []],
    ['the other nodes may not be listed', { nodes: undefined }, []],
    [
      'one that is in maintenance already',
      { chosen: [nodeFacts('n1', HELD)], nodes: cluster(nodeFacts('n1', HELD)) },
      [],
    ],
    [
      'one that is chosen with one that is in maintenance already',
      { chosen: [nodeFacts('n2', HELD), N1], nodes: cluster(N1, nodeFacts('n2', HELD)) },
      [lastWorker('n1')],
    ],
    ['one of three of the control plane', { chosen: [c1], nodes: cluster(N1, ...cp) }, []],
    ['two of three of the control plane', { chosen: [c1, c2], nodes: cluster(N1, ...cp) }, [quorum('c2', 1, 3, 2)]],
    ['the only one of the control plane', { chosen: [c1], nodes: cluster(N1, c1) }, [quorum('c1', 0, 1, 1)]],
    ['two of three that are accepted', { chosen: [c1, c2], nodes: cluster(N1, ...cp), allowLastNode: true }, []],
  ])('%s', expectFindings);
});

describe('guards: --max-unavailable', () => {
  const workers = ['n1', 'n2', 'n3', 'n4', 'n5'].map((name) => nodeFacts(name));
  const but = (name: string, shape: NodeShape) =>
    cluster(...workers.map((node) => (node.name === name ? nodeFacts(name, shape) : node)));
  const limit = (maxUnavailable: Survey['pace']['maxUnavailable']) => ({ pace: { maxUnavailable } });
  const many = Array.from({ length: 20 }, (_, index) => nodeFacts(`m${index}`));
  const N30 = nodeFacts('n30');
  const cordoned = ({ name }: NodeFacts) => nodeFacts(name, { unschedulable: true });
  const unasked = (out: number) =>
    refusal(
      'guards',
      `${out} of 20 workers would be out of service, more than half; if you mean it, say so: --max-unavailable=${out}`,
    );
  const tooMany = (out: string, allowed: number, names: string) =>
    refusal('guards', `${out} workers would be out of service, and --max-unavailable allows ${allowed}: ${names}`);

  test.each<Row>([
    ['a large share that nobody names', { chosen: many.slice(0, 11), nodes: cluster(...many) }, [unasked(11)]],
    [
      'those that are out already count, and --allow-last-node does not name them',
      {
        allowLastNode: true,
        chosen: many.slice(0, 11),
        nodes: cluster(...many.slice(0, 11), ...many.slice(11).map(cordoned)),
      },
      [unasked(20)],
    ],
    ['few nodes, whatever share', { chosen: many.slice(0, 10), nodes: cluster(...many.slice(0, 11)) }, []],
    ['many nodes, and no more than half', { chosen: many.slice(0, 11), nodes: cluster(...many, ...workers) }, []],
    ['as many as are named', { chosen: many, nodes: cluster(...many, N30), ...limit({ nodes: 20 }) }, []],
    ['all of them', { chosen: many, nodes: cluster(...many, N30), ...limit({ percent: 100 }) }, []],
    ['no limit', { chosen: workers.slice(1), nodes: cluster(...workers) }, []],
    ['as many as are allowed', { chosen: workers.slice(0, 2), nodes: cluster(...workers), ...limit({ nodes: 2 }) }, []],
    [
      'more than are allowed',
      { chosen: workers.slice(0, 3), nodes: cluster(...workers), ...limit({ nodes: 2 }) },
      [tooMany('3 of 5', 2, 'n1, n2, n3')],
    ],
    [
      'no worker is taken: what is out already is not this run’s doing',
      {
        chosen: [nodeFacts('c1', { labels: { 'node-role.kubernetes.io/control-plane': '' } })],
        nodes: but('n4', { unschedulable: true }),
        allowLastNode: true,
        ...limit({ nodes: 0 }),
      },
      [],
    ],
    [
      'one that is cordoned counts',
      { nodes: but('n4', { unschedulable: true }), ...limit({ nodes: 1 }) },
      [tooMany('2 of 5', 1, 'n1, n4')],
    ],
    [
      'one that is not Ready counts',
      { nodes: but('n4', NOT_READY), ...limit({ nodes: 1 }) },
      [tooMany('2 of 5', 1, 'n1, n4')],
    ],
    [
      'one in maintenance counts, cordoned or not',
      { nodes: but('n4', { ...HELD, unschedulable: false }), ...limit({ nodes: 1 }) },
      [tooMany('2 of 5', 1, 'n1, n4')],
    ],
    ['one that is chosen counts once, whatever it is', { nodes: but('n1', NOT_READY), ...limit({ nodes: 1 }) }, []],
    [
      'the control plane is no worker',
      {
        nodes: cluster(...workers, nodeFacts('c1', { ...CONTROL_PLANE, unschedulable: true })),
        ...limit({ nodes: 1 }),
      },
      [],
    ],
    [
      'per cent are rounded down',
      { chosen: workers.slice(0, 2), nodes: cluster(...workers), ...limit({ percent: 39 }) },
      [tooMany('2 of 5', 1, 'n1, n2')],
    ],
    ['to just as many', { chosen: workers.slice(0, 2), nodes: cluster(...workers), ...limit({ percent: 40 }) }, []],
    ['one may always go', { nodes: cluster(...workers), ...limit({ percent: 1 }) }, []],
    [
      'none where none is allowed',
      { nodes: cluster(...workers), ...limit({ nodes: 0 }) },
      [tooMany('1 of 5', 0, 'n1')],
    ],
    [
      '--allow-last-node does not lift it',
      { chosen: workers, nodes: cluster(...workers), allowLastNode: true, ...limit({ nodes: 4 }) },
      [tooMany('5 of 5', 4, 'n1, n2, n3, n4, n5')],
    ],
    ['the other nodes may not be listed', { nodes: undefined, ...limit({ nodes: 0 }) }, []],
  ])('%s', expectFindings);
});

describe('rights', () => {
  const right = { verb: 'create', group: '', resource: 'pods', subresource: 'eviction', namespace: 'shop', name: '' };

  test.each<Row>([
    [
      'each that is missing',
      {
        missingRights: [
          { ...right, verb: 'patch', resource: 'nodes', subresource: '', namespace: '', name: 'n1' },
          right,
        ],
      },
      [
        refusal('rights', 'you may not patch nodes/n1'),
        refusal('rights', 'you may not create pods/eviction in namespace shop'),
      ],
    ],
    [
      'one that is missing for many nodes or namespaces, once',
      {
        missingRights: [
          ...['n1', 'n2', 'n3', 'n4'].map((name) => ({
            ...right,
            verb: 'patch',
            resource: 'nodes',
            subresource: '',
            namespace: '',
            name,
          })),
          right,
          { ...right, namespace: 'blog' },
        ],
      },
      [
        { ...refusal('rights', 'you may not patch nodes n1, n2, n3 and 1 more'), nodes: ['n1', 'n2', 'n3', 'n4'] },
        refusal('rights', 'you may not create pods/eviction in namespaces shop, blog'),
      ],
    ],
  ])('%s', expectFindings);
});

describe('unreachable', () => {
  const silent = nodeFacts('n1', SILENT);
  const told = warning(
    'unreachable',
    'node n1 is unreachable: nobody confirms that its pods ended; if it is off for good, let its volumes go: kubectl taint node n1 node.kubernetes.io/out-of-service=nodeshutdown:NoExecute',
  );

  test.each<Row>([
    ['a node that is silent', { chosen: [silent, nodeFacts('n3')] }, [told]],
    [
      'several of them, once',
      { chosen: [silent, nodeFacts('n2', SILENT)], allowLastNode: true },
      [
        {
          ...warning(
            'unreachable',
            'nodes n1, n2 are unreachable: nobody confirms that their pods ended; if one is off for good, let its volumes go: kubectl taint node NODE node.kubernetes.io/out-of-service=nodeshutdown:NoExecute',
          ),
          nodes: ['n1', 'n2'],
        },
      ],
    ],
    ['a node that says it is not Ready', { chosen: [nodeFacts('n1', NOT_READY)] }, []],
    ['nothing is drained', { chosen: [silent], plans: [] }, []],
  ])('%s', expectFindings);
});

describe('budgets', () => {
  const budget = (name: string, shape: BudgetShape) =>
    budgetFromObject(budgetObject(name, { namespace: 'shop', ...shape }));
  const stuck = budget('stuck', { allowed: 0, needed: 2 });
  const open = budget('open', { allowed: 1, needed: 2 });
  const waits = budget('waits', { allowed: 0, needed: 2, healthy: 1, expected: 2 });
  const pods = ['a', 'b', 'c', 'd'].map((name) => podFacts(name, { namespace: 'shop' }));
  const [a, b] = pods;
  if (a === undefined || b === undefined) throw new Error('there are four');
  const under = (...budgets: readonly BudgetFacts[]): Pick<Survey, 'budgetsOf'> => ({ budgetsOf: () => budgets });
  const never = (names: string) =>
    warning(
      'budgets',
      `disruption budget shop/stuck needs 2 healthy pods and has 2: it lets none of its 2 pods go; change it, or scale up: ${names}`,
    );
  const twofold = (budgets: string, names: string) =>
    warning('budgets', `more than one disruption budget (${budgets}) selects ${names}: evictions support one only`);

  test.each<Row>([
    ['one that lets a pod go', { plans: evicting(...pods), ...under(open) }, []],
    ['one that waits for a pod', { plans: evicting(...pods), ...under(waits) }, []],
    [
      'one that never lets any go',
      { plans: evicting(...pods), ...under(stuck) },
      [never('shop/a, shop/b, shop/c and 1 more')],
    ],
    [
      'is told once for the pods of all nodes',
      { plans: [...evicting(a), plan({ node: 'n2', evict: [b] })], ...under(stuck) },
      [never('shop/a, shop/b')],
    ],
    [
      'it does not matter to pods that stay',
      { plans: [plan({ leave: [{ pod: a, why: 'static' }] })], ...under(stuck) },
      [],
    ],
    [
      'two on one pod, in whichever order',
      { plans: evicting(a, b), budgetsOf: ({ name }) => (name === 'a' ? [waits, open] : [open, waits]) },
      [twofold('shop/open and shop/waits', 'shop/a, shop/b')],
    ],
    [
      'other two on another pod',
      {
        plans: evicting(a, b),
        budgetsOf: ({ name }) => (name === 'a' ? [waits, open] : [open, waits, budget('x', { allowed: 1 })]),
      },
      [twofold('shop/open and shop/waits', 'shop/a'), twofold('shop/open and shop/waits and shop/x', 'shop/b')],
    ],
    [
      'two of which one never lets any go',
      { plans: evicting(a), ...under(open, stuck) },
      [never('shop/a'), twofold('shop/open and shop/stuck', 'shop/a')],
    ],
  ])('%s', expectFindings);
});

describe('downtime', () => {
  const pod = (name: string, more: { readonly ready?: boolean } = {}) =>
    podFacts(name, { owner: { kind: 'ReplicaSet' }, ...more });
  const owned = (ready: number): Pick<Survey, 'owners'> => ({
    owners: new Map<string, OwnerHealth>([['uid-owner', { title: 'Deployment shop/web', ready, nodeName: '' }]]),
  });
  const down = (which: string) =>
    warning('downtime', `Deployment shop/web will be down until it is Ready elsewhere: ${which} moved`);

  test.each<Row>([
    ['the only ready pod', { plans: evicting(pod('a')), ...owned(1) }, [down('its only ready pod is')]],
    ['all ready pods', { plans: evicting(pod('a'), pod('b')), ...owned(2) }, [down('all of its 2 ready pods are')]],
    [
      'all ready pods, on several nodes',
      { plans: [...evicting(pod('a')), plan({ node: 'n2', evict: [pod('b')] })], ...owned(2) },
      [down('all of its 2 ready pods are')],
    ],
    ['one more pod is ready elsewhere', { plans: evicting(pod('a'), pod('b')), ...owned(3) }, []],
    [
      'more are ready here than it knows of',
      { plans: evicting(pod('a')), ...owned(0) },
      [down('its only ready pod is')],
    ],
    ['no pod of it is ready', { plans: evicting(pod('a', { ready: false })), ...owned(0) }, []],
    [
      'those that are not ready do not count',
      { plans: evicting(pod('a', { ready: false }), pod('b')), ...owned(2) },
      [],
    ],
    ['the pods are of somebody else', { plans: evicting(podFacts('a')), ...owned(1) }, []],
    ['nothing is known of its workload', { plans: evicting(pod('a')) }, []],
  ])('%s', expectFindings);
});

describe('room', () => {
  const without = ['b', 'c', 'a', 'd'].map((name) => podFacts(name, { namespace: 'shop' }));
  const names = 'shop/a, shop/b, shop/c and 1 more';
  const room = (differs: Partial<Survey['room']>): Pick<Survey, 'room'> => ({
    room: { moving: 9, without, nowhere: new Map(), foreign: 0, looked: 24, candidates: 24, ...differs },
  });

  test.each<Row>([
    ['for all', room({ without: [] }), []],
    ['nowhere', room({}), [warning('room', `the other nodes have no room left for ${names}`)]],
    [
      'not on those that were looked at',
      room({ candidates: 90 }),
      [warning('room', `the 24 largest of 90 other nodes have no room left for ${names}`)],
    ],
    [
      'no node suits',
      room({ nowhere: new Map([['', without]]), looked: 0, candidates: 0 }),
      [warning('room', `no other node can take ${names}`)],
    ],
    [
      'no node suits some of them, and the others are full',
      room({ nowhere: new Map([['its volume pv-1 cannot be reached from there', without.slice(0, 1)]]) }),
      [
        warning('room', 'no other node can take shop/b: its volume pv-1 cannot be reached from there'),
        warning('room', 'the other nodes have no room left for shop/a, shop/c, shop/d'),
      ],
    ],
    [
      'nodes of another kind do not count, which is said',
      room({ foreign: 2 }),
      [
        warning(
          'room',
          `the other nodes have no room left for ${names} (2 nodes are not counted: of another operating system or architecture)`,
        ),
      ],
    ],
  ])('%s', expectFindings);
});

describe('pods that come back', () => {
  const everywhere = { tolerations: [{ operator: 'Exists' }] };
  const managed = { owner: { kind: 'ReplicaSet' } };
  const named = (nodeName: string): Pick<Survey, 'owners'> => ({
    owners: new Map([['uid-owner', { title: 'ReplicaSet default/a', ready: 2, nodeName }]]),
  });
  const text =
    'may come back, because they tolerate the cordon: default/a; take the toleration out of its template, scale it down for the time, or let it stay with the label cluster.x-k8s.io/drain: skip in its template';

  test.each<Row>([
    ['the cordon keeps them off', { plans: evicting(podFacts('a', managed)) }, []],
    [
      'they tolerate it',
      { plans: evicting(podFacts('a', { ...managed, ...everywhere })) },
      [warning('returning', text)],
    ],
    ['their template names another node', { plans: evicting(podFacts('a', managed)), ...named('n2') }, []],
    [
      'their template names the node',
      { plans: evicting(podFacts('a', { ...managed, ...everywhere })), ...named('n1') },
      [
        warning(
          'returning',
          'will come back, because their template names the node: default/a; take spec.nodeName out of its template, scale it down for the time, or let it stay with the label cluster.x-k8s.io/drain: skip in its template',
        ),
      ],
    ],
    ['nobody makes them again', { plans: evicting(podFacts('a', everywhere)) }, []],
    ['they end by themselves', { plans: evicting(podFacts('a', { owner: { kind: 'Job' }, ...everywhere })) }, []],
  ])('%s', expectFindings);
});

describe('operators that have a part in the drain', () => {
  const found = (text: string, ...pods: readonly string[]) => ({ ...warning('operators', text), pods });
  const machine = podFacts('virt-launcher-db-x', { labels: { 'kubevirt.io': 'virt-launcher' } });
  const SWITCHED =
    'CloudNativePG makes another instance the primary as soon as the node is cordoned, where one is Ready elsewhere';
  const labels = (role: string) => ({ labels: { 'cnpg.io/instanceRole': role } });

  test.each<Row>([
    ['pods of nobody', { plans: evicting(podFacts('a')) }, []],
    [
      'a virtual machine',
      { plans: evicting(machine) },
      [
        found(
          'by their evictionStrategy KubeVirt migrates virtual machines, shuts them down or keeps them; a migration goes on where the drain is given up: default/virt-launcher-db-x',
          'default/virt-launcher-db-x',
        ),
      ],
    ],
    [
      'the primary of a database, and not its replica',
      { plans: evicting(podFacts('db-1', labels('primary')), podFacts('db-2', labels('replica'))) },
      [found(`${SWITCHED}: default/db-1`, 'default/db-1')],
    ],
    [
      'the primary on a node that is only cordoned',
      { plans: [], movedByCordon: [podFacts('db-1', labels('primary'))] },
      [found(`${SWITCHED}: default/db-1`, 'default/db-1')],
    ],
    [
      'pods of a node that is only cordoned, which may not be seen',
      { plans: [], movedByCordon: undefined },
      [
        warning(
          'operators',
          'whether an operator moves pods off a node that is cordoned is not known: you may not list pods, or ask which APIs are served',
        ),
      ],
    ],
    [
      'pods with eviction responders',
      {
        plans: evicting(
          podFacts('a', { evictionResponders: ['acme.io/mover'] }),
          podFacts('b', { evictionResponders: ['acme.io/mover', 'acme.io/saver'] }),
        ),
      },
      [
        found(
          'evicted as other pods are, without a request to their eviction responders (acme.io/mover, acme.io/saver): default/a, default/b',
          'default/a',
          'default/b',
        ),
      ],
    ],
  ])('%s', expectFindings);
});

describe('active work', () => {
  const waiting = (why: string, ...names: readonly string[]) =>
    names.map((name) => ({ pod: podFacts(name), why, inside: false }));
  const told = (why: string, names: string) =>
    warning(
      'active-work',
      `waiting for pods to end by themselves, because ${why}: ${names}${why.startsWith('labelled ') ? '' : '; --active-work=evict breaks them off'}`,
    );

  test.each<Row>([
    [
      'is told by its reason, for all nodes',
      {
        plans: [
          plan({ waitFor: [...waiting('a backup is running', 'a'), ...waiting('a scan is running', 'b')] }),
          plan({ node: 'n2', waitFor: waiting('a backup is running', 'c', 'd', 'e') }),
        ],
      },
      [
        told('a backup is running', 'default/a, default/c, default/d and 1 more'),
        told('a scan is running', 'default/b'),
      ],
    ],
    [
      'that runs inside a pod which does not end is told as such',
      { plans: [plan({ waitFor: [{ pod: podFacts('pg-1'), why: 'B shop/nightly is running in it', inside: true }] })] },
      [
        warning(
          'active-work',
          'waiting before pods are evicted, because B shop/nightly is running in it: default/pg-1; --active-work=evict breaks it off',
        ),
      ],
    ],
    [
      'that may not be read is told where something is evicted',
      { plans: evicting(podFacts('pg-1', { owner: { kind: 'Cluster' } })), unknownInside: ['a backup is not seen'] },
      [warning('active-work', 'a backup is not seen')],
    ],
    ['that may not be read concerns nobody else', { unknownInside: ['a backup is not seen'] }, []],
  ])('%s', expectFindings);
});

describe('enforcement', () => {
  test.each<Row>([
    [
      'the webhook is not installed',
      { registered: 'no' },
      [warning('enforcement', 'the webhook is not installed: nothing will keep backups, scans and add-on changes off')],
    ],
    ['nobody may tell', { registered: 'unknown' }, []],
  ])('%s', expectFindings);
});

describe('all findings', () => {
  const pod = podFacts('a', { owner: { kind: 'ReplicaSet' } });

  test('of all checks are told, refusals first, each in the order of the checks', () => {
    const two = [1, 2].map((number) => budgetFromObject(budgetObject(`b${number}`, { allowed: 1 })));
    const everything: Partial<Survey> = {
      chosen: [nodeFacts('n1', SILENT)],
      nodes: cluster(N1),
      plans: [
        plan({
          evict: [pod],
          waitFor: [{ pod, why: 'it runs', inside: false }],
          warnings: [{ text: 'careful', names: ['default/a'] }],
          refusals: [said('Pods', 'default/a')],
        }),
      ],
      budgetsOf: () => two,
      owners: new Map([['uid-owner', { title: 'Deployment default/web', ready: 1, nodeName: '' }]]),
      room: { moving: 1, without: [pod], nowhere: new Map(), foreign: 0, looked: 0, candidates: 0 },
      missingRights: [{ verb: 'patch', group: '', resource: 'nodes', subresource: '', namespace: '', name: 'n1' }],
      registered: 'no',
    };
    expect(findingsOf(survey(everything)).map(({ severity, check }) => `${severity} ${check}`)).toEqual([
      'refuse filters',
      'refuse guards',
      'refuse rights',
      'warn filters',
      'warn unreachable',
      'warn budgets',
      'warn downtime',
      'warn room',
      'warn active-work',
      'warn enforcement',
    ]);
  });

  test('are told once', () => {
    const unknown = 'a backup inside a pod is not seen';
    const plans = [plan({ evict: [podFacts('a')] })];
    expect(findingsOf(survey({ plans, unknownInside: [unknown, unknown] }))).toEqual([warning('active-work', unknown)]);
  });
});
