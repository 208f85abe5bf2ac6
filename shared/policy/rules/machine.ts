import { textAt } from '../../facts/json.ts';
import { kindsOf } from '../../kinds.ts';
import { clean, MAX_QUOTE } from '../../words.ts';
import type { WorkObject } from '../../facts/work.ts';
import type { AskedEntry } from '../entry.ts';
import { isOfUser } from '../own-pod.ts';
import { NO_OBJECTION, objection, type Rule, type Subject } from '../rule.ts';

/** Objects that stand for a machine, and where each names the node that the machine is. */
const MACHINES = [
  { kind: kindsOf('karpenter.sh', { NodeClaim: 'nodeclaims' }).NodeClaim, node: ['status', 'nodeName'] },
  { kind: kindsOf('cluster.x-k8s.io', { Machine: 'machines' }).Machine, node: ['status', 'nodeRef', 'name'] },
  { kind: kindsOf('machine.openshift.io', { Machine: 'machines' }).Machine, node: ['status', 'nodeRef', 'name'] },
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
  concerns: (subject) => isTakenAway(subject) && nodeOf(subject.object) !== '',
  judge: ({ request, object }, { nodeIndex }) => {
    const name = nodeOf(object);
    const record = nodeIndex.node(name)?.record;
    const isHolders =
      record?.kind === 'record' && record.record.claims.some((claim) => isOfUser(claim, request.user.name));
    if (!nodeIndex.isInMaintenance(name) || isHolders) return NO_OBJECTION;
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

/** The name of the node that a machine is; empty for one that is none yet, and for what is no machine. */
function nodeOf({ groupKind, raw }: WorkObject): string {
  const found = MACHINES.find(({ kind }) => kind.groupKind === groupKind);
  return found === undefined ? '' : (textAt(raw, ...found.node) ?? '');
}
