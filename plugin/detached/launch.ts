import { randomInt } from 'node:crypto';
import {
  collectionPath,
  HOSTNAME_LABEL,
  isForbidden,
  MaintError,
  nodePath,
  refusalFromAnswer,
  type Cluster,
  FIELD_MANAGER,
} from '../../shared/index.ts';
import { chooseNodes, type NodeChoice } from '../nodes/choose.ts';
import { ownerFor } from '../nodes/owner.ts';
import { snapshotFromObject, type NodeSnapshot } from '../nodes/snapshot.ts';
import { missingRights, renderRight } from '../preflight/rights.ts';
import { timestamp } from '../session/clock.ts';
import type { Session } from '../session/session.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Screen } from '../terminal/screen.ts';
import { shellLine } from '../terminal/shell-line.ts';
import type { Detached } from './asked.ts';
import { ownImage, webhookImage, type FoundImage } from './image.ts';
import { jobFrom, type JobPlan } from './job.ts';
import { rightsIn } from './rights.ts';
import { refuseUnfit } from './service-account.ts';

/** An operation that is to be carried out in the cluster. */
export interface Detachment {
  readonly verb: JobPlan['verb'];
  readonly detached: Detached;
  readonly nodes: NodeChoice;
  /** Whose maintenance it is; undefined: the caller's own. */
  readonly owner: string | undefined;
  /** It is about everybody's claims, and so about no owner. */
  readonly isForAll?: boolean;
  /** Behind `--`; left out where the verb takes none. */
  readonly command?: readonly string[];
  /** What the program is told besides, so that it goes on where another pod of the Job has stopped. */
  readonly goingOn?: (job: string) => readonly string[];
  /** Looks at the nodes as they are now. Throws MaintError where the operation would be refused. */
  readonly refuseAhead?: (nodes: readonly NodeSnapshot[], owner: string) => void;
}

/** Without a word of anybody this is where kubectl looks, too. */
const DEFAULT_NAMESPACE = 'default';

/**
 * Makes the Job that carries an operation out in the cluster, as a service account that the caller names. All that is used
 * of the caller's rights is that to create Jobs there; the others are for following it. Everything that can be is looked at
 * before. Throws MaintError.
 */
export async function launch(asked: Detachment, session: Session, version: string): Promise<ExitCode> {
  const { cluster, screen, clock } = session;
  const { detached, verb } = asked;
  const namespace = detached.namespace ?? cluster.namespace ?? DEFAULT_NAMESPACE;
  await refuseWithoutRights(namespace, cluster);
  const account = { namespace, name: detached.serviceAccount };
  const unread = await refuseUnfit(account, cluster);
  const { image, version: inImage = version } = await imageFor(detached, namespace, cluster);
  const nodes = await readNodes(asked.nodes, cluster);
  const requestedBy = await ownerFor(undefined, cluster);
  const known = { name: jobName(verb, clock.now()), owner: asked.owner ?? requestedBy, nodes };
  asked.refuseAhead?.(nodes ?? [], known.owner);
  for (const right of unread)
    screen.warn(`whether the service account ${account.name} has the rights is not known: you may not ${right}`);
  if (inImage !== version)
    screen.warn(`the image is of version ${inImage}, this is ${version}: a flag unknown there ends the Job (exit 2)`);
  const plan: JobPlan = {
    name: known.name,
    namespace,
    verb,
    requestedBy,
    serviceAccount: account.name,
    image,
    hostnames: hostnamesOf(nodes),
    detachedBy: detachedBy(detached, namespace),
    words: wordsFor(asked, known),
  };
  await create(plan, cluster);
  tellCreated(plan, detached, screen);
  return EXIT.done;
}

function imageFor({ image }: Detached, namespace: string, cluster: Cluster): Promise<FoundImage> | FoundImage {
  return image === undefined ? webhookImage(namespace, cluster) : ownImage(image);
}

function hostnamesOf(nodes: readonly NodeSnapshot[] = []): readonly string[] {
  return nodes.map(({ facts }) => facts.labels.get(HOSTNAME_LABEL) ?? facts.name);
}

/** Says how to follow it, and how to stop it. */
function tellCreated({ name, namespace }: JobPlan, { wayThere }: Detached, screen: Screen): void {
  screen.result(`job.batch/${name} created (namespace ${namespace})`);
  const there = ['-n', namespace, ...wayThere];
  screen.note(`follow it: ${shellLine(['kubectl', 'maint', 'attach', name, ...there])}`);
  screen.note(`or its log: ${shellLine(['kubectl', 'logs', '-f', `job/${name}`, ...there])}`);
  screen.note(`stop it, as Ctrl-C would: ${shellLine(['kubectl', 'delete', 'job', name, ...there])}`);
}

/** What is found out before the words of a Job are known. */
interface Known {
  readonly name: string;
  readonly owner: string;
  readonly nodes: readonly NodeSnapshot[] | undefined;
}

/** Everything behind `kubectl maint`: nodes by their names, so that no other is taken later. */
function wordsFor(asked: Detachment, { name, owner, nodes }: Known): readonly string[] {
  const { verb, detached, command = [], goingOn, isForAll = false } = asked;
  return [
    verb,
    ...(nodes?.map(({ facts }) => facts.name) ?? asked.nodes.names),
    ...detached.flags,
    ...(isForAll ? [] : [`--owner=${owner}`]),
    ...(goingOn?.(name) ?? []),
    ...(command.length > 0 ? ['--', ...command] : []),
  ];
}

async function refuseWithoutRights(namespace: string, cluster: Cluster): Promise<void> {
  const missing = await missingRights(rightsIn(namespace), cluster);
  if (missing.length === 0) return;
  throw new MaintError('cluster', `you may not: ${missing.map(renderRight).join(', ')}; nothing was changed`, {
    hint: 'a Job is made and followed with your own rights, in the namespace of -n; the ClusterRole edit has them',
  });
}

/** The nodes as they are; undefined where the caller may not read them, who has named them then: the Job sees for itself. */
async function readNodes(choice: NodeChoice, cluster: Cluster): Promise<readonly NodeSnapshot[] | undefined> {
  try {
    if (choice.selector !== undefined) return await chooseNodes(choice, cluster);
    const found = await Promise.all(
      choice.names.map(async (name) => snapshotFromObject(await cluster.get(nodePath(name)))),
    );
    return found.every((node) => node !== undefined) ? found : await chooseNodes(choice, cluster);
  } catch (thrown) {
    if (isForbidden(thrown) && choice.selector === undefined) return undefined;
    throw thrown;
  }
}

const DIGITS = 36;
const LETTERS = 5;

/** `maint-run-20260105t221000-x7k2p`: no two have the same, and they sort by their beginning. */
function jobName(verb: string, now: number): string {
  const time = timestamp(now).toLowerCase().replaceAll(/[-:z]/g, '');
  const chance = randomInt(DIGITS ** LETTERS).toString(DIGITS);
  return `maint-${verb}-${time}-${chance.padStart(LETTERS, '0')}`;
}

function detachedBy({ serviceAccount, image }: Detached, namespace: string): readonly string[] {
  return [
    '--detach',
    `--namespace=${namespace}`,
    `--service-account=${serviceAccount}`,
    ...(image === undefined ? [] : [`--image=${image}`]),
  ];
}

async function create(plan: JobPlan, cluster: Cluster): Promise<void> {
  const path = collectionPath('batch/v1/jobs', plan.namespace);
  const query = { fieldManager: FIELD_MANAGER };
  const answer = await cluster.send({ method: 'POST', path, query, body: jobFrom(plan) });
  if (answer.status >= 300) throw refusalFromAnswer(answer);
}
