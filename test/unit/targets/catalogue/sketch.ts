/** Objects reduced to what identifies them. */

interface Sketch {
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Kind of its controller, as `group/Kind`. */
  readonly owner?: string;
  readonly image?: string;
  readonly run?: readonly string[];
  readonly spec?: object;
  readonly status?: object;
}

/** An object of a kind, given as `group/Kind`, in namespace `apps`. */
export function sketch(kind: string, parts: Sketch = {}): object {
  const { name = 'x', labels = {}, annotations = {}, owner, image, run, spec, status } = parts;
  const [group = '', bare = ''] = kind.split('/');
  const controller = owner === undefined ? undefined : ownerOf(owner);
  return {
    apiVersion: group === '' ? 'v1' : `${group}/v1`,
    kind: bare,
    metadata: {
      name,
      namespace: 'apps',
      uid: 'u',
      labels,
      annotations,
      ...(controller && { ownerReferences: [controller] }),
    },
    spec: { ...specOf(kind, image, run), ...spec },
    ...(status && { status }),
  };
}

function ownerOf(owner: string): object {
  const [group = '', kind = ''] = owner.split('/');
  return { apiVersion: group === '' ? 'v1' : `${group}/v1`, kind, name: 'owner', uid: 'o', controller: true };
}

function specOf(kind: string, image = 'example.com/app:1', run: readonly string[] = []): object {
  const pod = { containers: [{ name: 'c', image, command: run }] };
  if (kind === '/Pod') return pod;
  if (kind === 'batch/CronJob') return { jobTemplate: { spec: { template: { spec: pod } } } };
  return kind.startsWith('batch/') || kind.startsWith('apps/') ? { template: { spec: pod } } : {};
}
