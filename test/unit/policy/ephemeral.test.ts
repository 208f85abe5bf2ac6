/** Containers that are added to a pod that runs: by what they run, not by what the pod is. */
import { describe, expect, test } from 'vitest';
import { evaluate } from '../../../shared/policy/evaluate.ts';
import { held, node, situation, update } from './world.ts';

const nodes = [held('n1'), node('n2')];

interface Sketch {
  readonly name?: string;
  readonly nodeName?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly image?: string;
}

const pod = (
  added: readonly object[],
  { name = 'shop-0', nodeName = 'n1', labels = {}, image = 'shop' }: Sketch = {},
) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', labels },
  spec: { nodeName, containers: [{ name: 'c', image }], ephemeralContainers: added },
});
const bench = { name: 'debug-1', image: 'aquasec/kube-bench' };
const shell = { name: 'debug-2', image: 'busybox', command: ['sh'] };
const dump = { name: 'debug-3', image: 'postgres', command: ['pg_dump', 'shop'] };

function tell(before: readonly object[], after: readonly object[], sketch: Sketch = {}): readonly string[] {
  const request = update(pod(before, sketch), pod(after, sketch), { subresource: 'ephemeralcontainers' });
  return evaluate(request, situation(nodes)).findings.map(({ rule, reason }) => `${rule}/${reason}`);
}

interface Case extends Sketch {
  readonly before?: readonly object[];
  readonly after: readonly object[];
}

describe('what is added decides', () => {
  test.each<[what: string, one: Case, said: readonly string[]]>([
    ['a scan', { after: [bench] }, ['scan/ClusterInMaintenance']],
    ['a scan beside a shell that was there', { before: [shell], after: [shell, bench] }, ['scan/ClusterInMaintenance']],
    ['a shell beside a scan that was there', { before: [bench], after: [bench, shell] }, []],
    ['a shell', { after: [shell] }, []],
    ['a shell in a pod that is a backup by label', { after: [shell], labels: { 'velero.io/data-upload': 'x' } }, []],
    ['a shell in a pod that is a scan by image', { after: [shell], image: 'kube-bench' }, []],
    ['a backup in a pod of that name', { after: [dump], name: 'db-backup-1' }, ['backup/NodeInMaintenance']],
    ['the same on another node', { after: [dump], name: 'db-backup-1', nodeName: 'n2' }, []],
    ['nothing', { before: [shell], after: [shell] }, []],
  ])('%s', (_what, { before = [], after, ...sketch }, said) => {
    expect(tell(before, after, sketch)).toEqual(said);
  });
});
