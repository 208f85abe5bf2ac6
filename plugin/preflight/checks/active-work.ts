import { listed } from '../../drain/cause.ts';
import { podName, type WaitedPod } from '../../drain/plan.ts';
import { warning, type Check, type Finding } from '../finding.ts';
import type { Survey } from '../survey.ts';

/** What the drain will wait for: it may take as long as a backup takes. And what nobody could see to run. */
export const activeWork: Check = {
  id: 'active-work',
  refuses: '',
  warns: 'what the drain will wait for; backups that you may not see run in a pod',
  find,
};

function find({ plans, unknownInside }: Survey): readonly Finding[] {
  const byReason = Map.groupBy(
    plans.flatMap(({ waitFor }) => waitFor),
    ({ why }) => why,
  );
  const waits = [...byReason].map(
    ([why, all]) => `${waitOf(all, why)}: ${listed(all.map(({ pod }) => podName(pod)))}${breakingOff(all, why)}`,
  );
  const isEvicting = plans.some(({ evict }) => evict.length > 0);
  return [...waits, ...(isEvicting ? unknownInside : [])].map((text) => warning('active-work', text));
}

function waitOf(all: readonly WaitedPod[], why: string): string {
  const what = all.some(({ inside }) => inside)
    ? 'waiting before pods are evicted'
    : 'waiting for pods to end by themselves';
  return `${what}, because ${why}`;
}

function breakingOff(all: readonly WaitedPod[], why: string): string {
  if (why.startsWith('labelled ')) return '';
  return `; --active-work=evict breaks ${all.some(({ inside }) => inside) ? 'it' : 'them'} off`;
}
