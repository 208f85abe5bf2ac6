import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NodeTable } from '../../../shared/facts/node-table.ts';
import type { NodeFacts } from '../../../shared/facts/node.ts';
import { HOSTNAME_LABEL } from '../../../shared/labels.ts';
import {
  admitsNode,
  daemonSetPlacement,
  placementFromPodSpec,
  type Placement,
} from '../../../shared/scheduling/placement.ts';
import { reachOf, type Reach } from '../../../shared/scheduling/reach.ts';
import { CORDON, isTolerated } from '../../../shared/scheduling/taints.ts';
import { SCENES } from './cluster-nodes.ts';
import { podSpecs, type PlacedSpec } from './pod-specs.ts';
import { startRealCluster, type RealCluster } from './real-cluster.ts';
import { later, onlyOn, reachFromTruth, truthOf, type Asking } from './truth.ts';

/** Building the control plane takes minutes the first time. */
const START_MS = 30 * 60_000;

/** Three thousand pods; the scheduler answers for 50 to 100 a second where two cores have other work too: a minute. */
const COMPARE_MS = 5 * 60_000;

/** What the specs are made from. Any other number makes others, which have to agree as well. */
const SEED = Number(process.env['REACH_SEED'] ?? 2030);
const POD_SPECS = 500;
const DAEMON_SETS = 50;

const ALL = SCENES.map(({ node }) => node.name).sort();
const HELD = SCENES.filter(({ held }) => held === true)
  .map(({ node }) => node.name)
  .sort();

/** What was seen and what we say, about a spec and one node or all of them. */
interface Comparison {
  readonly spec: PlacedSpec;
  readonly about: string;
  readonly real: unknown;
  readonly ours: unknown;
}

let real: RealCluster;
let nodes: readonly NodeFacts[];
let field: NodeTable;

beforeAll(async () => {
  real = await startRealCluster();
  nodes = await real.nodes();
  field = new NodeTable(nodes);
}, START_MS);

afterAll(async () => {
  await real.stop();
});

/** The nodes that we say a pod can go to as things are, sorted. */
function openNodes(placement: Placement): readonly string[] {
  const isOpen = (node: NodeFacts): boolean => {
    const taints = node.unschedulable ? [...node.taints, CORDON] : node.taints;
    return admitsNode(placement, node) && taints.every((taint) => isTolerated(taint, placement.tolerations));
  };
  return nodes
    .filter(isOpen)
    .map(({ name }) => name)
    .sort();
}

/** A line for each comparison that disagrees, with all that makes it again. */
function disagreements(comparisons: readonly Comparison[]): readonly string[] {
  return comparisons
    .map((each) => ({ ...each, real: written(each.real), ours: written(each.ours) }))
    .filter(({ real, ours }) => real !== ours)
    .map(({ spec, about, real, ours }) => `${about}: really ${real}, we say ${ours} (${SEED}, ${written(spec)})`);
}

function written(answer: unknown): string {
  return answer === undefined ? 'nowhere' : JSON.stringify(answer);
}

/** How many answers of each kind: a comparison of one kind alone would say little. */
function kindsOf(comparisons: readonly { ours: Reach }[]): Readonly<Record<Reach['kind'], number>> {
  const count = { pinned: 0, only: 0, may: 0, cannot: 0 };
  for (const { ours } of comparisons) count[ours.kind] += 1;
  return count;
}

describe(`seed ${SEED}`, { timeout: COMPARE_MS }, () => {
  test('a pod is where reach says', async () => {
    const places: Comparison[] = [];
    const pairs: Comparison[] = [];
    const ask: Asking = {
      anywhere: async (spec) => {
        const place = await real.placeOfPod(spec);
        const open = openNodes(placementFromPodSpec(spec));
        const isRight = place === undefined ? open.length === 0 : open.includes(place);
        places.push({ spec, about: 'any node', real: place, ours: isRight ? place : open });
        return place;
      },
      on: async (spec, node) => {
        const place = await real.placeOfPod(onlyOn(spec, node));
        const isOpen = openNodes(placementFromPodSpec(spec)).includes(node);
        pairs.push({ spec, about: node, real: place, ours: isOpen ? node : undefined });
        return place !== undefined;
      },
    };
    const reaches = await Promise.all(
      podSpecs(POD_SPECS, SEED).map(async (spec) => {
        const seen = reachFromTruth(spec, await truthOf(spec, HELD, ask));
        return { spec, about: 'reach', real: seen, ours: reachOf(placementFromPodSpec(spec), field) };
      }),
    );
    expect(disagreements([...places, ...pairs, ...reaches])).toEqual([]);
    expect(reaches).toHaveLength(POD_SPECS);
    expect(pairs.length).toBeGreaterThan(POD_SPECS);
    expect(Math.min(...Object.values(kindsOf(reaches)))).toBeGreaterThan(10);
  });

  test('the pods of a DaemonSet are where reach says', async () => {
    const sets: Comparison[] = [];
    const placesOf = async (spec: PlacedSpec): Promise<readonly string[]> => {
      const places = await real.placesOfDaemonSet(spec);
      const ours = openNodes(daemonSetPlacement(placementFromPodSpec(spec)));
      sets.push({ spec, about: 'DaemonSet', real: places, ours });
      return places;
    };
    const isFree = (name: string) => !HELD.includes(name);
    // Each fifth names a node, each another one.
    const specs = podSpecs(DAEMON_SETS, SEED + 1).map((spec, index) => {
      const nodeName = index % 5 === 0 ? ALL[index % ALL.length] : undefined;
      return nodeName === undefined ? spec : { ...spec, nodeName };
    });
    const reaches = await Promise.all(
      specs.map(async (spec) => {
        const [now, then] = await Promise.all([placesOf(spec), placesOf(later(spec))]);
        const seen = reachFromTruth(spec, {
          open: now.filter((name) => !isFree(name)),
          suitable: then.filter((name) => !isFree(name)),
          elsewhere: now.some(isFree),
          elsewhereLater: then.some(isFree),
        });
        const placement = daemonSetPlacement(placementFromPodSpec(spec));
        return { spec, about: 'reach', real: seen, ours: reachOf(placement, field) };
      }),
    );
    expect(disagreements([...sets, ...reaches])).toEqual([]);
    expect(DAEMON_SETS - kindsOf(reaches).cannot).toBeGreaterThan(10);
  });
});

test('a pod with nodeName is on that node, whatever the node is like', async () => {
  const comparisons = await Promise.all(
    ALL.map(async (nodeName): Promise<Comparison> => {
      const spec = { nodeName, nodeSelector: { 'unheard-of': 'x' } };
      const place = await real.placeOfPod(spec);
      const seen = HELD.includes(nodeName) ? { kind: 'pinned', nodes: [place] } : { kind: 'cannot', nodes: [] };
      return { spec, about: nodeName, real: seen, ours: reachOf(placementFromPodSpec(spec), field) };
    }),
  );
  expect(disagreements(comparisons)).toEqual([]);
});

test('on purpose, a hostname means the node of that name too, where the scheduler goes by the label alone', async () => {
  const spec = { nodeSelector: { [HOSTNAME_LABEL]: 'held-alias' }, tolerations: [{ operator: 'Exists' }] };
  expect(await real.placeOfPod(spec)).toBeUndefined();
  expect(reachOf(placementFromPodSpec(spec), field)).toEqual({ kind: 'pinned', nodes: ['held-alias'] });
});

test('all along the nodes were as we took them to be', async () => {
  expect(await real.nodes()).toEqual(nodes);
});
