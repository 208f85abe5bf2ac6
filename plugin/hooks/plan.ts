import { MaintError, type Mode } from '../../shared/index.ts';
import type { Resolved } from '../expectations/unmet.ts';
import type { NodeSnapshot } from '../nodes/snapshot.ts';
import { rightsToAsk } from '../preflight/data/at-stake.ts';
import type { Right } from '../preflight/rights.ts';
import { shellLine } from '../terminal/shell-line.ts';
import { stepsFor } from './carry-out.ts';
import type { PlannedStep } from './events.ts';
import type { Hooks } from './hook-run.ts';
import { isWaiting, MOMENTS, type Action, type Step } from './hook.ts';
import { stepTitle } from './record/record.ts';
import { rightsOnServer } from './servers/place.ts';
import { located } from './steps/patch.ts';
import { filledCall } from './steps/call.ts';
import { linstorOf } from './steps/satellite.ts';
import { alertmanagerOf, filledMatchers, renderMatchers } from './steps/silence.ts';
import { filledText, type Variables } from './template.ts';

/** What hooks would do for a node, and the rights that doing and undoing it takes. */
export interface HookPlan {
  readonly node: string;
  readonly steps: readonly PlannedStep[];
  readonly rights: readonly Right[];
  /** Data systems that it waits for before the drain, until nothing would be lost. */
  readonly awaitedData: readonly string[];
}

/** For whom it is planned. A claim that drains nothing has no steps around a drain. */
interface PlanFor {
  readonly owner: string;
  readonly reason: string | undefined;
  readonly mode: Mode;
}

/** The plans for some nodes. Throws MaintError('usage') where a step could never be carried out. */
export function planAll(nodes: readonly NodeSnapshot[], hooks: Hooks, claim: PlanFor): Promise<readonly HookPlan[]> {
  return Promise.all(nodes.map((node) => planHooks(node, hooks, claim)));
}

/**
 * Looks at every step for a node before anything is written: whether its types are there, its variables have values. Throws
 * MaintError('usage') where one could never be carried out.
 */
async function planHooks(node: NodeSnapshot, hooks: Hooks, { owner, reason, mode }: PlanFor): Promise<HookPlan> {
  const { name, labels } = node.facts;
  const variables = { node: name, owner, reason: reason ?? '', labels };
  const moments = MOMENTS.filter((moment) => mode === 'drain' || moment.endsWith('-return'));
  const planned = moments.flatMap((moment) => stepsFor(node, moment, hooks.list).map((one) => ({ ...one, moment })));
  const steps: PlannedStep[] = [];
  const rights: Right[] = [];
  for (const { hook, step, moment } of planned) {
    const looked = await lookAt(step, variables, hooks).catch((thrown: unknown) => {
      if (!(thrown instanceof MaintError) || thrown.code !== 'usage') throw thrown;
      throw new MaintError('usage', `hook ${stepTitle({ hook: hook.name, step: step.name })}: ${thrown.message}`, {
        hint: thrown.hint ?? 'nothing was changed',
      });
    });
    steps.push({ moment, hook: hook.name, step: step.name, what: looked.what, undoneBy: undoneBy(step, moment) });
    rights.push(...looked.rights);
  }
  const awaitedData = planned.flatMap(({ step, moment }) =>
    step.action.kind === 'safe' && moment === 'before-drain' && step.onFailure === 'stop' ? [step.action.system] : [],
  );
  return { node: name, steps, rights, awaitedData };
}

interface Looked {
  readonly what: string;
  readonly rights: readonly Right[];
}

/** What finds out where things are. */
type Known = Pick<Hooks, 'resources' | 'servers'>;

async function lookAt({ action, inverse }: Step, variables: Variables, hooks: Known): Promise<Looked> {
  const done = await lookAtAction(action, variables, hooks);
  const undone = inverse === undefined ? undefined : await lookAtAction(inverse, variables, hooks);
  return { what: done.what, rights: [...done.rights, ...(undone?.rights ?? [])] };
}

