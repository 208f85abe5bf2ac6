import { at, isObject, listAt, textAt } from '../../../shared/index.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * A minimal manifest with what the API server asks of any such object and no policy looks at: selectors that select,
 * a restart policy, uids of owners, a schedule.
 */
export function wholeObject(object: Json, namespace: string): Json {
  const kind = textAt(object, 'kind') ?? '';
  const metadata = jsonAt(object, 'metadata');
  const owners = listAt(metadata, 'ownerReferences').filter(isObject);
  return {
    ...object,
    metadata: {
      ...metadata,
      ...((isBuiltIn(object) || metadata['namespace'] !== undefined) && { namespace }),
      ...(owners.length > 0 && { ownerReferences: owners.map((owner) => ({ name: 'owner', uid: UID, ...owner })) }),
    },
    ...(textAt(object, 'apiVersion') === 'apps/v1' && { spec: selecting(jsonAt(object, 'spec')) }),
    ...(kind === 'Job' && { spec: ending(jsonAt(object, 'spec')) }),
    ...(kind === 'CronJob' && { spec: scheduled(jsonAt(object, 'spec')) }),
  };
}

/** Kinds of Kubernetes itself that run something; all are namespaced. */
function isBuiltIn(object: Json): boolean {
  return ['v1', 'apps/v1', 'batch/v1'].includes(textAt(object, 'apiVersion') ?? '');
}

const UID = '9d1f3c52-6a55-4a8f-9a53-0d5f3a3f8a11';
const SELECTED = { 'test-case': 'one' };

function selecting(spec: Json): Json {
  const template = jsonAt(spec, 'template');
  const metadata = jsonAt(template, 'metadata');
  const labels = { ...jsonAt(metadata, 'labels'), ...SELECTED };
  return { ...spec, selector: { matchLabels: SELECTED }, template: { ...template, metadata: { ...metadata, labels } } };
}

function ending(spec: Json): Json {
  const template = jsonAt(spec, 'template');
  return { ...spec, template: { ...template, spec: { restartPolicy: 'Never', ...jsonAt(template, 'spec') } } };
}

function scheduled(spec: Json): Json {
  const job = jsonAt(spec, 'jobTemplate');
  return { schedule: '0 0 * * *', ...spec, jobTemplate: { ...job, spec: ending(jsonAt(job, 'spec')) } };
}

function jsonAt(value: unknown, key: string): Json {
  const found = at(value, key);
  return isObject(found) ? found : {};
}
