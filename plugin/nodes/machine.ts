import {
  isNotFound,
  messageOf,
  nodePath,
  objectPath,
  refusalFromAnswer,
  textAt,
  type Before,
  type ClusterReader,
  type ClusterSender,
  FIELD_MANAGER,
} from '../../shared/index.ts';
import { snapshotFromObject, type NodeSnapshot } from './snapshot.ts';

/** Cluster API's Machine behind a node, where it stands in the node's own cluster. */
export type MachineRef = NonNullable<Before['machine']>;

type Ports = Pick<ClusterReader, 'get'> & ClusterSender;

const GROUP = 'cluster.x-k8s.io';

/** By these Cluster API says on a node which Machine it is (cluster-api, api/core/v1beta2 common_types.go). */
const MACHINE = `${GROUP}/machine`;
const NAMESPACE = `${GROUP}/cluster-namespace`;

/** With it, whatever its value, a MachineHealthCheck leaves a Machine alone; with ours, `off` takes it away again. */
const SKIP_REMEDIATION = `${GROUP}/skip-remediation`;
const OURS = 'kubectl-maint';

/** What cannot be done about a Machine is told, and hinders nothing: the node itself is what matters. */
export type Note = (text: string) => void;

/**
 * The Machine behind a node that a mark has to keep from remediation; undefined where there is none in this cluster (a
 * management cluster of its own has it then), where somebody else keeps it so already, or where it cannot be read, which is
 * told. One with our own value is left of a record that was lost: it is kept, and given back, like any other. A name is no proof: the Machine has to say that it is this node.
 */
export async function machineToKeep(node: NodeSnapshot, cluster: Ports, note: Note): Promise<MachineRef | undefined> {
  const machine = machineNamedBy(node);
  if (machine === undefined) return undefined;
  try {
    const path = await pathOf(machine, cluster);
    const object = path && (await cluster.get(path));
    return isMachineOf(object, node) && !isOthers(keptBy(object)) ? machine : undefined;
  } catch (thrown) {
    note(`${titleOf(machine)} could not be read (${messageOf(thrown)}): ${KEEPS_NOBODY_OFF}`);
    return undefined;
  }
}

/** The Machine that a node says it is, wherever that stands; undefined where it says none. */
export function machineNamedBy({ annotations }: NodeSnapshot): MachineRef | undefined {
  const [namespace = '', name = ''] = [annotations.get(NAMESPACE), annotations.get(MACHINE)];
  return NAME.test(namespace) && NAME.test(name) ? { namespace, name } : undefined;
}

/** What an object may be called. A kubelet may write anything into its Node, and commands with these names are for a shell. */
const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

const KEEPS_NOBODY_OFF = 'nothing keeps a MachineHealthCheck of Cluster API from replacing it';

function isMachineOf(object: unknown, { facts, raw }: NodeSnapshot): boolean {
  const [its, nodes] = [textAt(object, 'spec', 'providerID'), textAt(raw, 'spec', 'providerID')];
  const isSame = its === undefined || nodes === undefined || its === nodes;
  return isSame && textAt(object, 'status', 'nodeRef', 'name') === facts.name;
}

/** Keeps the Machine that stands in the node's record from remediation. */
export async function keepMachine(node: NodeSnapshot, cluster: Ports, note: Note): Promise<void> {
  const machine = machineIn(node);
  if (machine === undefined) return;
  try {
    const path = await pathOf(machine, cluster);
    if (path !== undefined && keptBy(await cluster.get(path)) === undefined) await annotate(path, OURS, cluster);
  } catch (thrown) {
    const text = `${titleOf(machine)} could not be annotated (${messageOf(thrown)}): ${KEEPS_NOBODY_OFF}`;
    note(`${text}; ${commandFor(machine, `=${OURS}`)}`);
  }
}

/**
 * Carries out a write by which a node may leave maintenance. Its Machine is given back to remediation before, so that the
 * record names it for as long as it is kept; and kept again where the node stays.
 */
