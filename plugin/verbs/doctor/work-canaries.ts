import { ruleForTool, type ApiRequest, type PolicyConfig } from '../../../shared/index.ts';
import { askInDryRun, type Said, type Speaker } from '../../policy/dry-run.ts';
import { triedWork } from '../../policy/keeping.ts';
import {
  excepted,
  expectationOf,
  heldBy,
  judgeCanary,
  notTried,
  switchedOff,
  type Canary,
  type RuleId,
} from './canaries.ts';
import { checkOf, type Check } from './check.ts';
import { fail, skipped, type Diagnosis } from './diagnosis.ts';
import type { Readings } from './readings.ts';

/** A canary that can be sent for a node. */
export interface WorkCanary {
  /** `a backup`; the node is added. */
  readonly what: string;
  /** Id of the tool that it looks like, which may have a mode of its own. */
  readonly tool: string | null;
  readonly by: Speaker;
  readonly request: (node: string) => ApiRequest;
}

/** What was sent, and why not more. */
export type WorkReading =
  | { readonly kind: 'off'; readonly mode: PolicyConfig['rules'][RuleId]['mode'] }
  | { readonly kind: 'excepted'; readonly rule: RuleId }
  /** No node is in maintenance; then a canary has to pass. */
  | { readonly kind: 'idle'; readonly said: Said | undefined; readonly isTriedByOn: boolean }
  | { readonly kind: 'asked'; readonly canaries: readonly Canary[] };

/** A check that sends canaries of a rule for a node in maintenance. */
export function workCheck({
  rule,
  canaries,
  ...told
}: Pick<Check, 'asks' | 'warns' | 'fails'> & {
  readonly rule: RuleId;
  readonly canaries: (readings: Readings) => Promise<readonly WorkCanary[]>;
}): Check {
  return checkOf({
    id: `canary-${rule}`,
    ...told,
    read: async (readings) => readWork(rule, await canaries(readings), readings),
    judge: judgeWork,
  });
}

async function readWork(rule: RuleId, canaries: readonly WorkCanary[], readings: Readings): Promise<WorkReading> {
  const [held, config] = await Promise.all([readings.held(), readings.config()]);
  const { mode } = config.rules[rule];
  if (expectationOf(mode) === undefined) return { kind: 'off', mode };
  if (held.length === 0) {
    const isTriedByOn = triedWork(config).some((work) => work === rule);
    return { kind: 'idle', said: await askIdly(canaries, readings), isTriedByOn };
  }
  const [node] = heldBy(rule, held, readings.now());
  if (node === undefined) return { kind: 'excepted', rule };
  const asked = await Promise.all(
    canaries.map(async ({ what, tool, by, request }): Promise<readonly Canary[]> => {
      const expected = expectationOf(ruleForTool(config, rule, tool).mode);
      if (expected === undefined) return [];
      const said = await askInDryRun(request(node.name), readings.cluster);
      return [{ rule, what: `${what} for node ${node.name}`, by, expected, said }];
    }),
  );
  return { kind: 'asked', canaries: asked.flat() };
}

async function askIdly(canaries: readonly WorkCanary[], readings: Readings): Promise<Said | undefined> {
  const [[node], canary] = [await readings.nodes(), canaries.find(({ by }) => by === 'floor')];
  return node && canary && askInDryRun(canary.request(node.facts.name), readings.cluster);
}

/** Judges what was said. Pure. */
export function judgeWork(reading: WorkReading): readonly Diagnosis[] {
  switch (reading.kind) {
    case 'off':
      return [switchedOff(reading.mode)];
    case 'excepted':
      return [excepted(reading.rule)];
    case 'idle':
      return [reading.said?.said === 'denied' ? deniedIdly(reading.said.words.text) : notTried(reading.isTriedByOn)];
    case 'asked':
      return judgeAsked(reading);
  }
}

function judgeAsked({ canaries }: WorkReading & { readonly kind: 'asked' }): readonly Diagnosis[] {
  return canaries.length === 0
    ? [skipped('the configuration switches the rule off for what canaries look like')]
    : canaries.map(judgeCanary);
}

function deniedIdly(text: string): Diagnosis {
  return fail(
    `a canary is denied although no node is in maintenance: "${text.slice(0, 120)}"`,
    'the check records shows what is left on nodes; restart the replicas if it shows nothing',
  );
}
