import type { JSX } from 'preact';
import { now, placed } from '../store.ts';
import { timeLineOf, type Bar } from '../view/time-line.ts';
import { untilOf } from '../view/node-view.ts';
import { addressOf } from '../view/route.ts';
import { exactly, tickText } from '../view/times.ts';

/** Every claim on one line of time. */
export function TimesScreen(): JSX.Element {
  const { bars, ticks, now: here, from, to } = timeLineOf(placed.value, now.value);
  if (bars.length === 0)
    return (
      <>
        <h2>Time line</h2>
        <p class="empty">No nodes in maintenance.</p>
      </>
    );
  return (
    <>
      <h2>Time line</h2>
      <div class="times">
        <div class="scale" aria-hidden="true">
          {ticks.map(({ at, place }) => (
            <span key={at} style={{ left: `${place}%` }}>
              {tickText(at, to - from)}
            </span>
          ))}
        </div>
        <div class="ends" aria-hidden="true">
          <span>{tickText(from, to - from)}</span>
          <span>{tickText(to, to - from)}</span>
        </div>
        <ul>
          {bars.map((bar) => (
            <BarRow key={`${bar.cluster}/${bar.node}/${bar.owner}`} bar={bar} here={here} />
          ))}
        </ul>
      </div>
    </>
  );
}

function BarRow({ bar, here }: { readonly bar: Bar; readonly here: number }): JSX.Element {
  const { cluster, node, owner, reason, since, until, left, width, overdue, isLate } = bar;
  const end = until === null ? 'no end announced' : untilOf(until, now.value).text;
  return (
    <li>
      <p>
        <a href={addressOf({ screen: 'node', cluster, node })}>{node}</a> {owner}
        {reason !== '' && `: ${reason}`}{' '}
        <small class={isLate ? 'late' : undefined}>
          since {exactly(since)}, {until === null ? end : `until ${exactly(until)} (${end})`}
        </small>
      </p>
      <div class="track" aria-hidden="true">
        <span class={until === null ? 'bar open' : 'bar'} style={{ left: `${left}%`, width: `${width}%` }} />
        {isLate && <span class="bar overdue" style={{ left: `${left + width}%`, width: `${overdue}%` }} />}
        <span class="here" style={{ left: `${here}%` }} />
      </div>
    </li>
  );
}
