import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { NodeDetails, NodeRow, RunState } from '../../wire.ts';
import { Causes, PodsLeft } from '../parts/causes.tsx';
import { Criteria } from '../parts/criteria.tsx';
import { Moment } from '../parts/moment.tsx';
import { RunReport } from '../parts/run-report.tsx';
import { Sign } from '../parts/sign.tsx';
import { useAgain } from '../parts/use-again.ts';
import { detailsOf } from '../server.ts';
import { now, rowOf, runs } from '../store.ts';
import { drainView } from '../view/drain-view.ts';
import { agoOf, isRowInMaintenance, nodeView, untilOf } from '../view/node-view.ts';
import { addressOf } from '../view/route.ts';
import { runsOf } from '../view/run-view.ts';
import { healthyForOf, wayBackOf, type Criterion } from '../view/way-back.ts';
import { Actions } from './actions.tsx';
import { Details } from './node-details.tsx';

/** How often what no watch tells of is read again, in ms. */
const AGAIN_MS = 5000;

/** Everything about one node. */
export function NodeScreen({ cluster, node }: { readonly cluster: string; readonly node: string }): JSX.Element {
  const row = rowOf(cluster, node);
  const details = useDetails(cluster, node, row?.state);
  return (
    <>
      <Title node={node} />
      {row !== undefined ? (
        <Known cluster={cluster} row={row} details={details} />
      ) : (
        <p class="empty">
          {details?.exists === false ? `There is no node ${node} (any more).` : 'Nothing is known of this node yet.'}
        </p>
      )}
    </>
  );
}

interface KnownProps {
  readonly cluster: string;
  readonly row: NodeRow;
  readonly details: NodeDetails | undefined;
}

function Known({ cluster, row, details }: KnownProps): JSX.Element {
  const node = row.name;
  const view = nodeView(row, now.value);
  const own = runsOf(runs.value.values(), { cluster, node, dryRun: false });
  const isHeld = isRowInMaintenance(row);
  const isReturning = row.state === 'Returning';
  const wayBack = <WayBack row={row} healthyFor={healthyForOf(own, node)} />;
  return (
    <>
      <p class={`state ${view.tone}`}>
        <Sign tone={view.tone} /> <strong>{view.state}</strong> {view.meaning}
      </p>
      <Problems row={row} />
      <Run run={own[0]} />
      {!isToldHere(own[0], node) && <Drain row={row} />}
      {isReturning && wayBack}
      <Actions cluster={cluster} nodes={[node]} areHeld={isHeld} />
      {isHeld && <Claims row={row} />}
      {isHeld && !isReturning && wayBack}
      {details !== undefined && <Details details={details} isInMaintenance={isHeld} />}
    </>
  );
}

/** A drain that goes on here tells more than what is seen of its node. */
function isToldHere(run: RunState | undefined, node: string): boolean {
  return run?.code === null && run.progress.some((progress) => progress.node === node);
}

function Run({ run }: { readonly run: RunState | undefined }): JSX.Element | null {
  if (run === undefined) return null;
  return (
    <section aria-labelledby="run">
      <h3 id="run">Begun on this page</h3>
      <RunReport run={run} />
    </section>
  );
}

function Title({ node }: { readonly node: string }): JSX.Element {
  return (
    <p class="title">
      <a href={addressOf({ screen: 'nodes' })}>Nodes</a>
      <h2>{node}</h2>
    </p>
  );
}

function Problems({ row: { problems, progress, drain } }: { readonly row: NodeRow }): JSX.Element {
  return (
    <>
      {problems.map((text) => (
        <p key={text} class="notice tone-late">
          {text}
        </p>
      ))}
      {progress !== '' && drain === null && <p class="notice">{progress}</p>}
    </>
  );
}

/** A drain that goes on anywhere, by what is seen of the node, its pods and their budgets. */
function Drain({ row }: { readonly row: NodeRow }): JSX.Element | null {
  const view = drainView(row);
  if (view === undefined) return null;
  return (
    <section aria-labelledby="drain">
      <h3 id="drain">Drain</h3>
      <PodsLeft left={view.left} total={view.total} />
      <Causes causes={view.causes} />
      {view.remarks.map((text) => (
        <p key={text} class="notice">
          {text}
        </p>
      ))}
    </section>
  );
}

interface WayBackProps {
  readonly row: NodeRow;
  readonly healthyFor: number | undefined;
}

/** What the node is asked before it takes work again, whoever brings it back. */
function WayBack({ row, healthyFor }: WayBackProps): JSX.Element {
  return (
    <section aria-labelledby="way-back">
      <h3 id="way-back">Way back</h3>
      <Criteria all={[...wayBackOf(row, now.value, healthyFor), deletionOf(row)]} />
    </section>
  );
}

function deletionOf({ deletion }: NodeRow): Criterion {
  const blockers = deletion === null || deletion.verdict === 'unknown' ? null : deletion.blockers;
  const problems = blockers?.map(({ text, names }) => (names.length === 0 ? text : `${text}: ${names.join(', ')}`));
  return { name: 'Deleting the Node object now', problems: problems ?? null, good: 'safe' };
}

function useDetails(cluster: string, node: string, state: string | undefined): NodeDetails | undefined {
  const details = useSignal<NodeDetails | undefined>(undefined);
  const read = async (): Promise<void> => {
    // What is known stays; that the cluster or the server is gone is said above.
    details.value = await detailsOf(cluster, node).catch(() => details.value);
  };
  useAgain(read, AGAIN_MS, [state]);
  return details.value;
}

function Claims({ row }: { readonly row: NodeRow }): JSX.Element {
  const { claims, exceptions, hooks } = row;
  return (
    <>
      <section aria-labelledby="claims">
        <h3 id="claims">Claims</h3>
        <ul class="cards">
          {claims.map(({ owner, mode, since, until = null, ticket, reason }) => (
            <li key={owner}>
              <strong>{owner}</strong> {mode}, begun <Moment told={agoOf(since, now.value)} />
              {until !== null && <End until={until} />}
              <p>{[ticket, reason].filter((part) => part !== undefined).join(' ')}</p>
            </li>
          ))}
        </ul>
      </section>
      {hooks.length > 0 && (
        <section aria-labelledby="hooks">
          <h3 id="hooks">Hooks</h3>
          <ul class="cards">
            {hooks.map(({ hook, step, done, undo }) => (
              <li key={`${hook}/${step}`}>
                <strong>
                  {hook}/{step}
                </strong>
                {done ? '' : ' (begun)'} {undo}
              </li>
            ))}
          </ul>
        </section>
      )}
      {exceptions.length > 0 && (
        <section aria-labelledby="exceptions">
          <h3 id="exceptions">Exceptions</h3>
          <ul class="cards">
            {exceptions.map(({ rules, until, by, reason }) => (
              <li key={rules.join()}>
                <strong>{rules.join(', ')}</strong> allowed by {by}
                <End until={until} />
                <p>{reason}</p>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** `, to end in 2h` or `, overdue 5m`. */
function End({ until }: { readonly until: string }): JSX.Element {
  const told = untilOf(until, now.value);
  return (
    <>
      , {!told.isLate && 'to end '}
      <Moment told={told} />
    </>
  );
}
