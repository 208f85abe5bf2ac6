import { isExcepted, type NodeFacts, type PolicyConfig, type RuleMode } from '../../../shared/index.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import type { Said, Speaker } from '../../policy/dry-run.ts';
import { fail, ok, skipped, unknown, warn, type Diagnosis } from './diagnosis.ts';
import { quoted, refusalText } from './quotation.ts';

/** A rule of the policy. */
export type RuleId = keyof PolicyConfig['rules'];

/** A canary that was sent: who has to answer it, and what was said. */
export interface Canary {
  readonly rule: RuleId;
  /** What it looked like: `a backup for node n1`. */
  readonly what: string;
  readonly by: Speaker;
  /** What has to happen by the configuration. */
  readonly expected: 'denied' | 'warned';
  readonly said: Said;
}

const NAMES: Readonly<Record<Speaker, string>> = { webhook: 'the webhook', floor: 'the floor' };

const REMEDY: Readonly<Record<Speaker, string>> = {
  webhook: 'look at the checks webhook, certificates and replicas; then at the logs of the replicas',
  floor: 'look at the checks floor and register',
};

/** What an answer means. A denial counts only in our own words. Pure. */
export function judgeCanary({ rule, what, by, expected, said }: Canary): Diagnosis {
  const who = NAMES[by];
  switch (said.said) {
    case 'denied':
      if (said.words.by !== by) return otherAnswered(what, by);
      if (!said.words.text.includes(`${rule}: `)) {
        return unknown(`${what} is denied by ${who} for another reason: ${quoted(said.words.text)}`, REMEDY[by]);
      }
      return expected === 'denied'
        ? ok(`${what} is denied by ${who}, in its own words`)
        : warn(`${what} is denied by ${who}, and by the configuration it should only be warned of`, SAME_POLICY);
    case 'accepted':
      return judgeAccepted({ rule, what, by, expected, said });
    case 'unreached':
      return fail(
        `the API server cannot call the webhook, and refuses because of it: ${quoted(said.why)}`,
        REMEDY.webhook,
      );
    case 'unclear':
      return unknown(`${what}: ${refusalText(said.why)}`, CANARY_RIGHTS);
  }
}

const SAME_POLICY = 'restart the replicas after a change of the configuration; apply the policies of the floor anew';

const CANARY_RIGHTS =
  'if it is a right that you lack: the chart makes the Role kubectl-maint-canary where roles.canary is true; otherwise somebody else refuses pods in the namespace default';

function judgeAccepted({
  rule,
  what,
  by,
  expected,
  said,
}: Canary & { readonly said: Said & { said: 'accepted' } }): Diagnosis {
  const words = said.warnings.find((one) => one.by === by && one.text.startsWith(`${rule}: `));
  if (expected === 'denied') return fail(`${what} passes: ${NAMES[by]} does not refuse it`, REMEDY[by]);
  if (words === undefined) return fail(`${what} passes without a word of ${NAMES[by]}`, REMEDY[by]);
  return ok(`${what} is warned of by ${NAMES[by]}, in its own words`);
}

/** Policies of the API server are asked first: where the webhook answers what is theirs, they let it pass. */
function otherAnswered(what: string, by: Speaker): Diagnosis {
  return by === 'floor'
    ? warn(`${what} is denied by the webhook alone: while no webhook answers, it passes`, REMEDY.floor)
    : unknown(`${what} is denied by the floor before the webhook is asked`, REMEDY.webhook);
}

/** What has to happen in a mode; undefined where nothing is kept off. */
export function expectationOf(mode: RuleMode): Canary['expected'] | undefined {
  if (mode === 'enforce') return 'denied';
  return mode === 'warn' ? 'warned' : undefined;
}

/** That a rule is switched off is nothing to try out. */
export function switchedOff(mode: RuleMode): Diagnosis {
  return skipped(`the configuration has the rule in mode ${mode}`);
}

/**
 * Nothing is refused while nothing is in maintenance, so nothing can be shown. No node can be pretended either: the API
 * server asks the webhook about work only while a node is marked, and its own policies look at stored nodes, which a dry
 * run does not change.
 */
export function notTried(isTriedByOn: boolean): Diagnosis {
  const when = isTriedByOn ? 'kubectl maint on tries it by itself' : 'run doctor again while one is';
  return skipped(`no node is in maintenance, so nothing is refused; ${when}`);
}

/** Nodes in maintenance that no exception takes the rule off. */
export function heldBy(rule: RuleId, held: readonly NodeSnapshot[], now: number): readonly NodeFacts[] {
  return held
    .map(({ facts }) => facts)
    .filter(({ record }) => !(record.kind === 'record' && isExcepted(record.record, rule, now)));
}

/** Every node in maintenance is excepted from the rule, so that no canary would be refused. */
export function excepted(rule: RuleId): Diagnosis {
  return warn(
    `not tried: exceptions take the rule ${rule} off every node in maintenance`,
    'kubectl maint status shows them; kubectl maint allow NODE --revoke ends them',
  );
}
