import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { NodeDetails, NodeRow } from '../../wire.ts';
import { Moment } from '../parts/moment.tsx';
import { Names } from '../parts/names.tsx';
import { RunReport } from '../parts/run-report.tsx';
import { Sign } from '../parts/sign.tsx';
import { detailsOf } from '../server.ts';
import { now, rowOf, runs } from '../store.ts';
import { agoOf, isRowInMaintenance, nodeView, untilOf } from '../view/node-view.ts';
import { addressOf } from '../view/route.ts';
import { runsOf } from '../view/run-view.ts';
import { exactly } from '../view/times.ts';
import { Actions } from './actions.tsx';

/** How often what no watch tells of is read again, in ms. */
const AGAIN_MS = 5000;

/** Everything about one node. */
export function NodeScreen({ cluster, node }: { readonly cluster: string; readonly node: string }): JSX.Element {
  const row = rowOf(cluster, node);
  const details = useDetails(cluster, node, row?.state);
  if (row === undefined)
    return (
      <>
        <Title node={node} />
        <p class="empty">
          {details?.exists === false ? `There is no node ${node} (any more).` : 'Nothing is known of this node yet.'}
        </p>
      </>
    );
  const view = nodeView(row, now.value);
  const [last] = runsOf(runs.value.values(), { cluster, node, dryRun: false });
  return (
    <>
      <Title node={node} />
      <p class={`state ${view.tone}`}>
        <Sign tone={view.tone} /> <strong>{view.state}</strong> {view.meaning}
      </p>
      <Problems row={row} isToldBelow={last?.code === null} />
      {last !== undefined && (
        <section aria-labelledby="run">
          <h3 id="run">Begun on this page</h3>
          <RunReport run={last} />
        </section>
      )}
      <Actions cluster={cluster} row={row} />
      {isRowInMaintenance(row) && <Maintenance row={row} />}
      {details !== undefined && <Details details={details} isInMaintenance={isRowInMaintenance(row)} />}
    </>
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

interface ProblemsProps {
  readonly row: NodeRow;
  /** The drain goes on here, and tells more than the node does. */
  readonly isToldBelow: boolean;
}

function Problems({ row: { problems, progress }, isToldBelow }: ProblemsProps): JSX.Element {
  return (
    <>
      {problems.map((text) => (
        <p key={text} class="notice tone-late">
          {text}
        </p>
      ))}
      {progress !== '' && !isToldBelow && <p class="notice">{progress}</p>}
    </>
  );
}

function useDetails(cluster: string, node: string, state: string | undefined): NodeDetails | undefined {
  const details = useSignal<NodeDetails | undefined>(undefined);
  useEffect(() => {
    const read = (): void => {
      detailsOf(cluster, node).then(
        (found) => (details.value = found),
        // What is known stays; that the cluster or the server is gone is said above.
        () => undefined,
      );
    };
    read();
    const again = setInterval(read, AGAIN_MS);
    return () => {
      clearInterval(again);
    };
  }, [state]);
  return details.value;
}

function Maintenance({ row }: { readonly row: NodeRow }): JSX.Element {
  const { claims, exceptions, heldBack, health, deletion, heartbeat } = row;
  return (
    <>
      <section aria-labelledby="claims">
        <h3 id="claims">Claims</h3>
        <ul class="cards">
          {claims.map(({ owner, mode, since, until = null, ticket, reason }) => (
            <li key={owner}>
              <strong>{owner}</strong> {mode}, begun <Moment told={agoOf(since, now.value)} />
              {until !== null && (
                <>
                  , to end <Moment told={untilOf(until, now.value)} />
                </>
              )}
              <p>{[ticket, reason].filter((part) => part !== undefined).join(' ')}</p>
            </li>
          ))}
        </ul>
      </section>
      {exceptions.length > 0 && (
        <section aria-labelledby="exceptions">
          <h3 id="exceptions">Exceptions</h3>
          <ul class="cards">
            {exceptions.map(({ rules, until, by, reason }) => (
              <li key={rules.join()}>
                <strong>{rules.join(', ')}</strong> allowed until <Moment told={untilOf(until, now.value)} />, by {by}:{' '}
                {reason}
              </li>
            ))}
          </ul>
        </section>
      )}
      <section aria-labelledby="way-back">
        <h3 id="way-back">Way back</h3>
        <ul class="cards">
          <Criterion name="Health" problems={health} good="healthy" />
          <Criterion name="Add-on changes held back" problems={heldBack} good="none" />
          <Criterion
            name="Heartbeat"
            problems={heartbeat === null ? null : []}
            good={heartbeat === null ? '' : agoOf(heartbeat.renewedAt, now.value).text}
          />
          <Criterion
            name="Deleting the Node object now"
            problems={
              deletion === null || deletion.verdict === 'unknown'
                ? null
                : deletion.blockers.map(({ text, names }) =>
                    names.length === 0 ? text : `${text}: ${names.join(', ')}`,
                  )
            }
            good="safe"
          />
        </ul>
      </section>
    </>
  );
}

interface CriterionProps {
  readonly name: string;
  /** Null: it could not be read. */
  readonly problems: readonly string[] | null;
  readonly good: string;
}

function Criterion({ name, problems, good }: CriterionProps): JSX.Element {
  if (problems === null)
    return (
      <li>
        <strong>{name}</strong>: unknown
      </li>
    );
  return (
    <li class={problems.length === 0 ? 'good' : 'bad'}>
      <strong>{name}</strong>: {problems.length === 0 ? good : <Names names={problems} />}
    </li>
  );
}

function Details({
  details,
  isInMaintenance,
}: {
  readonly details: NodeDetails;
  readonly isInMaintenance: boolean;
}): JSX.Element {
  const { conditions, events, keptOff, missing } = details;
  return (
    <>
      {missing.map((text) => (
        <p key={text} class="notice">
          {text}
        </p>
      ))}
      {isInMaintenance && (
        <section aria-labelledby="kept-off">
          <h3 id="kept-off">Kept off meanwhile</h3>
          {keptOff.length === 0 ? (
            <p>Nothing is known to have been kept off.</p>
          ) : (
            <ul class="cards">
              {keptOff.map(({ what, times, lastAt, afterDenial }) => (
                <li key={what + String(afterDenial)}>
                  {what} ({times === 1 ? 'once' : `${times} times`}, last <Moment told={agoOf(lastAt, now.value)} />)
                  {afterDenial !== null && <strong> {afterDenial}</strong>}
                </li>
              ))}
            </ul>
          )}
        </section>
      )}
      <section aria-labelledby="conditions">
        <h3 id="conditions">Conditions</h3>
        <div class="scrolls" tabIndex={0} role="region" aria-label="All conditions">
          <table>
            <thead>
              <tr>
                <th scope="col">Type</th>
                <th scope="col">Status</th>
                <th scope="col">Since</th>
                <th scope="col">Message</th>
              </tr>
            </thead>
            <tbody>
              {conditions.map(({ type, status, reason, message, since }) => (
                <tr key={type}>
                  <th scope="row">{type}</th>
                  <td>{status}</td>
                  <td>{since === '' ? '' : <Moment told={agoOf(since, now.value)} />}</td>
                  <td>{message === '' ? reason : message}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
      <section aria-labelledby="events">
        <h3 id="events">Events</h3>
        {events.length === 0 ? (
          <p>The API server keeps none of it.</p>
        ) : (
          <ul class="events">
            {events.map(({ type, reason, message, count, lastAt }, index) => (
              <li key={index} class={type === 'Warning' ? 'warn' : undefined}>
                <time dateTime={lastAt} title={exactly(lastAt)}>
                  {agoOf(lastAt, now.value).text}
                </time>{' '}
                <strong>{reason}</strong> {message} {count > 1 && `(${count} times)`}
              </li>
            ))}
          </ul>
        )}
      </section>
    </>
  );
}
