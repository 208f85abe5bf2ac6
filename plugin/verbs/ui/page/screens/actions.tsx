import { useSignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import type { RunState } from '../../wire.ts';
import { AskForm, Field, fill, Switch, useAsking } from '../parts/ask-form.tsx';
import { CommandLine } from '../parts/command-line.tsx';
import { Plan } from '../parts/plan.tsx';
import { RunReport } from '../parts/run-report.tsx';
import { about, runs } from '../store.ts';
import { mayGoOn } from '../view/plan-view.ts';
import { addressOf } from '../view/route.ts';

interface ActionProps {
  readonly cluster: string;
  readonly nodes: readonly string[];
}

interface ActionsProps extends ActionProps {
  /** All of them are in maintenance. */
  readonly areHeld: boolean;
}

/** What can be done with nodes: their plan at least, and where changes are allowed what the commands do. */
export function Actions({ cluster, nodes, areHeld }: ActionsProps): JSX.Element {
  const isAllowed = about.value?.allowsChanges === true;
  return (
    <section aria-labelledby="actions" class="actions">
      <h3 id="actions">{isAllowed ? 'Actions' : 'Plan'}</h3>
      {!isAllowed && (
        <p>
          This page only reads; started with <code>--allow-changes</code> it changes as well.
        </p>
      )}
      <TurnOn cluster={cluster} nodes={nodes} areHeld={areHeld} />
      {areHeld && isAllowed && (
        <>
          <TurnOff cluster={cluster} nodes={nodes} />
          <Allow cluster={cluster} nodes={nodes} />
        </>
      )}
    </section>
  );
}

/** One by its name, several by their number: their names stand in the command line. */
function titleOf(nodes: readonly string[]): string {
  return nodes.length === 1 ? nodes.join('') : `${nodes.length} nodes`;
}

/** A dry run, and what the form was filled with for it. */
interface Planned {
  readonly id: string | undefined;
  readonly filled: object | undefined;
}

/** The dry run, as long as nothing else is asked for than what it was about: only what was planned is carried out. */
function runOfPlan({ id, filled }: Planned, now: object, nodes: readonly string[]): RunState | undefined {
  const run = id === undefined || filled !== now ? undefined : runs.value.get(id);
  return run?.nodes.join() === nodes.join() ? run : undefined;
}

/** First the form, then the plan that comes of it, then the first write. */
function TurnOn({ cluster, nodes, areHeld }: ActionsProps): JSX.Element {
  const asking = useAsking({ cluster, verb: 'on', nodes });
  const planned = useSignal<Planned>({ id: undefined, filled: undefined });
  const isAllowed = about.value?.allowsChanges === true;
  const plan = async (): Promise<void> => {
    const filled = asking.filled.value;
    planned.value = { id: await asking.ask(isAllowed ? 'server' : 'client'), filled };
  };
  const turnOn = async (): Promise<void> => {
    if ((await asking.ask('none')) !== undefined) planned.value = { id: undefined, filled: undefined };
  };
  const run = runOfPlan(planned.value, asking.filled.value, nodes);
  return (
    <AskForm
      title={areHeld ? 'Go on with the drain, or change what is said of it' : 'Take into maintenance'}
      button="Show the plan"
      asking={asking}
      onSubmit={plan}
      below={
        run !== undefined && (
          <PlannedRun run={run}>
            {isAllowed ? (
              <button type="button" class="main" disabled={!mayGoOn(run)} onClick={() => void turnOn()}>
                Take {titleOf(nodes)} into maintenance
              </button>
            ) : (
              <CommandLine line={run.line.replace(' --dry-run=client', '')} />
            )}
          </PlannedRun>
        )
      }
    >
      <Field asking={asking} name="reason" label="Reason" />
      <Field asking={asking} name="ticket" label="Ticket" />
      <Field asking={asking} name="for" label="Expected to take" placeholder="2h" />
      <label>
        Mode
        <select
          onChange={({ currentTarget: { value } }) => {
            fill(asking.filled, 'mode', value);
          }}
        >
          <option value="drain">drain: move the workloads away</option>
          <option value="cordon">cordon: only keep new ones off</option>
        </select>
      </label>
      <fieldset>
        <legend>What kubectl drain asks for</legend>
        <Switch asking={asking} name="force" label="Continue even if there are pods that do not declare a controller" />
        <Switch
          asking={asking}
          name="delete-emptydir-data"
          label="Continue even if there are pods using emptyDir (their data is lost)"
        />
      </fieldset>
      <Switch asking={asking} name="no-drain" label="Only write what is said of it; nothing is evicted" />
    </AskForm>
  );
}

function PlannedRun({ run, children }: { readonly run: RunState; readonly children: ComponentChildren }): JSX.Element {
  return (
    <div class="planned">
      <h4>The plan; nothing has been changed</h4>
      <Plan run={run} />
      {run.code !== null && !mayGoOn(run) && <RunReport run={run} />}
      {run.code === null ? <p role="status">Asking ...</p> : children}
    </div>
  );
}

function TurnOff({ cluster, nodes }: ActionProps): JSX.Element {
  const asking = useAsking({ cluster, verb: 'off', nodes });
  return (
    <AskForm
      title="Bring back"
      button={`Bring ${titleOf(nodes)} back`}
      asking={asking}
      onSubmit={() => asking.ask('none')}
    >
      <p>Held add-on changes go first, then the node has to be clean. Nothing is moved back to it.</p>
      <Field asking={asking} name="owner" label="Whose claim to drop; your own by default" />
      <Field asking={asking} name="healthy-for" label="How long it must stay clean" placeholder="30s" />
      <Switch asking={asking} name="all" label="Drop everybody's claims" />
      <Switch asking={asking} name="skip-health-check" label="Bring it back whatever its health" />
    </AskForm>
  );
}

function Allow({ cluster, nodes }: ActionProps): JSX.Element {
  const asking = useAsking({ cluster, verb: 'allow', nodes });
  const rules = about.value?.liftable.join(', ') ?? '';
  return (
    <AskForm
      title="Allow an exception"
      button={`Allow on ${titleOf(nodes)}`}
      asking={asking}
      onSubmit={() => asking.ask('none')}
      below={
        <p>
          <a href={addressOf({ screen: 'enforcement', cluster })}>What is enforced</a>
        </p>
      }
    >
      <Field asking={asking} name="rules" label={`Rules, with commas: ${rules}`} placeholder="backup" />
      <Field asking={asking} name="for" label="For how long; 24h at most" placeholder="30m" />
      <Field asking={asking} name="reason" label="Why; kept in the record and in an Event of the node" />
      <Switch asking={asking} name="revoke" label="Take exceptions back instead" />
    </AskForm>
  );
}
