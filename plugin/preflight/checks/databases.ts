import { listed } from '../../drain/cause.ts';
import { podName } from '../../drain/plan.ts';
import { warning, type Check, type Finding } from '../finding.ts';
import type { Survey } from '../survey.ts';

/** Replicated databases of which a member is missing already: no other goes before it is Ready again. */
export const databases: Check = {
  id: 'databases',
  refuses: '',
  warns:
    'a member of a [replicated database](data.md#members-of-a-replicated-database) is not Ready, so that no other goes',
  find,
};

function find({ plans, outOfTurn }: Survey): readonly Finding[] {
  const held = plans
    .flatMap(({ evict }) => evict)
    .flatMap((pod) => {
      const cause = outOfTurn.get(pod.uid);
      return cause?.kind === 'member' ? [{ pod, text: cause.text }] : [];
    });
  return [...Map.groupBy(held, ({ text }) => text)].map(([text, some]) => {
    const pods = some.map(({ pod }) => podName(pod)).sort();
    return {
      ...warning('databases', `${text} (--database-order=false takes them all the same): ${listed(pods)}`),
      pods,
    };
  });
}
