import { missingRights, renderRight, type Right } from '../../../preflight/rights.ts';
import { checkOf } from '../check.ts';
import { fail, ok, warn, type Diagnosis } from '../diagnosis.ts';
import { rightKey, VERB_NEEDS, type VerbNeeds } from '../verb-rights.ts';

export const rights = checkOf({
  id: 'rights',
  asks: 'Which verbs of ours you may use: every call that each of them makes, asked of the API server',
  warns: 'a right is missing without which a verb tells or tries less; or you may only look',
  fails: 'a right is missing that a verb cannot do without',
  read: (readings) => {
    const all = VERB_NEEDS.flatMap(({ needed, optional }) => [...needed, ...optional]);
    const once = [...new Map(all.map((right) => [rightKey(right), right])).values()];
    return missingRights(once, readings.cluster);
  },
  judge: (missing) => judgeRights(VERB_NEEDS, missing),
});

/** Judges what is missing, a line for each verb. Pure. */
export function judgeRights(needs: readonly VerbNeeds[], missing: readonly Right[]): readonly Diagnosis[] {
  const lacks = new Set(missing.map(rightKey));
  const lacking = (wanted: readonly Right[]) => wanted.filter((right) => lacks.has(rightKey(right)));
  // Whoever may not change a record is a viewer, and lacks the rest on purpose.
  const looksOnly = missing.some(({ resource }) => resource === 'maintenances');
  return needs.map(({ verb, writes, needed, optional }) => {
    const [must, may] = [lacking(needed), lacking(optional)];
    if (must.length > 0) {
      const text = `${verb}: you may not ${listed(must)}`;
      const found = writes && looksOnly ? warn(text, OPERATOR) : fail(text, writes ? OPERATOR : VIEWER);
      return { ...found, missing: [...must, ...may] };
    }
    if (may.length === 0) return ok(`${verb}: you have every right`);
    return { ...warn(`${verb}: goes without ${listed(may)}`, MORE), missing: may };
  });
}

const VIEWER = "ask for the chart's ClusterRole kubectl-maint-viewer";
const OPERATOR =
  "ask for the chart's ClusterRole kubectl-maint-operator, if taking nodes into maintenance is yours to do";
const MORE =
  'it works all the same; docs/doctor.md says what is lost; canaries are granted by the value roles.canary of the chart';

function listed(some: readonly Right[]): string {
  return [...new Set(some.map(renderRight))].join(', ');
}
