import { clean } from '../../../shared/index.ts';
import type { GateState } from '../../health/gate.ts';
import type { TerminalSize } from '../../terminal/screen.ts';
import { fitted } from '../../session/live.ts';

/** How many problems are shown below each node: more would push the other nodes off the screen. */
const PROBLEMS_SHOWN = 3;
/** Longest problem, in characters: kubelets and API servers write long messages. */
const MAX_PROBLEM = 300;

/** How far nodes are through the gate: each criterion in a column, and below a node what is wrong with it. */
export function renderGates(states: readonly GateState[], size: TerminalSize): readonly string[] {
  const rows = states.map((state) => [state.node, ...criteriaOf(state)]);
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => (cells[column] ?? '').length)));
  const nodes = states.map((state, index) => ({
    isDone: false,
    lines: [
      (rows[index] ?? [])
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
      ...state.problems.slice(0, PROBLEMS_SHOWN).map((problem) => `  ${clean(problem, MAX_PROBLEM)}`),
    ],
  }));
  return fitted(nodes, size);
}

function criteriaOf({ addons, ready, heartbeatAge, pressures, problems, cleanFor, healthyFor }: GateState): string[] {
  if (ready === undefined) return ['not seen'];
  return [
    addons.length === 0 ? 'add-ons current' : `add-ons behind: ${addons.length}`,
    ready ? 'Ready' : 'not Ready',
    heartbeatAge === undefined ? 'no heartbeat' : `heartbeat ${heartbeatAge}s ago`,
    pressures.length === 0 ? 'no pressure' : pressures.join(' '),
    problems.length === 0 ? `stable for ${cleanFor}s of ${healthyFor}s` : 'waits',
  ];
}