export async function givingBackMachine<T extends { readonly node: NodeSnapshot }>(
  node: NodeSnapshot,
  write: () => Promise<T>,
  { cluster, note }: { readonly cluster: Ports; readonly note: Note },
): Promise<T> {
  const machine = machineIn(node);
  if (machine !== undefined) await giveBack(machine, cluster, note);
  try {
    const written = await write();
    if (machine !== undefined) await keepMachine(written.node, cluster, note);
    return written;
  } catch (thrown) {
    if (machine !== undefined) await keepWhatStays(node.facts.name, machine, { cluster, note });
    throw thrown;
  }
}

/** A write that has failed may have been carried out all the same: by the Node as it stands its Machine is kept again, or not. */
async function keepWhatStays(
  name: string,
  machine: MachineRef,
  { cluster, note }: { readonly cluster: Ports; readonly note: Note },
): Promise<void> {
  try {
    const node = snapshotFromObject(await cluster.get(nodePath(name)));
    if (node !== undefined) await keepMachine(node, cluster, note);
  } catch (thrown) {
    const text = `node ${name} could not be read (${messageOf(thrown)}): as long as it is in maintenance, ${KEEPS_NOBODY_OFF}`;
    note(`${text}; ${commandFor(machine, `=${OURS}`)}`);
  }
}

async function giveBack(machine: MachineRef, cluster: Ports, note: Note): Promise<void> {
  try {
    const path = await pathOf(machine, cluster);
    if (path === undefined) return;
    if (keptBy(await cluster.get(path)) === OURS) await annotate(path, null, cluster);
  } catch (thrown) {
    const text = `${titleOf(machine)} could not be given back to the MachineHealthCheck of Cluster API (${messageOf(thrown)})`;
    note(`${text}; ${commandFor(machine, '-')}`);
  }
}

/**
 * The line by which a Machine is given back by hand where a record is lost that may have kept it. Only the Machine knows
 * whether it was kept, and by whom.
 */
export function givingBackByHand(machine: MachineRef): string {
  const { namespace, name } = machine;
  const value = `jsonpath={.metadata.annotations.${SKIP_REMEDIATION.replaceAll('.', String.raw`\.`)}}`;
  const kept = `"$(kubectl get machines.${GROUP} -n ${namespace} ${name} -o '${value}')"`;
  return `test ${kept} != ${OURS} || ${commandFor(machine, '-')}`;
}

/** The value by which a Machine is kept from remediation; undefined where it is not. */
function keptBy(machine: unknown): string | undefined {
  return textAt(machine, 'metadata', 'annotations', SKIP_REMEDIATION);
}

/** Any other value than ours is somebody else's, and stays. */
function isOthers(value: string | undefined): boolean {
  return value !== undefined && value !== OURS;
}

async function annotate(path: string, value: string | null, cluster: Ports): Promise<void> {
  const answer = await cluster.send({
    method: 'PATCH',
    path,
    query: { fieldManager: FIELD_MANAGER },
    contentType: 'application/merge-patch+json',
    body: { metadata: { annotations: { [SKIP_REMEDIATION]: value } } },
  });
  // One that is gone meanwhile is kept from nothing.
  if (answer.status >= 300 && !isNotFound(answer)) throw refusalFromAnswer(answer);
}

/** Cluster API serves its kinds in other versions from release to release; undefined where it does not serve them at all. */
async function pathOf({ namespace, name }: MachineRef, cluster: Ports): Promise<string | undefined> {
  const version = textAt(await cluster.get(`/apis/${GROUP}`), 'preferredVersion', 'version');
  return version === undefined ? undefined : objectPath(`${GROUP}/${version}/machines`, namespace, name);
}

function machineIn({ facts: { record } }: NodeSnapshot): MachineRef | undefined {
  return record.kind === 'record' ? record.record.before.machine : undefined;
}

function titleOf({ namespace, name }: MachineRef): string {
  return `Machine ${namespace}/${name}`;
}

function commandFor({ namespace, name }: MachineRef, change: string): string {
  return `kubectl annotate machines.${GROUP} -n ${namespace} ${name} ${SKIP_REMEDIATION}${change}`;
}
