import type { ComponentChildren, JSX } from 'preact';
import { about, clusters, link, lockedWhy, placed, reminder, route } from '../store.ts';
import { addressOf, type Route } from '../view/route.ts';
import { exactly } from '../view/times.ts';
import { EnforcementScreen } from './enforcement.tsx';
import { NodeScreen } from './node.tsx';
import { NodesScreen } from './nodes.tsx';
import { TimesScreen } from './times.tsx';

/** The whole page: what every screen has, around the one that is shown. */
export function Page(): JSX.Element {
  if (link.value === 'locked') return <Locked />;
  return (
    <>
      <a class="skip" href="#main" onClick={focusMain}>
        To the content
      </a>
      <header>
        <h1>
          kubectl maint <small>{about.value?.allowsChanges === true ? 'changes allowed' : 'only reads'}</small>
        </h1>
        <nav aria-label="Screens">
          <Tab to={{ screen: 'nodes' }}>Nodes</Tab>
          <Tab to={{ screen: 'times' }}>Time line</Tab>
          <Tab to={{ screen: 'enforcement', cluster: undefined }}>Enforcement</Tab>
        </nav>
      </header>
      <Notices />
      <main id="main" tabIndex={-1}>
        <Screen shown={route.value} />
      </main>
    </>
  );
}

/** The address's own part is taken by the screens. */
function focusMain(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function Screen({ shown }: { readonly shown: Route }): JSX.Element {
  switch (shown.screen) {
    case 'nodes':
      return <NodesScreen />;
    case 'times':
      return <TimesScreen />;
    case 'node':
      return <NodeScreen key={addressOf(shown)} cluster={shown.cluster} node={shown.node} />;
    case 'enforcement':
      return <EnforcementScreen cluster={shown.cluster} />;
  }
}

function Tab({ to, children }: { readonly to: Route; readonly children: ComponentChildren }): JSX.Element {
  const { screen } = route.value;
  const isHere = screen === to.screen || (screen === 'node' && to.screen === 'nodes');
  return (
    <a href={addressOf(to)} aria-current={isHere ? 'page' : undefined}>
      {children}
    </a>
  );
}

/** What everybody has to know, whichever screen they look at. */
function Notices(): JSX.Element {
  const { isNeeded, isLate, text } = reminder.value;
  return (
    <div role="status" class="notices">
      {isNeeded && <p class={isLate ? 'notice tone-late' : 'notice tone-busy'}>{text}</p>}
      {link.value === 'lost' && (
        <p class="notice tone-late">
          kubectl maint ui does not answer: what is shown may be old. What it was doing is in the records of the nodes;
          start it again to go on.
        </p>
      )}
      {link.value === 'ending' && (
        <p class="notice tone-late">kubectl maint ui is ending, as its person asked: start it again to go on.</p>
      )}
      {[...clusters.value.values()]
        .filter(({ state }) => state !== 'live')
        .map(({ name, state, why, since }) => (
          <p key={name} class={state === 'connecting' ? 'notice' : 'notice tone-late'}>
            <strong>{name}</strong> is {WORDS[state]}
            {why !== '' && `: ${why}`} <time dateTime={since}>(since {exactly(since)})</time>
            {placed.value.some(({ cluster }) => cluster === name) && '; its nodes are shown as they were then'}
          </p>
        ))}
    </div>
  );
}

const WORDS = {
  connecting: 'being connected',
  unreachable: 'unreachable',
  refused: 'not to be read by you',
  live: 'live',
};

function Locked(): JSX.Element {
  return (
    <main id="main" class="locked">
      <h1>kubectl maint</h1>
      <p>{lockedWhy.value}</p>
      <p>Each address opens one browser, once. The terminal in which kubectl maint ui runs shows the next one.</p>
    </main>
  );
}
