import { DEFAULT_POLICY, TOOLS, type PolicyConfig, type Tool } from '../../shared/index.ts';
import { coverageOf, judgedPatterns, LEFT_OUT, type LeftOut } from './coverage.ts';

/** Reasons for which nobody refuses the work either way: the floor lacks nothing. */
const NO_LOSS: readonly LeftOut[] = ['off', 'starts-nothing', 'only-leads', 'names-no-node'];

/**
 * What a configuration costs of the floor, a line for each reason: work that the floor of the defaults covers, or of the
 * user's own tools, which only the webhook decides now, and the guard of the record. Pure.
 */
export function floorGaps(tools: readonly Tool[], config: PolicyConfig): readonly string[] {
  const uncovered = judgedPatterns(TOOLS, DEFAULT_POLICY).filter((one) => typeof coverageOf(one) === 'string');
  const anyway = new Set(uncovered.map(({ pattern }) => pattern));
  const lost = judgedPatterns(tools, config).flatMap(({ tool, pattern, ...rest }) => {
    const why = coverageOf({ tool, pattern, ...rest });
    if (typeof why !== 'string' || NO_LOSS.includes(why) || anyway.has(pattern)) return [];
    return [{ tool, text: `${pattern.work} is left to the webhook: ${LEFT_OUT[why]}` }];
  });
  const byReason = [...Map.groupBy(lost, ({ text }) => text)].map(
    ([text, some]) => `${text} (${[...new Set(some.map(({ tool }) => tool))].join(', ')})`,
  );
  return config.rules['node-guard'].mode === 'off' ? [...byReason, UNGUARDED] : byReason;
}

const UNGUARDED = 'node-guard is off: whoever may write nodes can write or remove the record of a maintenance';
