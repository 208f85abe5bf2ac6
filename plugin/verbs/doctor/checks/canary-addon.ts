import {
  clean,
  daemonSetPath,
  textAt,
  type ApiRequest,
  type NodeFacts,
  type PodFacts,
  type PolicyConfig,
  type RuleMode,
} from '../../../../shared/index.ts';
import { readPods } from '../../../drain/read.ts';
import { askInDryRun } from '../../../policy/dry-run.ts';
import { excepted, expectationOf, heldBy, judgeCanary, notTried, switchedOff, type Canary } from '../canaries.ts';
import { checkOf } from '../check.ts';
import { skipped, type Diagnosis } from '../diagnosis.ts';
import type { Readings } from '../readings.ts';

/** A change of a DaemonSet that was sent, or why none was. */
export type AddonReading =
  | { readonly kind: 'off'; readonly mode: RuleMode }
  | { readonly kind: 'idle' }
  | { readonly kind: 'excepted' }
  | { readonly kind: 'none'; readonly node: string }
  | { readonly kind: 'asked'; readonly canary: Canary; readonly namespace: string };

export const canaryAddon = checkOf({
  id: 'canary-addon',
  asks: 'Whether a change of a DaemonSet really waits on a node in maintenance: a template change in a dry run',
  warns: 'it was not tried (patching DaemonSets is a right that operators do not have), or somebody else refused it',
  fails: 'it passes without a word',
  read: readAddon,
  judge: judgeAddon,
});

async function readAddon(readings: Readings): Promise<AddonReading> {
  const [held, config] = await Promise.all([readings.held(), readings.config()]);
  const { mode } = config.rules.addon;
  const expected = expectationOf(mode);
  if (expected === undefined) return { kind: 'off', mode };
  // On the way back changes are let go.
  const staying = held.filter(({ facts }) => facts.state !== 'returning');
  if (staying.length === 0) return { kind: 'idle' };
  const [node] = heldBy('addon', staying, readings.now());
  if (node === undefined) return { kind: 'excepted' };
  const daemonSet = await findDaemonSet(node, readings);
  if (daemonSet === undefined) return { kind: 'none', node: node.name };
  const { namespace, name } = daemonSet;
  const said = await askInDryRun(templateChange(daemonSet), readings.cluster);
  const what = `a change of DaemonSet ${clean(`${namespace}/${name}`, 200)}, which runs on node ${node.name},`;
  const canary: Canary = { rule: 'addon', what, by: 'webhook', expected: changeIn(config, expected), said };
  return { kind: 'asked', canary, namespace };
}

/** Held changes are accepted with a warning; where the configuration has them denied they are refused themselves. */
function changeIn({ addonChange }: PolicyConfig, expected: Canary['expected']): Canary['expected'] {
  return addonChange === 'hold' ? 'warned' : expected;
}

interface DaemonSetName {
  readonly namespace: string;
  readonly name: string;
}

/** One that rolls out by itself. Webhooks never see their own namespace, and some clouds keep them off kube-system. */
async function findDaemonSet(node: NodeFacts, readings: Readings): Promise<DaemonSetName | undefined> {
  const [pods, installation] = await Promise.all([
    readPods(node.name, undefined, readings.cluster),
    readings.installation(),
  ]);
  const own = installation.by === 'service' ? installation.namespace : undefined;
  const names = pods.filter(isDaemonSets).filter(({ namespace }) => namespace !== own);
  const inOrder = names.sort((one, other) => Number(isSystem(one)) - Number(isSystem(other)));
  for (const { namespace, controller } of inOrder) {
    const name = controller?.name ?? '';
    const object = await readings.cluster.get(daemonSetPath(namespace, name));
    const strategy = textAt(object, 'spec', 'updateStrategy', 'type');
    if (object !== undefined && strategy !== 'OnDelete') return { namespace, name };
  }
  return undefined;
}

function isDaemonSets({ controller }: PodFacts): boolean {
  return controller?.groupKind === 'apps/DaemonSet';
}

function isSystem({ namespace }: PodFacts): boolean {
  return namespace === 'kube-system';
}

function templateChange({ namespace, name }: DaemonSetName): ApiRequest {
  const annotations = { 'kubectl-maint.io/canary': 'never applied' };
  return {
    method: 'PATCH',
    path: daemonSetPath(namespace, name),
    contentType: 'application/merge-patch+json',
    body: { spec: { template: { metadata: { annotations } } } },
  };
}

/** Judges what was said. Pure. */
export function judgeAddon(reading: AddonReading): readonly Diagnosis[] {
  switch (reading.kind) {
    case 'off':
      return [switchedOff(reading.mode)];
    case 'idle':
      return [notTried(false)];
    case 'excepted':
      return [excepted('addon')];
    case 'none':
      return [skipped(`no DaemonSet that rolls out by itself runs on node ${reading.node}`)];
    case 'asked':
      return [{ ...judgeCanary(reading.canary), names: { namespaces: [reading.namespace] } }];
  }
}
