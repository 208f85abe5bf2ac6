import type { JSX } from 'preact';
import { RunReport } from '../parts/run-report.tsx';
import { rowOf, runs, selection } from '../store.ts';
import { isRowInMaintenance } from '../view/node-view.ts';
import { runOf } from '../view/run-view.ts';
import { NOTHING_SELECTED, stillThere } from '../view/selection.ts';
import { Actions } from './actions.tsx';

/** What can be done with the nodes that are chosen in the list, all at once, as a command line with several names does it. */
export function Selected(): JSX.Element | null {
  const { cluster, nodes } = stillThere(selection.value, (of, node) => rowOf(of, node) !== undefined);
  if (nodes.length === 0) return null;
  const areHeld = nodes.every((node) => {
    const row = rowOf(cluster, node);
    return row !== undefined && isRowInMaintenance(row);
  });
  const last = runOf(runs.value.values(), cluster, nodes);
  return (
    <section aria-label="Selected nodes" class="selected">
      <p>
        <output>{nodes.length === 1 ? '1 node is selected' : `${nodes.length} nodes are selected`}</output>:{' '}
        {nodes.join(', ')}{' '}
        <button type="button" onClick={() => (selection.value = NOTHING_SELECTED)}>
          Select none
        </button>
      </p>
      {last !== undefined && <RunReport run={last} />}
      <Actions cluster={cluster} nodes={nodes} areHeld={areHeld} />
    </section>
  );
}
