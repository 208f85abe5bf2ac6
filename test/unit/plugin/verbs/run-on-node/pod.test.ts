import { describe, expect, test } from 'vitest';
import { snapshotFromObject, type NodeSnapshot } from '../../../../../plugin/nodes/snapshot.ts';
import type { OnNode } from '../../../../../plugin/verbs/run/on-node/flags.ts';
import { podFor, podNameFor, whyNoPod, type PodPlan } from '../../../../../plugin/verbs/run/on-node/pod.ts';

function node(more: object = {}): NodeSnapshot {
  const object = {
    metadata: { name: 'worker-1', uid: 'u1' },
    status: { addresses: [{ type: 'InternalIP', address: '10.0.0.7' }], nodeInfo: { operatingSystem: 'linux' } },
    ...more,
  };
  const snapshot = snapshotFromObject(object);
  if (snapshot === undefined) throw new Error('no node');
  return snapshot;
}

const ON_NODE: OnNode = { image: 'tools:1', profile: 'sysadmin', namespace: 'runs', script: undefined };

function plan(more: Partial<PodPlan> = {}): PodPlan {
  return {
    node: node(),
    claim: { owner: 'ana', id: 'c1', reason: 'cost: $5 $(x)' },
    onNode: ON_NODE,
    command: { program: 'sh', args: ['-c', 'echo $$ $(NODE) $NODE'] },
    timeoutMs: 0,
    killAfterMs: 10_000,
    ...more,
  };
}

describe('the pod of a command', () => {
  test('is on the node, root on the host, without credentials, and goes with the node', () => {
    const pod = podFor(plan());
    expect(pod.metadata).toMatchObject({
      name: 'run-worker-1',
      namespace: 'runs',
      labels: { 'kubectl-maint.io/run': 'c1' },
      annotations: { 'kubectl-maint.io/owner': 'ana' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'worker-1', uid: 'u1' }],
    });
    expect(pod.spec).toMatchObject({
      nodeName: 'worker-1',
      hostPID: true,
      hostNetwork: true,
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      tolerations: [{ operator: 'Exists' }],
      volumes: [{ name: 'host', hostPath: { path: '/' } }],
    });
    expect(pod.spec).not.toHaveProperty('activeDeadlineSeconds');
    expect(pod.spec).not.toHaveProperty('priorityClassName');
    expect(pod.spec?.containers[0]).toMatchObject({ image: 'tools:1', securityContext: { privileged: true } });
  });

  test('no word of the command is changed by the kubelet, which reads $$ and $(NAME)', () => {
    const container = podFor(plan()).spec?.containers[0];
    expect(container?.command).toEqual(['chroot', '/host', 'sh', '-c', 'echo $$$$ $$(NODE) $$NODE']);
    expect(container?.env).toEqual(
      expect.arrayContaining([
        { name: 'NODE', value: 'worker-1' },
        { name: 'NODE_IP', value: '10.0.0.7' },
        { name: 'MAINT_REASON', value: 'cost: $$5 $$(x)' },
        { name: 'MAINT_OWNER', value: 'ana' },
        { name: 'MAINT_TICKET', value: '' },
        { name: 'SYSTEMD_IGNORE_CHROOT', value: '1' },
      ]),
    );
  });

  test.each<[OnNode['profile'], object, object]>([
    [
      'netadmin',
      { hostNetwork: true, shareProcessNamespace: true },
      { capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } },
    ],
    ['baseline', { shareProcessNamespace: true }, { allowPrivilegeEscalation: false }],
  ])('--profile=%s has nothing of the host but that', (profile, spec, security) => {
    const pod = podFor(plan({ onNode: { ...ON_NODE, profile } }));
    expect(pod.spec).toMatchObject({ ...spec, volumes: [] });
    expect(pod.spec).not.toHaveProperty('hostPID');
    expect(pod.spec).toHaveProperty('containers.0.command.0', 'sh');
    expect(pod.spec).toHaveProperty('containers.0.securityContext', expect.objectContaining(security));
    expect(JSON.stringify(pod)).not.toContain('privileged');
    if (profile === 'baseline') expect(pod.spec).not.toHaveProperty('hostNetwork');
  });

  test('a script is where the command in its root finds it', () => {
    const mounts = (profile: OnNode['profile']) =>
      podFor(plan({ onNode: { ...ON_NODE, profile, script: './a.sh' } })).spec?.containers[0]?.volumeMounts?.at(-1);
    expect(mounts('sysadmin')).toEqual({ name: 'script', mountPath: '/host/run/kubectl-maint' });
    expect(mounts('baseline')).toEqual({ name: 'script', mountPath: '/run/kubectl-maint' });
  });

  test('ends by itself when its run is killed, a while after the command would have been stopped', () => {
    expect(podFor(plan({ timeoutMs: 60_000 })).spec?.activeDeadlineSeconds).toBe(300 + 60 + 20);
  });
});

test('names of pods are names, one for each node', () => {
  const long = `${'a'.repeat(243)}.${'b'.repeat(9)}`;
  expect(podNameFor('worker-1')).toBe('run-worker-1');
  for (const name of [long, `${long.slice(0, -1)}c`, `${'a'.repeat(235)}.${'b'.repeat(17)}`]) {
    expect(podNameFor(name)).toMatch(/^[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])$/);
    expect(podNameFor(name)).not.toMatch(/[-.]\.|\.-/);
  }
  expect(podNameFor(long)).not.toBe(podNameFor(`${long.slice(0, -1)}c`));
});

test('Windows nodes run no such pod, and it is said why', () => {
  expect(whyNoPod(node())).toBeUndefined();
  expect(whyNoPod(node({ status: {} }))).toBeUndefined();
  const windows = 'it runs windows, where there is no host';
  expect(whyNoPod(node({ status: { nodeInfo: { operatingSystem: 'windows' } } }))).toContain(windows);
  expect(whyNoPod(node({ metadata: { name: 'w', labels: { 'kubernetes.io/os': 'windows' } }, status: {} }))).toContain(
    windows,
  );
});
