import { textAt } from '../../shared/facts/json.ts';
import { until } from '../support/until.ts';
import { volumeBackup } from '../support/velero.ts';
import type { Narrator } from './narrator.ts';
import { manifest, podsOf, readyOf, type Stage, type Told } from './stage.ts';

/** Walks the main job from beginning to end; every step speaks through kubectl, and says what is expected of it. */
export async function tell(stage: Stage, narrator: Narrator): Promise<void> {
  const { cast } = stage;
  const { node, other, namespaces } = cast;
  const before = await versionsByNode(stage);
  const [oldVersion = ''] = before.values();
  const kubectl = async (...args: string[]): Promise<Told> => {
    narrator.command(args);
    const told = await stage.kubectl(args);
    narrator.output(told.text);
    return told;
  };

  narrator.chapter(`${node} is a node like any other`);
  const podsOn = ['get', 'pods', '-A', '-o', 'wide', '--field-selector', `spec.nodeName=${node}`];
  const busy = await kubectl(...podsOn);
  narrator.expect('it runs pods of the shop', busy.text.includes(namespaces.shop));

  narrator.chapter('It goes into maintenance: marked, cordoned, drained');
  const on = await kubectl('maint', 'on', node, '--reason', 'swap a disk', '--for', '2h', ...cast.onFlags);
  narrator.expect('the command succeeds', on.code === 0);
  narrator.expect('it says what is kept off the node from now on', on.text.includes(`kept off ${node} from now on`));
  const nodes = await kubectl('get', 'nodes');
  narrator.expect('kubectl shows SchedulingDisabled', new RegExp(`${node} +Ready,SchedulingDisabled`).test(nodes.text));
  const after = await kubectl(...podsOn);
  narrator.expect(
    'only the DaemonSet is left there',
    !after.text.includes(namespaces.shop) && after.text.includes('fluent-bit'),
  );
  await until('the shop is whole again', async () => {
    return readyOf(await podsOf(stage, namespaces.shop)).length === cast.shopPods;
  });
  narrator.expect(`the shop runs with all of its ${cast.shopPods} pods elsewhere`, true);
  const status = await kubectl('maint', 'status');
  narrator.expect('status says Complete', new RegExp(`${node} +Complete`).test(status.text));

  narrator.chapter('A backup of that node is refused, with the reason; one of another node passes');
  const refused = await backup(stage, narrator, node);
  narrator.expect('refused', refused.code !== 0 && /denied (the )?request/.test(refused.text));
  narrator.expect(
    'it names node, next step, and the reason or where that stands',
    hasAll(refused.text, [node, `kubectl maint off ${node}`]) &&
      ['swap a disk', `kubectl maint status ${node}`].some((words) => refused.text.includes(words)),
  );
  const passed = await backup(stage, narrator, other);
  narrator.expect('the same backup for another node is accepted', passed.code === 0);

  narrator.chapter('A scan of the cluster is refused while a node is in maintenance');
  const scan = await kubectl('create', '-f', manifest('kube-bench.yaml'), ...cast.createFlags);
  narrator.expect('refused, with the node that is the reason', scan.code !== 0 && hasAll(scan.text, ['scan', node]));

  narrator.chapter('An add-on is updated: everywhere but on that node');
  const update = await kubectl(...cast.update);
  narrator.expect('the change is accepted', update.code === 0);
  await until('the other nodes run the new version', async () => {
    const now = [...(await versionsByNode(stage))];
    return now.length === before.size && now.every(([name, version]) => (version === oldVersion) === (name === node));
  });
  await showVersions(stage, narrator);
  narrator.expect('every other node runs the new version', true);
  narrator.expect(`${node} still runs the old one`, (await versionsByNode(stage)).get(node) === oldVersion);

  narrator.chapter('It comes back: the add-on catches up, the node is healthy, everything is as before');
  const off = await kubectl('maint', 'off', node, ...cast.offFlags);
  narrator.expect('the command succeeds', off.code === 0);
  await showVersions(stage, narrator);
  const versions = await versionsByNode(stage);
  narrator.expect(
    'its add-on is current',
    versions.size === before.size && ![...versions.values()].includes(oldVersion),
  );
  const back = await kubectl('get', 'node', node);
  narrator.expect('it takes work again', !back.text.includes('SchedulingDisabled'));
  const again = await backup(stage, narrator, node);
  narrator.expect('its backup is accepted now', again.code === 0);
  const scanAgain = await kubectl('create', '-f', manifest('kube-bench.yaml'), ...cast.createFlags);
  narrator.expect('the scan is accepted now', scanAgain.code === 0);
}

/** What becomes of a backup of a volume on that node by Velero. */
async function backup(stage: Stage, narrator: Narrator, node: string): Promise<Told> {
  const { cast } = stage;
  narrator.command(['create', '-f', `nightly-backup-for-${node}.yaml`, ...cast.createFlags]);
  const told = await stage.kubectl(
    ['create', '-f', '-', ...cast.createFlags],
    JSON.stringify(volumeBackup(node, cast.namespaces.velero)),
  );
  narrator.output(told.text);
  return told;
}

async function showVersions(stage: Stage, narrator: Narrator): Promise<void> {
  const { cast } = stage;
  const columns = `NODE:.spec.nodeName,${cast.versionColumn}`;
  const where = ['-n', cast.namespaces.logging];
  const args = ['get', 'pods', ...where, '-o', `custom-columns=${columns}`, '--sort-by=.spec.nodeName'];
  narrator.command(args);
  narrator.output((await stage.kubectl(args)).text);
}

/** The version of the log collector on each node. */
async function versionsByNode(stage: Stage): Promise<ReadonlyMap<string, string>> {
  const pods = await podsOf(stage, stage.cast.namespaces.logging);
  const staying = pods.filter((pod) => textAt(pod, 'metadata', 'deletionTimestamp') === undefined);
  return new Map(staying.map((pod) => [textAt(pod, 'spec', 'nodeName') ?? '', stage.cast.version(pod)]));
}

function hasAll(text: string, parts: readonly string[]): boolean {
  return parts.every((part) => text.includes(part));
}
