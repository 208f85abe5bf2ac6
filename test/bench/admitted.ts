import { isObject, textAt } from '../../shared/index.ts';

/** What is created in the benches of admission; NAME stands for a name of its own. */
export interface Subject {
  readonly title: string;
  readonly collection: string;
  readonly object: object;
  /** Whether it is refused while a node is in maintenance. */
  readonly isDenied: boolean;
}

const container = { name: 'c', image: 'example.org/app:1' };

export const SUBJECTS: readonly Subject[] = [
  {
    title: 'Job',
    collection: '/apis/batch/v1/namespaces/default/jobs',
    object: jobOf({}),
    isDenied: false,
  },
  {
    title: 'Pod of 20 kB',
    collection: '/api/v1/namespaces/default/pods',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'NAME', annotations: { filler: 'x'.repeat(18_000) } },
      spec: { containers: Array.from({ length: 5 }, (_, index) => ({ ...container, name: `c${index}` })) },
    },
    isDenied: false,
  },
  {
    title: 'Job, denied',
    collection: '/apis/batch/v1/namespaces/default/jobs',
    object: jobOf({ 'kubectl-maint.io/work': 'scan' }),
    isDenied: true,
  },
];

/** A backup of a node in maintenance: what a rule by other means than ours can know as well. */
export const HELD_NODE: Subject = {
  title: 'Job of a held node, denied',
  collection: '/apis/batch/v1/namespaces/default/jobs',
  object: jobOf({ 'kubectl-maint.io/work': 'backup' }, { nodeSelector: { 'kubernetes.io/hostname': 'n0' } }),
  isDenied: true,
};

/** The object of a subject, with a name; a dry run leaves the name free. */
export function namedObject({ object }: Subject): object {
  const named: unknown = JSON.parse(JSON.stringify(object).replace('"NAME"', '"n"'));
  return isObject(named) ? named : object;
}

/** Whether a webhook has refused: of one that tells no code the API server makes 400. */
export function isDenial(body: unknown): boolean {
  return textAt(body, 'message')?.includes('denied the request') ?? false;
}

function jobOf(labels: object, placement: object = {}): object {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'NAME', labels },
    spec: {
      template: { metadata: { labels }, spec: { restartPolicy: 'Never', containers: [container], ...placement } },
    },
  };
}
