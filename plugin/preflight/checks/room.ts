import { listed } from '../../drain/cause.ts';
import { podName } from '../../drain/plan.ts';
import { warning, type Check, type Finding } from '../finding.ts';
import type { Room, Survey } from '../survey.ts';

/** Pods that will wait for a place: the other nodes have no room for what they ask for, or do not suit them. */
export const room: Check = {
  id: 'room',
  refuses: '',
  warns: 'pods for which the other nodes have no room, or that suit none of them',
  find,
};

function find({ room }: Survey): readonly Finding[] {
  const { without, nowhere, looked, candidates } = room;
  const findings = [...nowhere].map(([why, pods]) =>
    warning('room', `no other node can take ${named(pods)}${why === '' ? '' : `: ${why}`}`),
  );
  const homeless = new Set([...nowhere.values()].flat());
  const crowded = without.filter((pod) => !homeless.has(pod));
  if (crowded.length === 0) return findings;
  const where = looked < candidates ? `the ${looked} largest of ${candidates} other nodes` : 'the other nodes';
  return [...findings, warning('room', `${where} have no room left for ${named(crowded)}${besides(room)}`)];
}

function named(pods: Room['without']): string {
  return listed(pods.map(podName).sort());
}

/** Room on a machine of another kind is none, unless the image is built for it: whoever sees that room has to know. */
function besides({ foreign }: Room): string {
  const nodes = foreign === 1 ? 'node is' : 'nodes are';
  return foreign === 0 ? '' : ` (${foreign} ${nodes} not counted: of another operating system or architecture)`;
}
