import { at, listAt, textAt } from '../../shared/index.ts';

/**
 * Why the chart brings no policies of the floor for a rule of a configuration (the value of its file), which it makes for
 * the defaults alone; undefined where they fit. The chart's notes say it in the same words. Pure.
 */
export function whyNoChartFloor(written: unknown, rule: 'backup' | 'scan'): string | undefined {
  const preset = textAt(written, 'preset') ?? 'default';
  if (preset !== 'default') return `policy.preset is ${preset}`;
  if (listAt(written, 'tools').length > 0) return 'policy.tools adds tools';
  const [, why] = COSTS.find(([key]) => at(written, 'rules', rule, key) !== undefined) ?? [];
  return why === undefined ? undefined : `policy.rules.${rule}.${why}`;
}

/** Keys of a rule that cost it the chart's floor, and the end of the sentence that says so. */
const COSTS = [
  ['scope', 'scope is set'],
  ['afterOverdue', 'afterOverdue is set, which the webhook alone goes by'],
  ['tools', 'tools makes exceptions'],
] as const;
