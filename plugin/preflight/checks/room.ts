import { listed } from '../../drain/cause.ts';
import { podName } from '../../drain/plan.ts';
import { warning, type Finding } from '../finding.ts';
import type { Survey } from '../survey.ts';

/** Pods that will wait for a place: the other nodes have no room for what they ask for, or do not suit them. */
export function checkRoom({ room: { without, looked, candidates } }: Survey): readonly Finding[] {
  if (without.length === 0) return [];
  const names = listed(without.map(podName).sort());
  if (candidates === 0) return [warning('room', `no other node can take ${names}`)];
  const where = looked < candidates ? `the ${looked} largest of ${candidates} other nodes` : 'the other nodes';
  return [warning('room', `${where} have no room left for ${names}`)];
}
