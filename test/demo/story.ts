import { listAt, textAt } from '../../shared/facts/json.ts';
import { until } from '../support/until.ts';
import type { Narrator } from './narrator.ts';
import { manifest, type Stage, type Told } from './stage.ts';

const NODE = 'worker-2';
const OTHER = 'worker-3';
const OLD_IMAGE = 'fluent/fluent-bit:3.1';
const NEW_IMAGE = 'fluent/fluent-bit:3.2';

/** Walks the main job from beginning to end; every step speaks through kubectl, and says what is expected of it. */
export async function tell(stage: Stage, narrator: Narrator): Promise<void> {
  const kubectl = async (...args: string[]): Promise<Told> => {
    narrator.command(args);
    const told = await stage.kubectl(args);
    narrator.output(told.text);
    return told;
  };

  narrator.chapter(`${NODE} is a node like any other`);
  const podsOn = ['get', 'pods', '-A', '-o', 'wide', '--field-selector', `spec.nodeName=${NODE}`];
  const before = await kubectl(...podsOn);
  narrator.expect('it runs pods of the shop', before.text.includes('shop'));

  narrator.chapter('It goes into maintenance: marked, cordoned, drained');
  const on = await kubectl('maint', 'on', NODE, '--reason', 'swap a disk', '--for', '2h');
  narrator.expect('the command succeeds', on.code === 0);
  narrator.expect('it says what is kept off the node from now on', on.text.includes('kept off worker-2 from now on'));
  const nodes = await kubectl('get', 'nodes');
  narrator.expect('kubectl shows SchedulingDisabled', new RegExp(`${NODE} +Ready,SchedulingDisabled`).test(nodes.text));
  const after = await kubectl(...podsOn);
  narrator.expect(
    'only the DaemonSet is left there',
    !after.text.includes('shop') && after.text.includes('fluent-bit'),
  );
  await until('the shop is whole again', async () => (await readyPods(stage, 'shop')) === 12);
  narrator.expect('the shop runs with all of its 12 pods elsewhere', true);
  const status = await kubectl('maint', 'status');
  narrator.expect('status says Complete', new RegExp(`${NODE} +Complete`).test(status.text));

  narrator.chapter('A backup of that node is refused, with the reason; one of another node passes');
  const refused = await backup(stage, narrator, NODE);
  narrator.expect('refused', refused.code !== 0 && refused.text.includes('denied the request'));
  narrator.expect(
    'it names node, reason and next step',
    hasAll(refused.text, [NODE, 'swap a disk', `kubectl maint off ${NODE}`]),
  );
  const passed = await backup(stage, narrator, OTHER);
  narrator.expect('the same backup for another node is accepted', passed.code === 0);

  narrator.chapter('A scan of the cluster is refused while a node is in maintenance');
  const scan = await kubectl('create', '-f', manifest('kube-bench.yaml'));
  narrator.expect('refused, with the node that is the reason', scan.code !== 0 && hasAll(scan.text, ['scan', NODE]));

  narrator.chapter('An add-on is updated: everywhere but on that node');
  const update = await kubectl('set', 'image', 'daemonset/fluent-bit', `fluent-bit=${NEW_IMAGE}`, '-n', 'logging');
  narrator.expect('the change is accepted', update.code === 0);
  await until('the other nodes run the new image', async () => (await nodesWith(stage, NEW_IMAGE)).length === 4);
  await showImages(stage, narrator);
  const held = await nodesWith(stage, OLD_IMAGE);
  narrator.expect('four nodes run the new version', true);
  narrator.expect(`${NODE} still runs the old one`, held.length === 1 && held[0] === NODE);

  narrator.chapter('It comes back: the add-on catches up, the node is healthy, everything is as before');
  const off = await kubectl('maint', 'off', NODE, '--healthy-for', '3s');
  narrator.expect('the command succeeds', off.code === 0);
  await showImages(stage, narrator);
  narrator.expect('its add-on is current', (await nodesWith(stage, NEW_IMAGE)).length === 5);
  const back = await kubectl('get', 'node', NODE);
  narrator.expect('it takes work again', !back.text.includes('SchedulingDisabled'));
  const again = await backup(stage, narrator, NODE);
  narrator.expect('its backup is accepted now', again.code === 0);
  const scanAgain = await kubectl('create', '-f', manifest('kube-bench.yaml'));
  narrator.expect('the scan is accepted now', scanAgain.code === 0);
}

/** What Velero creates for a pod with a volume on that node. */
async function backup(stage: Stage, narrator: Narrator, node: string): Promise<Told> {
  const object = {
    apiVersion: 'velero.io/v1',
    kind: 'PodVolumeBackup',
    metadata: { generateName: 'nightly-', namespace: 'velero' },
    spec: { node, pod: { namespace: 'shop', name: 'db-0' } },
  };
  narrator.command(['create', '-f', `nightly-backup-for-${node}.yaml`]);
  const told = await stage.kubectl(['create', '-f', '-'], JSON.stringify(object));
  narrator.output(told.text);
  return told;
}

async function showImages(stage: Stage, narrator: Narrator): Promise<void> {
  const columns = 'NODE:.spec.nodeName,IMAGE:.spec.containers[0].image';
  const args = ['get', 'pods', '-n', 'logging', '-o', `custom-columns=${columns}`, '--sort-by=.spec.nodeName'];
  narrator.command(args);
  narrator.output((await stage.kubectl(args)).text);
}

async function nodesWith(stage: Stage, image: string): Promise<readonly string[]> {
  const { body } = await stage.controlPlane.api('GET', '/api/v1/namespaces/logging/pods');
  return listAt(body, 'items')
    .filter((pod) => textAt(listAt(pod, 'spec', 'containers')[0], 'image') === image)
    .map((pod) => textAt(pod, 'spec', 'nodeName') ?? '');
}

async function readyPods(stage: Stage, namespace: string): Promise<number> {
  const { body } = await stage.controlPlane.api('GET', `/api/v1/namespaces/${namespace}/pods`);
  return listAt(body, 'items').filter((pod) =>
    listAt(pod, 'status', 'conditions').some(
      (one) => textAt(one, 'type') === 'Ready' && textAt(one, 'status') === 'True',
    ),
  ).length;
}

function hasAll(text: string, parts: readonly string[]): boolean {
  return parts.every((part) => text.includes(part));
}
