import {
  fieldsAt,
  listAt,
  MaintError,
  objectPath,
  refusalFromAnswer,
  textAt,
  type ApiAnswer,
  type ApiRequest,
  type Cluster,
  FIELD_MANAGER,
} from '../../../shared/index.ts';
import { titleOf, type Resources } from '../../expectations/resources.ts';
import type { ActionOf, Patch, Target } from '../hook.ts';
import { changesBetween, isAsLeft, takingBack } from '../record/fields.ts';
import { stepTitle } from '../record/record.ts';
import type { UndoOf } from '../record/undo.ts';
import { filled, filledText, type Variables } from '../template.ts';
import { UNDONE, type Prepared, type StepPorts, type Undone } from './step.ts';

/** Conflicts in a row before giving up: each means that somebody else wrote the object between our read and our write. */
const MAX_CONFLICTS = 20;

const CONFLICT = 409;

/** An object that a step is about. */
export interface Found {
  readonly path: string;
  readonly title: string;
}

/** Finds out where an object is. Throws MaintError('usage') where the API server has no such type, or a namespace is missing. */
export async function located(target: Target, variables: Variables, resources: Resources): Promise<Found> {
  const resource = await resources.find(target.type);
  const name = filledText(target.name, variables);
  const namespace = filledText(target.namespace ?? '', variables);
  if (resource.isNamespaced && namespace === '')
    throw new MaintError('usage', `${resource.plural} have a namespace: name that of ${target.type}/${name}`);
  const within = resource.isNamespaced ? namespace : '';
  return { path: objectPath(resource.path, within, name), title: titleOf(resource, within, name) };
}

/**
 * Lets the API server try the patch first, admission included: what would be different then are the fields that it touches,
 * and what is in them now. Undefined where nothing would be. Throws ClusterRefusal.
 */
export async function preparePatch(action: ActionOf<'patch'>, ports: StepPorts): Promise<Prepared | undefined> {
  const { cluster, variables, resources, signal } = ports;
  const found = await located(action.target, variables, resources);
  for (let tries = 1; ; tries += 1) {
    const before = await cluster.get(found.path, { signal });
    if (before === undefined && action.patch.optional) return undefined;
    if (before === undefined) throw new MaintError('gave-up', `${found.title} does not exist`);
    const request = requestFor(action.patch, { found, before }, ports);
    const tried = await cluster.send({ ...request, query: { ...request.query, dryRun: 'All' } });
    if (isStale(tried) && tries < MAX_CONFLICTS) continue;
    if (tried.status >= 300) throw refusalFromAnswer(tried);
    const changes = changesBetween(before, tried.body);
    if (changes.length === 0) return undefined;
    const object = { ...found, uid: textAt(before, 'metadata', 'uid') ?? '' };
    return {
      undo: [{ kind: 'fields', object, changes: changes.map((one) => ({ ...one, path: [...one.path] })) }],
      carryOut: async () => {
        const answer = await cluster.send(request);
        if (isStale(answer)) return 'stale';
        if (answer.status >= 300) throw refusalFromAnswer(answer);
        return 'done';
      },
    };
  }
}

/** Somebody else wrote it meanwhile; that others own its fields is another conflict, which no further try resolves. */
function isStale({ status, body }: ApiAnswer): boolean {
  const causes = listAt(body, 'details', 'causes');
  return status === CONFLICT && !causes.some((cause) => textAt(cause, 'reason') === 'FieldManagerConflict');
}

const MEDIA_TYPES = {
  apply: 'application/apply-patch+yaml',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
} as const satisfies Record<Patch['type'], string>;

/** The patch with the version that it is made from: the API server takes it for that one alone. */
function requestFor(
  { type, body, force }: Patch,
  { found, before }: { readonly found: Found; readonly before: unknown },
  { variables, key, signal }: StepPorts,
): ApiRequest {
  const resourceVersion = textAt(before, 'metadata', 'resourceVersion') ?? '';
  const wanted = filled(body, variables);
  return {
    method: 'PATCH',
    path: found.path,
    contentType: MEDIA_TYPES[type],
    signal,
    // An apply takes away what its manager has applied before and does not name any more: each step is one of its own.
    query: { fieldManager: managerOf(type, key), force: type === 'apply' && force ? 'true' : undefined },
    body: bodyFor(type, wanted, { before, resourceVersion }),
  };
}

function managerOf(type: Patch['type'], key: StepPorts['key']): string {
  return type === 'apply' ? `${FIELD_MANAGER}/${stepTitle(key)}`.slice(0, MAX_MANAGER) : FIELD_MANAGER;
}

/** Longest name of a field manager (k8s apimachinery/pkg/apis/meta/v1/validation FieldManagerMaxLength). */
const MAX_MANAGER = 128;

function bodyFor(
  type: Patch['type'],
  wanted: unknown,
  { before, resourceVersion }: { readonly before: unknown; readonly resourceVersion: string },
): unknown {
  if (type === 'json') return [versionIs(resourceVersion), ...listAt(wanted)];
  const metadata = { ...fieldsAt(wanted, 'metadata'), resourceVersion };
  if (type === 'merge') return { ...fieldsAt(wanted), metadata };
  const { apiVersion, kind } = fieldsAt(before);
  const { name, namespace } = fieldsAt(before, 'metadata');
  return { ...fieldsAt(wanted), apiVersion, kind, metadata: { ...metadata, name, namespace } };
}

/** Makes a JSON patch one for this version alone: another one is a conflict. */
function versionIs(resourceVersion: string): object {
  return { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion };
}

/** Puts back what a step has changed, and nothing that others have changed since. Throws ClusterRefusal. */
export async function undoFields(
  { object, changes }: UndoOf<'fields'>,
  { cluster, signal }: { readonly cluster: Cluster; readonly signal: AbortSignal },
): Promise<Undone> {
  for (let tries = 1; ; tries += 1) {
    const current = await cluster.get(object.path, { signal });
    if (current === undefined) return { kind: 'gone', why: `${object.title} does not exist any more` };
    if (textAt(current, 'metadata', 'uid') !== object.uid)
      return { kind: 'gone', why: `${object.title} was made again meanwhile` };
    const { operations, left } = takingBack(current, changes);
    if (operations.length > 0) {
      const answer = await cluster.send({
        method: 'PATCH',
        path: object.path,
        query: { fieldManager: FIELD_MANAGER },
        contentType: MEDIA_TYPES.json,
        body: [versionIs(textAt(current, 'metadata', 'resourceVersion') ?? ''), ...operations],
        signal,
      });
      if (isStale(answer) && tries < MAX_CONFLICTS) continue;
      if (answer.status >= 300) throw refusalFromAnswer(answer);
    }
    return left.length === 0 ? UNDONE : { kind: 'left', fields: left.map((field) => `${object.title} ${field}`) };
  }
}

/** How an object is, of which a step is recorded; neither where somebody else has changed it. */
export async function stateOf(
  { object, changes }: UndoOf<'fields'>,
  { cluster, signal }: { readonly cluster: Cluster; readonly signal: AbortSignal },
): Promise<'as before' | 'as left' | 'neither'> {
  const current = await cluster.get(object.path, { signal });
  if (current === undefined) return 'neither';
  // Made again under its name, it knows nothing of the step.
  if (textAt(current, 'metadata', 'uid') !== object.uid) return 'as before';
  if (isAsLeft(current, changes)) return 'as left';
  const { operations, left } = takingBack(current, changes);
  return operations.length === 0 && left.length === 0 ? 'as before' : 'neither';
}
