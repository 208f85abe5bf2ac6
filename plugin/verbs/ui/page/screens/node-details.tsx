import type { JSX } from 'preact';
import type { NodeDetails } from '../../wire.ts';
import { Moment } from '../parts/moment.tsx';
import { now } from '../store.ts';
import { agoOf } from '../view/node-view.ts';
import { exactly } from '../view/times.ts';

/** What is read of a node when somebody looks at it: what was kept off, its conditions, its Events. */
export function Details({
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
