import { listed } from '../../drain/cause.ts';
import { podName } from '../../drain/plan.ts';
import { warning, type Finding } from '../finding.ts';
import type { Survey } from '../survey.ts';

/** What the drain will wait for: it may take as long as a backup takes. */
export function checkActiveWork({ plans }: Survey): readonly Finding[] {
  const byReason = Map.groupBy(
    plans.flatMap(({ waitFor }) => waitFor),
    ({ why }) => why,
  );
  return [...byReason].map(([why, all]) =>
    warning(
      'active-work',
      `waiting for pods to end by themselves, because ${why}: ${listed(all.map(({ pod }) => podName(pod)))}${why.startsWith('labelled ') ? '' : '; --active-work=evict breaks them off'}`,
    ),
  );
}
