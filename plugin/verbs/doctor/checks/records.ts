import {
  clean,
  isInMaintenance,
  MAX_TEXT,
  RECORD_ANNOTATION,
  REMEDIATION_LABEL,
  renderProblem,
  ROLE_LABEL,
  STATE_LABEL,
  WHY_ANNOTATION,
} from '../../../../shared/index.ts';
import { shellLine } from '../../../terminal/shell-line.ts';
import { conditionStatuses, OUR_CONDITIONS } from '../../../nodes/conditions.ts';
import { givingBackByHand, machineNamedBy, type MachineRef } from '../../../nodes/machine.ts';
import { givingUp, PROTECTION } from '../../../nodes/mark.ts';
import type { NodeSnapshot } from '../../../nodes/snapshot.ts';
import { checkOf } from '../check.ts';
import { fail, ok, warn, type ClusterNames, type Diagnosis } from '../diagnosis.ts';

export const records = checkOf({
  id: 'records',
  asks: 'Whether every record can be read, and nothing is left on nodes without one',
  warns:
    'record and label do not go together, a node in maintenance is not cordoned, or traces are left without a record',
  fails: 'a record cannot be read',
  read: (readings) => readings.nodes(),
  judge: judgeRecords,
});

/** Longest list of problems of a record in a line, in characters. */
const MAX_PROBLEMS = 200;

/** Judges every node. Pure. */
export function judgeRecords(nodes: readonly NodeSnapshot[]): readonly Diagnosis[] {
  const found = nodes.flatMap((node) => (isInMaintenance(node.facts) ? judgeHeld(node) : judgeFree(node)));
  if (found.length > 0) return found;
  const held = nodes.filter(({ facts }) => isInMaintenance(facts)).map(({ facts }) => facts.name);
  const which =
    held.length === 0 ? 'none is in maintenance' : `in maintenance: ${clean(held.join(', '), MAX_PROBLEMS)}`;
  return [ok(`nodes: ${nodes.length}; ${which}`)];
}

function judgeHeld(node: NodeSnapshot): readonly Diagnosis[] {
  const { name, record, labels, unschedulable } = node.facts;
  if (record.kind === 'unreadable') {
    const problems = clean(record.problems.map(renderProblem).join('; '), MAX_PROBLEMS);
    return [
      {
        ...fail(
          `the record of node ${name} cannot be read, and counts as maintenance all the same: ${problems}`,
          `to give it up: ${givingUp(node)}`,
        ),
        names: namesOf(machineNamedBy(node)),
      },
    ];
  }
  return [
    ...(labels.has(STATE_LABEL)
      ? []
      : [
          warn(
            `node ${name} has a record and no label ${STATE_LABEL}: selectors do not find it`,
            `${writeAnew(node)} writes both anew, and evicts nothing`,
          ),
        ]),
    ...(unschedulable
      ? []
      : [
          warn(
            `node ${name} is in maintenance and not cordoned: new pods are placed on it`,
            `kubectl cordon ${name}, or kubectl maint off ${name} where the maintenance is over`,
          ),
        ]),
  ];
}

/** On behalf of who is in the record: another owner's claim would be one more. */
function writeAnew({ facts: { name, record } }: NodeSnapshot): string {
  const [first] = record.kind === 'record' ? record.record.claims : [];
  const isPlain = first !== undefined && clean(first.owner, MAX_TEXT) === first.owner;
  const owner = isPlain ? ['--owner', first.owner] : [];
  return shellLine(['kubectl', 'maint', 'on', name, ...owner, '--no-drain']);
}

/**
 * What a mark writes besides is also others' to set: protection from autoscalers and remediation, and the role. It goes with the
 * state label in one write, so that without it, or the text that goes with it as well, it is nobody's but theirs.
 */
function judgeFree(node: NodeSnapshot): readonly Diagnosis[] {
  const {
    facts: { name, labels },
    annotations,
    raw,
  } = node;
  const isMarked = labels.has(STATE_LABEL) || annotations.has(WHY_ANNOTATION);
  const conditions = [...conditionStatuses(raw).keys()].filter((type) => OURS.includes(type));
  if (!isMarked && conditions.length === 0) return [];
  const left = isMarked ? [STATE_LABEL, ROLE_LABEL, REMEDIATION_LABEL].filter((key) => labels.has(key)) : [];
  const ours = isMarked ? [WHY_ANNOTATION, ...PROTECTION].filter((key) => annotations.has(key)) : [];
  const what = [
    ...left.map((key) => `label ${key}`),
    ...conditions.map((type) => `condition ${type}`),
    ...ours.map((key) => `annotation ${key}`),
  ];
  const commands = [
    ...(left.length === 0 ? [] : [`kubectl label node ${name} ${left.map((key) => `${key}-`).join(' ')}`]),
    ...(ours.length === 0 ? [] : [`kubectl annotate node ${name} ${ours.map((key) => `${key}-`).join(' ')}`]),
    ...(conditions.length === 0 ? [] : [`kubectl maint off ${name}`]),
  ];
  const message = `node ${name} has no record (annotation ${RECORD_ANNOTATION}), and traces of one: ${what.join(', ')}`;
  const machine = isMarked ? machineNamedBy(node) : undefined;
  return [{ ...warn(message, [commands.join(' && '), ...byHand(machine)].join('; ')), names: namesOf(machine) }];
}

function byHand(machine: MachineRef | undefined): readonly string[] {
  return machine === undefined ? [] : [givingBackByHand(machine)];
}

/** What a report for strangers has to leave out. */
function namesOf(machine: MachineRef | undefined): Partial<ClusterNames> {
  return machine === undefined ? {} : { nodes: [machine.name], namespaces: [machine.namespace] };
}

/** Conditions that only a maintenance sets. */
const OURS: readonly string[] = OUR_CONDITIONS;
