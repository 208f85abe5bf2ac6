import {
  explainAfter,
  explainBriefly,
  explainNode,
  keptOffNodes,
  keptOutOfCluster,
  type AfterDenial,
} from '../../shared/index.ts';
import { literal, sentence } from './cel.ts';
import type { Outcome } from './coverage.ts';
import type { Variable } from './objects.ts';
import { NODES } from './register.ts';

const FATES: readonly AfterDenial[] = ['retried', 'resumed', 'lost', 'failed'];

/** What a controller's refused pod or Job becomes is the same for every tool. */
const BY_MAKER = { 'batch/Job /Pod': 'retried', 'batch/CronJob batch/Job': 'resumed' } satisfies Record<
  string,
  AfterDenial
>;

/** Of the work that was found: whose maintenance it is, why and until when, and what becomes of it. */
export function fateVariables({ scope }: Pick<Outcome, 'scope'>, index: number): readonly Variable[] {
  const node = `variables.work${index}[2]`;
  const values = { node, why: `${NODES}[${node}].why` };
  const told = (why?: string): string => sentence(explainNode('{node}', why), values);
  const end = scope === 'cluster' ? 'the maintenance ends' : 'kubectl maint off {node}';
  const fates = FATES.map((fate) => `${literal(fate)}: ${sentence(explainAfter(fate, end), values)}`);
  const makers = Object.entries(BY_MAKER).map(([made, fate]) => `${literal(made)}: ${literal(fate)}`);
  return [
    { name: `told${index}`, expression: `has(${NODES}[${node}].why) ? ${told('{why}')} : ${told()}` },
    {
      name: `after${index}`,
      expression: `{${fates.join(', ')}}[{${makers.join(', ')}}[?variables.made].orValue(variables.work${index}[1])]`,
    },
  ];
}

/** The words of shared/policy/explain.ts. */
export function messageFor({ work, scope }: Pick<Outcome, 'work' | 'scope'>, index: number): string {
  const detail = (scope === 'cluster' ? keptOutOfCluster : keptOffNodes)('{what}', ['{node}']);
  return sentence(explainBriefly({ rule: work, detail, told: '{told}', after: '{after}' }), {
    what: `variables.work${index}[0]`,
    node: `variables.work${index}[2]`,
    told: `variables.told${index}`,
    after: `variables.after${index}`,
  });
}
