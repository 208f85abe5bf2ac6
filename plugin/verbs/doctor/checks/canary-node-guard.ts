import type { RuleMode } from '../../../../shared/index.ts';
import { expectationOf, judgeCanary, switchedOff } from '../canaries.ts';
import { checkOf } from '../check.ts';
import { ok, unknown, type Diagnosis } from '../diagnosis.ts';
import type { GuardCanary } from '../guard-canary.ts';

/** The answer to a record that cannot be read, and the mode of the rule. */
export interface NodeGuardReading {
  readonly mode: RuleMode;
  readonly canary: GuardCanary | undefined;
}

export const canaryNodeGuard = checkOf({
  id: 'canary-node-guard',
  asks: 'Whether a record that cannot be read is really refused: a write of a node in a dry run',
  warns: 'it was not tried: you may not patch nodes, or not change records',
  fails: 'it passes',
  read: async (readings): Promise<NodeGuardReading> => {
    const [config, canary] = await Promise.all([readings.config(), readings.guardCanary()]);
    return { mode: config.rules['node-guard'].mode, canary };
  },
  judge: judgeNodeGuard,
});

/** Judges what was said. Pure. */
export function judgeNodeGuard({ mode, canary }: NodeGuardReading): readonly Diagnosis[] {
  const expected = expectationOf(mode);
  if (expected === undefined) return [switchedOff(mode)];
  if (canary === undefined) return [unknown('the cluster has no node', 'run it again when there is one')];
  const { node, said } = canary;
  const what = `an unreadable record for node ${node}`;
  if (said.said === 'denied' && said.words.by === 'floor') return byGuardOfRecord(what);
  return [judgeCanary({ rule: 'node-guard', what, by: 'webhook', expected, said })];
}

/** Who lacks the right to change records is refused before the webhook is asked: so the API server's own guard works. */
function byGuardOfRecord(what: string): readonly Diagnosis[] {
  return [
    ok(`${what} is denied by the floor: you may not change records, and nobody like you may`),
    unknown(
      'the webhook is not asked, because you may not change records',
      'let somebody with the ClusterRole kubectl-maint-operator run doctor as well',
    ),
  ];
}
