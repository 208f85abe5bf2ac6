import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { isAlive } from '../../control-plane/bound-process.ts';
import type { ControlPlane } from '../../control-plane/control-plane.ts';
import { ComponentError, startControlPlane } from '../../control-plane/control-plane.ts';

const START_MS = 120_000;
/** For steps that wait for controllers, on a machine with other things to do. */
const STEP_MS = 60_000;

const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: web }] }
`;

function pod(name: string, annotations = '', nodeName = 'node-1'): string {
  return `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, annotations: { ${annotations} } }
spec: { nodeName: ${nodeName}, containers: [{ name: main, image: main }] }
`;
}

function job(name: string, annotations = ''): string {
  return `
apiVersion: batch/v1
kind: Job
metadata: { name: ${name} }
spec:
  template:
    metadata: { annotations: { ${annotations} } }
    spec: { restartPolicy: Never, containers: [{ name: main, image: main }] }
`;
}

async function expectOk(controlPlane: ControlPlane, args: string, input?: string): Promise<string> {
  const answer = await controlPlane.kubectl(args.split(' '), input === undefined ? {} : { input });
  expect(answer, args).toMatchObject({ code: 0 });
  return answer.stdout.trim();
}

describe('two control planes side by side', { timeout: STEP_MS }, () => {
  let both: readonly ControlPlane[] = [];

  beforeAll(async () => {
    const options = { nodes: 2, users: [{ name: 'anna', groups: ['auditors'] }] };
    both = await Promise.all([startControlPlane(options), startControlPlane(options)]);
  }, START_MS);

  afterAll(async () => {
    await Promise.all(both.map((controlPlane) => controlPlane.stop()));
  });

  function one(): ControlPlane {
    const [first] = both;
    if (first === undefined) throw new Error('no control plane was started');
    return first;
  }

  it('share neither port nor folder', () => {
    expect(new Set(both.map(({ server }) => server)).size).toBe(2);
    expect(new Set(both.map(({ folder }) => folder)).size).toBe(2);
  });

  it('are ready, with Ready nodes, when the start is over', async () => {
    for (const controlPlane of both) {
      const nodes = await expectOk(controlPlane, 'get nodes --no-headers');
      expect(nodes.split('\n').map((line) => line.split(/\s+/).slice(0, 2))).toEqual([
        ['node-1', 'Ready'],
        ['node-2', 'Ready'],
      ]);
    }
  });

  it('are the version that they say', async () => {
    expect(await expectOk(one(), 'version')).toContain(`Server Version: v${inject('kubernetes')}`);
  });

  it('bring a deployment up and let its pods go, each in its own data', async () => {
    const [first, second] = both;
    if (first === undefined || second === undefined) throw new Error('two were started');
    await expectOk(first, 'apply -f -', DEPLOYMENT);
    await expectOk(first, 'rollout status deployment/web --timeout=30s');
    expect(await expectOk(first, 'get pods --field-selector=status.phase=Running -o name')).toMatch(
      /^(pod\/web-\S+\s*){3}$/,
    );
    expect(await expectOk(second, 'get deployments -A -o name')).toBe('');
    await expectOk(first, 'delete deployment/web --cascade=foreground --timeout=30s');
    expect(await expectOk(first, 'get pods -o name')).toBe('');
  });

  it('are verified by the authority in their kubeconfig, and by no other', async () => {
    expect(readFileSync(one().kubeconfig, 'utf8')).not.toContain('insecure');
    const code = await new Promise((resolve) => {
      const call = request(`${one().server}/readyz`, { ca: both[1]?.ca }, () => {
        resolve('answered');
      });
      call.on('error', (error) => {
        resolve('code' in error ? error.code : error.message);
      });
      call.end();
    });
    expect(code).toMatch(/UNABLE_TO_VERIFY|SELF_SIGNED|SIGNATURE/);
  });

  it('know their users by name and group', async () => {
    const whoami = ['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username} {.status.userInfo.groups}'];
    const anna = await one().kubectl(whoami, { user: 'anna' });
    expect(anna.stdout).toBe('anna ["auditors","system:authenticated"]');
    const kubelet = await one().kubectl(whoami, { user: 'system:node:node-1' });
    expect(kubelet.stdout).toBe('system:node:node-1 ["system:nodes","system:authenticated"]');
    const refused = await one().kubectl(['get', 'nodes'], { user: 'developer' });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('User "developer" cannot list resource "nodes"');
    await expect(one().kubeconfigFor('nobody')).rejects.toThrow('no user nobody; it has admin, developer');
  });

  it('run controllers with service accounts of their own', async () => {
    const accounts = await expectOk(one(), 'get serviceaccounts -n kube-system -o name');
    expect(accounts.split('\n')).toContain('serviceaccount/daemon-set-controller');
  });

  it('take more nodes later: a control-plane node, a small one, a silent one', async () => {
    const controlPlane = one();
    await controlPlane.addNode({ name: 'cp', role: 'control-plane' });
    await controlPlane.addNode({ name: 'small', cpu: '500m', pods: '3', arch: 'arm64', labels: { zone: 'b' } });
    await controlPlane.addNode({ name: 'silent', silent: true });
    const columns = 'NAME:.metadata.name,CPU:.status.allocatable.cpu,PODS:.status.allocatable.pods';
    const more = "READY:.status.conditions[?(@.type=='Ready')].status,TAINTS:.spec.taints[*].key";
    const rows = await expectOk(
      controlPlane,
      `get nodes cp small silent --no-headers -o custom-columns=${columns},${more}`,
    );
    const [cp, small, silent] = rows.split('\n').map((row) => row.split(/\s+/));
    expect(cp).toEqual(['cp', '8', '110', 'True', 'node-role.kubernetes.io/control-plane']);
    expect(small).toEqual(['small', '500m', '3', 'True', '<none>']);
    expect(silent?.slice(0, 4)).toEqual(['silent', '8', '110', 'Unknown']);
    const taints = 'get node silent -o jsonpath={.spec.taints[*].key}';
    await expect.poll(() => expectOk(controlPlane, taints)).toContain('unreachable');
    await expectOk(controlPlane, 'delete node cp small silent');
  });

  it('play pods in the time that the pod asks for', async () => {
    const controlPlane = one();
    const never = (stage: string) => `pod-${stage}.stage.kwok.x-k8s.io/delay: 1h`;
    const manifests = [pod('soon'), pod('unready', never('ready')), job('short'), job('long', never('complete'))];
    await expectOk(controlPlane, 'apply -f -', manifests.join('---'));
    await expectOk(controlPlane, 'wait --for=condition=Ready pod -l job-name=long --timeout=30s');
    await expectOk(controlPlane, 'wait --for=condition=Ready pod/soon --timeout=30s');
    await expectOk(controlPlane, 'wait --for=condition=Complete job/short --timeout=30s');
    expect(await expectOk(controlPlane, 'get pod unready -o jsonpath={.status.phase}')).toBe('Pending');
    expect(await expectOk(controlPlane, 'get pods -l job-name=long -o jsonpath={.items[*].status.phase}')).toBe(
      'Running',
    );
    await expectOk(controlPlane, 'delete job/short job/long pod/soon pod/unready --timeout=30s');
  });

  it('let a node fall silent: NotReady, and its pods do not go before it is back', async () => {
    const controlPlane = one();
    await controlPlane.addNode({ name: 'dying', mortal: true });
    await expectOk(controlPlane, 'apply -f -', pod('stuck', '', 'dying'));
    await expectOk(controlPlane, 'wait --for=condition=Ready pod/stuck --timeout=30s');
    await controlPlane.silenceNode('dying');
    await expectOk(controlPlane, 'delete pod/stuck --wait=false');
    await expectOk(controlPlane, 'apply -f -', pod('elsewhere', '', 'node-1'));
    await expectOk(controlPlane, 'wait --for=condition=Ready pod/elsewhere --timeout=30s');
    await expectOk(controlPlane, 'delete pod/elsewhere --timeout=30s');
    expect(await expectOk(controlPlane, 'get pod stuck -o jsonpath={.metadata.deletionTimestamp}')).not.toBe('');
    expect(await expectOk(controlPlane, 'get node dying --no-headers')).toContain('NotReady');
    await controlPlane.reviveNode('dying');
    await expectOk(controlPlane, 'wait --for=delete pod/stuck --timeout=30s');
    expect(await expectOk(controlPlane, 'get node dying --no-headers')).not.toContain('NotReady');
    await expect(controlPlane.silenceNode('node-1')).rejects.toThrow('start it as mortal');
    await expectOk(controlPlane, 'delete node/dying');
  });

  it('keep their data, port and clients while the API server is away', async () => {
    const controlPlane = one();
    await expectOk(controlPlane, 'create configmap kept --from-literal=a=b');
    await controlPlane.stopApiServer();
    expect((await controlPlane.kubectl(['get', 'nodes'])).stderr).toContain('refused');
    await controlPlane.startApiServer();
    expect(await expectOk(controlPlane, 'get configmap kept -o jsonpath={.data.a}')).toBe('b');
    await expectOk(controlPlane, 'apply -f -', DEPLOYMENT);
    await expectOk(controlPlane, 'rollout status deployment/web --timeout=60s');
  });

  it('leave no process and no folder', async () => {
    const pids = both.flatMap((controlPlane) => Object.values(controlPlane.pids()));
    // Five programs each, and the KWOK of the node that died.
    expect(pids).toHaveLength(11);
    await Promise.all(both.map((controlPlane) => controlPlane.stop()));
    expect(pids.filter(isAlive)).toEqual([]);
    expect(both.filter(({ folder }) => existsSync(folder))).toEqual([]);
  });
});

describe('a start that fails', { timeout: STEP_MS }, () => {
  it('names the component, its last words and its log, which stays', async () => {
    const failure: unknown = await startControlPlane({ apiServerArgs: ['--no-such-flag'] }).catch(
      (error: unknown) => error,
    );
    if (!(failure instanceof ComponentError)) throw failure;
    onTestFinished(() => {
      rmSync(dirname(dirname(failure.logPath)), { recursive: true });
    });
    expect(failure.component).toBe('kube-apiserver');
    expect(failure.message).toContain('kube-apiserver ended by itself (exit code 1)');
    expect(failure.message).toContain('unknown flag: --no-such-flag');
    expect(failure.message).toContain(failure.logPath);
    expect(readFileSync(failure.logPath, 'utf8')).toContain('unknown flag');
    expect(readdirSync(dirname(dirname(failure.logPath)))).toEqual(['logs']);
  });
});
