import type { JSX } from 'preact';
import type { RunState } from '../../wire.ts';
import { helpFor } from '../view/drain-view.ts';
import { Names } from './names.tsx';

type CausesOf = RunState['progress'][number]['causes'];

/** What holds pods, each cause once: in its own words, what helps, and whom it holds. */
export function Causes({ causes }: { readonly causes: CausesOf }): JSX.Element {
  return (
    <>
      {causes.map((cause) => (
        <Cause key={cause.text} cause={cause} />
      ))}
    </>
  );
}

function Cause({ cause }: { readonly cause: CausesOf[number] }): JSX.Element {
  const help = helpFor(cause);
  return (
    <section class="cause">
      <p>{cause.text}</p>
      {help !== '' && <p class="help">What helps: {help}.</p>}
      <Names names={cause.names} />
    </section>
  );
}

interface PodsLeftProps {
  readonly left: number;
  readonly total: number | undefined;
  /** What is waited for behind the pods. */
  readonly then?: string;
}

/** How many pods are left, of all that were to go where somebody knows. */
export function PodsLeft({ left, total, then = '' }: PodsLeftProps): JSX.Element {
  if (total === undefined) return <p>{left === 1 ? '1 pod left' : `${left} pods left`}</p>;
  return (
    <label class="meter">
      {left} of {total} pods left{then}
      <progress max={Math.max(total, 1)} value={total - left} />
    </label>
  );
}
