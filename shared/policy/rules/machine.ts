import { textAt } from '../../facts/json.ts';
import { isInMaintenance, type NodeFacts } from '../../facts/node.ts';
import { kindsOf } from '../../kinds.ts';
import { clean, MAX_QUOTE } from '../../words.ts';
import type { WorkObject } from '../../facts/work.ts';
import type { AskedEntry } from '../entry.ts';
import { isOfUser } from '../own-pod.ts';
import { NO_OBJECTION, objection, type Rule, type Subject } from '../rule.ts';

/** Machines of Cluster API, and of OpenShift, which has them from there. */
const OF_MACHINE = { node: ['status', 'nodeRef', 'name'], provider: ['spec', 'providerID'] } as const;

/** Objects that stand for a machine, and where each names the node that the machine is, and says which machine that is. */
const MACHINES = [
  {
    kind: kindsOf('karpenter.sh', { NodeClaim: 'nodeclaims' }).NodeClaim,
    node: ['status', 'nodeName'],
    provider: ['status', 'providerID'],
  },
  { kind: kindsOf('cluster.x-k8s.io', { Machine: 'machines' }).Machine, ...OF_MACHINE },
  { kind: kindsOf('machine.openshift.io', { Machine: 'machines' }).Machine, ...OF_MACHINE },
] as const;

/** What controllers are to the API server; people and their tools have names of their own. */
const AUTOMATON = 'system:serviceaccount:';

/** The deletion of a machine by an automaton, when it is asked for: a second wish changes nothing. */
const MACHINE_ENTRY: AskedEntry = {
  name: 'machine',
  kinds: MACHINES.map(({ kind }) => ({ kind, operations: ['DELETE'] })),
  conditions: [
    {
      name: 'by-an-automaton',
      expression: `request.userInfo.username.startsWith('${AUTOMATON}') && !has(oldObject.metadata.deletionTimestamp)`,
    },
  ],
};

/**
 * The machine behind a node in maintenance is not taken away by an automaton: what somebody has begun on it would be lost
 * with it. Karpenter's expiry and node repair heed no annotation of the node, and neither does who scales a set of
 * machines down. Warns unless configured otherwise; where it is refused, the automaton tries again until the maintenance
 * ends. Whoever has the node in maintenance may end its machine.
 */
export const machine: Rule<'MachineInMaintenance'> = {
  id: 'machine',
  denies:
    "the deletion, by a service account, of the machine behind a node in maintenance (Karpenter's NodeClaim, Machine of Cluster API and OpenShift)",
  reasons: { MachineInMaintenance: { means: 'the node of the machine is in maintenance' } },
  defaults: { mode: 'warn', scope: 'node', unknown: 'allow' },
  settings: [],
  inPalette: false,
  liftable: true,
  entries: [MACHINE_ENTRY],
  concerns: (subject) => isTakenAway(subject) && machineIn(subject.object).node !== '',
  judge: ({ request, object }, { nodeIndex }) => {
    const { node: name, providerId } = machineIn(object);
    const node = nodeIndex.node(name);
    if (node === undefined || !isInMaintenance(node)) return NO_OBJECTION;
    if (isAnother(providerId, node.providerId) || isHolders(node, request.user.name)) return NO_OBJECTION;
    const what = `${object.kind} ${clean(object.name, MAX_QUOTE)}`;
    const detail = `${what} is the machine of node ${name}, which is in maintenance, and would be taken away with it`;
    return objection({ reason: 'MachineInMaintenance', detail, nodes: [name] });
  },
};

function isTakenAway({ request, object }: Subject): boolean {
  return (
    request.operation === 'DELETE' &&
    request.subresource === '' &&
    request.user.name.startsWith(AUTOMATON) &&
    textAt(object.raw, 'metadata', 'deletionTimestamp') === undefined
  );
}

/**
 * A management cluster has Machines of others, too, whose nodes may be called the same. Some providers write the same name in
 * capitals here and in small letters there.
 */
function isAnother(machine: string, node: string): boolean {
  return machine !== '' && node !== '' && machine.toLowerCase() !== node.toLowerCase();
}

function isHolders({ record }: NodeFacts, user: string): boolean {
  return record.kind === 'record' && record.record.claims.some((claim) => isOfUser(claim, user));
}

/** The name of the node that a machine is, and which machine; empty for one that is none yet, and for what is no machine. */
function machineIn({ groupKind, raw }: WorkObject): { readonly node: string; readonly providerId: string } {
  const found = MACHINES.find(({ kind }) => kind.groupKind === groupKind);
  if (found === undefined) return { node: '', providerId: '' };
  return { node: textAt(raw, ...found.node) ?? '', providerId: textAt(raw, ...found.provider) ?? '' };
}
