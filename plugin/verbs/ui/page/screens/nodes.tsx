import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Moment } from '../parts/moment.tsx';
import { Lines } from '../parts/run-report.tsx';
import { Sign } from '../parts/sign.tsx';
import { clusters, link, listing, now, placed, selection } from '../store.ts';
import { FILTERS, listed, SORTS, type Listing, type Placed } from '../view/listing.ts';
import { nodeView } from '../view/node-view.ts';
import { addressOf } from '../view/route.ts';
import { isSelectable, isSelected, toggled } from '../view/selection.ts';
import { drawnRows, rowAfter } from '../view/window.ts';
import { Selected } from './selected.tsx';

/** Below this width a row is a card of three lines; as in style.css. */
const NARROW = matchMedia('(max-width: 60rem)');
const [ROW, CARD] = [44, 104];

/** Every node of every cluster. */
export function NodesScreen(): JSX.Element {
  const shown = useComputed(() => listed(placed.value, listing.value, timeFor(listing.value)));
  return (
    <>
      <h2 class="hidden">Nodes</h2>
      <Tools count={shown.value.length} />
      {shown.value.length === 0 ? <Empty /> : <List rows={shown.value} />}
      <Selected />
      {[...clusters.value.values()].map(({ name, remarks }) => (
        <section key={name} aria-label={`Remarks on ${name}`}>
          {clusters.value.size > 1 && remarks.length > 0 && <h3>{name}</h3>}
          <Lines lines={remarks} />
        </section>
      ))}
    </>
  );
}

/** Time alone changes nothing of what is shown, but for what is overdue. */
function timeFor({ filter }: Listing): number {
  return filter === 'overdue' ? now.value : 0;
}

function Empty(): JSX.Element {
  const text =
    placed.value.length > 0
      ? 'No node is like that.'
      : link.value === 'opening' || [...clusters.value.values()].some(({ state }) => state === 'connecting')
        ? 'Reading ...'
        : 'No nodes can be shown.';
  return <p class="empty">{text}</p>;
}

function Tools({ count }: { readonly count: number }): JSX.Element {
  const { filter, search, sort, isDescending } = listing.value;
  return (
    <form
      class="tools"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
      }}
    >
      <label>
        Search
        <input
          type="search"
          value={search}
          placeholder="name, role, owner, reason"
          onInput={({ currentTarget: { value } }) => (listing.value = { ...listing.value, search: value })}
        />
      </label>
      <label>
        Show
        <select
          value={filter}
          onChange={({ currentTarget: { value } }) => {
            const chosen = FILTERS.find((one) => one === value);
            if (chosen !== undefined) listing.value = { ...listing.value, filter: chosen };
          }}
        >
          {FILTERS.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      <label>
        Sort by
        <select
          value={sort}
          onChange={({ currentTarget: { value } }) => {
            const chosen = SORTS.find((one) => one === value);
            if (chosen !== undefined) listing.value = { ...listing.value, sort: chosen };
          }}
        >
          {SORTS.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      <button
        type="button"
        aria-pressed={isDescending}
        onClick={() => (listing.value = { ...listing.value, isDescending: !isDescending })}
      >
        Reversed
      </button>
      <output aria-live="polite">{count === 1 ? '1 node' : `${count} nodes`}</output>
    </form>
  );
}

const COLUMNS = ['Node', 'State', 'Owners', 'Reason', 'Until', 'Pods left', 'Held back', 'Heartbeat', 'Deletion'];