async function lookAtAction(action: Action, variables: Variables, hooks: Known): Promise<Looked> {
  switch (action.kind) {
    case 'patch': {
      const { title, path } = await located(action.target, variables, hooks.resources);
      return { what: `patches ${title}`, rights: ['get', 'patch'].map((verb) => rightOn(path, verb)) };
    }
    case 'wait': {
      const { expectationIn } = await import('../expectations/expectation.ts');
      const { resolved } = await import('../expectations/unmet.ts');
      const line = filledText(action.line, variables, (value) => shellLine([value]));
      const one = await resolved(expectationIn(line, 0), hooks.resources);
      return { what: `waits for ${line}`, rights: rightsToSee(one) };
    }
    case 'safe':
      return {
        what: `waits until ${action.system} would lose no data with the node`,
        rights: rightsToAsk(action.system),
      };
    case 'satellite': {
      const server = await linstorOf(action, hooks);
      return {
        what: `restores its satellite at ${server} where LINSTOR has evicted it`,
        rights: rightsOnServer(server, ['get', 'update']),
      };
    }
    case 'silence': {
      const server = await alertmanagerOf(action, hooks);
      return {
        what: `silences ${renderMatchers(filledMatchers(action, variables))} at ${server}`,
        rights: rightsOnServer(server, ['get', 'create', 'delete']),
      };
    }
    case 'call': {
      const { method, url } = filledCall(action, variables);
      return { what: `calls ${method} ${url}`, rights: [] };
    }
    case 'job': {
      const namespace = filledText(action.namespace, variables);
      const on = { group: 'batch', resource: 'jobs', subresource: '', namespace, name: '' };
      return {
        what: `runs a job in namespace ${namespace}`,
        rights: ['create', 'get', 'delete'].map((verb) => ({ ...on, verb })),
      };
    }
    case 'command':
      return { what: `runs ${action.words.map((word) => filledText(word, variables)).join(' ')} here`, rights: [] };
  }
}

function rightsToSee({ resource, expectation }: Resolved): readonly Right[] {
  const [group, plural] = groupAndPlural(resource.path);
  const namespace = resource.isNamespaced ? (expectation.namespace ?? '') : '';
  const on = { group, resource: plural, subresource: '', namespace };
  if (expectation.names.length === 0) return [{ ...on, verb: 'list', name: '' }];
  return expectation.names.map((name) => ({ ...on, verb: 'get', name }));
}

/** `group/version/plural`, or `version/plural` of the core group. */
function groupAndPlural(path: string): readonly [group: string, plural: string] {
  const parts = path.split('/');
  return [parts.length > 2 ? (parts[0] ?? '') : '', parts.at(-1) ?? ''];
}

/** A right on the object at a path of the API. */
function rightOn(path: string, verb: string): Right {
  const [, root, ...rest] = path.split('/').map(decodeURIComponent);
  const [group, within] = root === 'apis' ? [rest[0] ?? '', rest.slice(2)] : ['', rest.slice(1)];
  const isNamespaced = within[0] === 'namespaces' && within.length > 2;
  const [resource = '', name = ''] = isNamespaced ? within.slice(2) : within;
  return { verb, group, resource, subresource: '', namespace: isNamespaced ? (within[1] ?? '') : '', name };
}

function undoneBy({ action, inverse }: Step, moment: string): string {
  if (moment.endsWith('-return')) return 'it is not undone';
  if (action.kind === 'patch') return 'what it has changed is put back on return';
  if (isWaiting(action)) return 'it changes nothing';
  if (action.kind === 'silence') return 'it is expired on return';
  const deleted = action.kind === 'job' ? 'its job is deleted on return' : undefined;
  if (inverse === undefined) return deleted ?? 'nothing undoes it';
  const kind = { call: 'a call', job: 'a job', command: 'a command' }[inverse.kind];
  return [`undone by ${kind}`, ...(deleted === undefined ? [] : [deleted])].join(', ');
}
