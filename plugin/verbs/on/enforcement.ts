import { isExcepted, joinNames, once, type PolicyConfig } from '../../../shared/index.ts';
import { ARMED_WITHIN_MS, awaitArming } from '../../policy/arming.ts';
import { readEnforcement, type Enforcement } from '../../policy/enforcement.ts';
import { floorIfReadable } from '../../policy/floor.ts';
import { awaitRegister } from '../../nodes/registered.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import { assumption, type PolicySource } from '../../policy/in-force.ts';
import { keepingOf, triedWork, type TriedWork } from '../../policy/keeping.ts';
import type { OnEvent, OnReport } from './events.ts';
import { warning, type Finding } from '../../preflight/finding.ts';
import type { Session } from '../../session/session.ts';
import type { MarkedTarget, OnRun } from './on-run.ts';
import type { SharedByDrains } from './shared-by-drains.ts';

/** How long API servers may take to act on a registration, in ms: the one that was read does so after 4 ms (measured on 1.37). */
const HEARD_WITHIN_MS = 1000;

/** For how long a canary that passes is sent again, in ms: nothing is to be heard of a webhook that nobody has registered. */
function patienceWith(source: PolicySource, isArmed: boolean | undefined): number {
  if (source.from === 'unregistered') return 0;
  return isArmed === undefined ? ARMED_WITHIN_MS : HEARD_WITHIN_MS;
}

/**
 * Tells what is kept off from now on, rule by rule, as the policy in force says. Whether it is really refused is tried: once
 * the webhook's replicas have registered for what the mark asks of them, and the register lists the nodes, the API server is
 * sent a canary. Where no webhook is registered and the canary passes nothing is told: the preflight has warned of it.
 */
export async function tellEnforcement(
  marked: readonly MarkedTarget[],
  { session, report, shared }: Pick<OnRun, 'session' | 'report'> & { readonly shared: Pick<SharedByDrains, 'policy'> },
): Promise<void> {
  const { policy, source, exempt } = await shared.policy();
  const { config } = policy;
  const nodes = marked.map(({ node }) => node.facts.name);
  if (nodes.length === 0) return;
  const isThere = source.from !== 'unregistered';
  const assumed = isThere ? assumption(source) : undefined;
  if (assumed !== undefined) report.tell({ type: 'finding', ...warning('enforcement', assumed) });
  const floor = once(() => floorIfReadable(session.cluster));
  const [isArmed, unregistered] = await Promise.all([
    isThere ? awaitArming(session.cluster, session.clock, session.signal) : undefined,
    floor().then((rules) => awaitRegister(nodes, session, rules)),
  ]);
  const { enforcement, canary } = await tryCanary(marked, config, {
    session,
    patienceMs: patienceWith(source, isArmed),
    floor,
  });
  if (isThere || enforcement.enforced !== 'no') {
    const floorKnows = unregistered && { floorKnows: unregistered.length === 0 };
    tellOutcome(
      { nodes, keeping: keepingOf(config), canary, enforcement, ...floorKnows, ...holesOf(exempt) },
      isArmed,
      report,
    );
  }
  if (unregistered !== undefined && unregistered.length > 0)
    report.tell({ type: 'finding', ...notRegistered(unregistered) });
}

function holesOf(exempt: readonly string[]): { readonly exempt?: readonly string[] } {
  return exempt.length === 0 ? {} : { exempt };
}

function notRegistered(nodes: readonly string[]): Finding {
  const which = `the register does not list ${joinNames(nodes)}: nobody writes it`;
  return warning(
    'enforcement',
    `while no webhook answers nothing is kept off there: ${which} (kubectl maint doctor says what to do)`,
  );
}

/**
 * Where some webhook entries are missing (`isArmed` is false), a refused canary shows only that the entries which fail closed
 * are there: then only a part is kept off.
 */
function tellOutcome(
  told: Omit<Extract<OnEvent, { readonly type: 'enforced' }>, 'type'>,
  isArmed: boolean | undefined,
  report: OnReport,
): void {
  const isInPart = isArmed === false && told.enforcement.enforced === 'yes';
  report.tell({ type: 'enforced', ...told, ...(isInPart && { enforcement: askedInPart(told.canary) }) });
  if (isArmed === false && !isInPart) report.tell({ type: 'finding', ...NOT_ARMED });
}

interface Tried {
  readonly enforcement: Enforcement;
  readonly canary: TriedWork | undefined;
}

interface TryPorts {
  readonly session: Session;
  readonly patienceMs: number;
  readonly floor: () => Promise<readonly string[] | undefined>;
}

/** Sends as canary some work that the policy refuses, for a node on which no exception lets it pass: elsewhere it would prove nothing. */
async function tryCanary(
  marked: readonly MarkedTarget[],
  config: PolicyConfig,
  { session, patienceMs, floor }: TryPorts,
): Promise<Tried> {
  const works = triedWork(config);
  const now = session.clock.now();
  for (const work of works) {
    const asked = marked.find((target) => !isLifted(target.marked, work, now));
    if (asked === undefined) continue;
    const enforcement = await readEnforcement(asked.node.facts.name, session, { work, patienceMs }, floor);
    return { enforcement, canary: work };
  }
  const why =
    works.length === 0 ? NOTHING_TO_TRY : `exceptions let ${works.join('s and ')}s pass there (kubectl maint status)`;
  return { enforcement: { enforced: 'unknown', why }, canary: undefined };
}

function isLifted({ facts: { record } }: NodeSnapshot, rule: TriedWork, now: number): boolean {
  return record.kind === 'record' && isExcepted(record.record, rule, now);
}

const NOTHING_TO_TRY = 'the policy refuses neither backups nor scans, and nothing else can be tried';

const UNHEARD =
  'its controller has not heard of the mark (kubectl get pods -A -l app.kubernetes.io/name=kubectl-maint-controller)';

const NOT_ARMED: Finding = warning('enforcement', `the API server does not ask the webhook yet: ${UNHEARD}`);

function askedInPart(canary: TriedWork | undefined): Enforcement {
  const why = `${canary ?? 'backup'}s; about some of the rest the API server does not ask the webhook yet: ${UNHEARD}`;
  return { enforced: 'in-part', why };
}