/** A table of which only what can be seen is there. */
function List({ rows }: { readonly rows: readonly Placed[] }): JSX.Element {
  const body = useRef<HTMLDivElement>(null);
  const seen = useSignal({ above: 0, height: innerHeight });
  const height = useSignal(NARROW.matches ? CARD : ROW);
  useEffect(() => {
    const look = (): void => {
      height.value = NARROW.matches ? CARD : ROW;
      seen.value = { above: -(body.current?.getBoundingClientRect().top ?? 0), height: innerHeight };
    };
    look();
    addEventListener('scroll', look, { passive: true });
    addEventListener('resize', look);
    return () => {
      removeEventListener('scroll', look);
      removeEventListener('resize', look);
    };
  }, []);
  const { first, end, before, behind } = drawnRows(rows.length, height.value, seen.value);
  const move = (event: KeyboardEvent): void => {
    const at = Number(document.activeElement?.closest('[aria-rowindex]')?.getAttribute('aria-rowindex') ?? 0) - FIRST;
    const target = rowAfter(event.key, at, rows.length, Math.floor(innerHeight / height.value) - 1);
    if (target === undefined || at < 0) return;
    event.preventDefault();
    focusRow(target, height.value, body.current);
  };
  return (
    <div role="table" aria-label="Nodes" aria-rowcount={rows.length + 1} class="nodes" onKeyDown={move}>
      <div role="rowgroup" class="head">
        <div role="row" aria-rowindex={1}>
          <span role="columnheader">
            <span class="hidden">Selected</span>
          </span>
          {COLUMNS.map((name) => (
            <span role="columnheader" key={name}>
              {name}
            </span>
          ))}
        </div>
      </div>
      <div role="rowgroup" ref={body} style={{ paddingTop: `${before}px`, paddingBottom: `${behind}px` }}>
        {rows.slice(first, end).map((one, index) => (
          <Row key={`${one.cluster}/${one.row.name}`} placed={one} index={first + index} />
        ))}
      </div>
    </div>
  );
}

/** The heading is row 1. */
const FIRST = 2;

/** Scrolls to a row, and gives it the focus when it is drawn. */
function focusRow(index: number, height: number, body: HTMLElement | null): void {
  const link = (): HTMLElement | null | undefined => body?.querySelector(`[aria-rowindex="${index + FIRST}"] a`);
  if (link() == null) {
    const top = (body?.getBoundingClientRect().top ?? 0) + scrollY + index * height;
    scrollTo({ top: top - innerHeight / 2 });
  }
  const focus = (frames: number): void => {
    const there = link();
    if (there != null) there.focus();
    else if (frames > 0)
      requestAnimationFrame(() => {
        focus(frames - 1);
      });
  };
  focus(DRAWN_WITHIN);
}

/** Frames in which a row is drawn to which the view was scrolled: two, and a busy machine may miss some. */
const DRAWN_WITHIN = 60;

function Row({ placed: { cluster, row }, index }: { readonly placed: Placed; readonly index: number }): JSX.Element {
  const view = nodeView(row, now.value);
  const isOld = clusters.value.get(cluster)?.state !== 'live';
  return (
    <div role="row" aria-rowindex={index + FIRST} class={isOld ? 'node old' : 'node'}>
      <Choice cluster={cluster} node={row.name} />
      <span role="cell" class="name">
        <a href={addressOf({ screen: 'node', cluster, node: row.name })}>{row.name}</a>
        <small>
          {[...(clusters.value.size > 1 ? [cluster] : []), ...(view.roles === '' ? [] : [view.roles])].join(' · ')}
        </small>
      </span>
      <span role="cell" class={`state ${view.tone}`} title={`${view.state}: ${view.meaning}`}>
        <Sign tone={view.tone} /> {view.state}
      </span>
      <span role="cell" class="owners" title={view.owners}>
        {view.owners}
      </span>
      <span role="cell" class="reason" title={view.reason}>
        {view.reason}
      </span>
      <span role="cell" class="until" data-name="until">
        <Moment told={view.until} />
      </span>
      <span role="cell" data-name="pods left">
        {view.podsLeft}
      </span>
      <span role="cell" data-name="held back">
        {view.heldBack}
      </span>
      <span role="cell" data-name="heartbeat">
        {view.heartbeat}
      </span>
      <span role="cell" data-name="deletion" title={view.deletionWhy}>
        {view.deletion}
      </span>
    </div>
  );
}

interface ChoiceProps {
  readonly cluster: string;
  readonly node: string;
}

/** Chooses a node, to do something with several at once. */
function Choice({ cluster, node }: ChoiceProps): JSX.Element {
  const mayBe = isSelectable(selection.value, cluster);
  return (
    <span role="cell" class="choose">
      <input
        type="checkbox"
        aria-label={`Select ${node}`}
        checked={isSelected(selection.value, cluster, node)}
        disabled={!mayBe}
        title={mayBe ? undefined : 'Nodes of another cluster are selected'}
        onChange={() => (selection.value = toggled(selection.value, cluster, node))}
      />
    </span>
  );
}
