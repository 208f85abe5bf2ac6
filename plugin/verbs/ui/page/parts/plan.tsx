import type { JSX } from 'preact';
import type { RunState } from '../../wire.ts';
import { planView, type NodePlan, type PodGroup } from '../view/plan-view.ts';
import { Names } from './names.tsx';

/** What would happen, in order: what goes, what is waited for, what stays and why, what was found, and whether there is room. */
export function Plan({ run }: { readonly run: RunState }): JSX.Element {
  const { nodes, room, refusals, warnings } = planView(run);
  return (
    <>
      {refusals.map((text) => (
        <p key={text} class="notice tone-late">
          refused: {text}
        </p>
      ))}
      {warnings.map((text) => (
        <p key={text} class="notice tone-busy">
          {text}
        </p>
      ))}
      {nodes.map((plan) => (
        <OfNode key={plan.node} plan={plan} isNamed={nodes.length > 1} />
      ))}
      {nodes.length > 0 && room !== '' && <p>{room}</p>}
    </>
  );
}

interface OfNodeProps {
  readonly plan: NodePlan;
  /** There are others beside it. */
  readonly isNamed: boolean;
}

function OfNode({ plan: { node, goes, waits, stays }, isNamed }: OfNodeProps): JSX.Element {
  const prefix = isNamed ? `${node}: ` : '';
  return (
    <>
      <h5>
        {prefix}Goes, in this order ({goes.length})
      </h5>
      {goes.length === 0 ? <p>Nothing.</p> : <Names names={goes} />}
      <Groups title={`${prefix}Is waited for`} groups={waits} />
      <Groups title={`${prefix}Stays`} groups={stays} />
    </>
  );
}

function Groups({
  title,
  groups,
}: {
  readonly title: string;
  readonly groups: readonly PodGroup[];
}): JSX.Element | null {
  if (groups.length === 0) return null;
  return (
    <>
      <h5>{title}</h5>
      {groups.map(({ why, pods }) => (
        <section class="cause" key={why}>
          <p>{why}</p>
          <Names names={pods} />
        </section>
      ))}
    </>
  );
}
