import { useSignal, type Signal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import type { Asked, NodeRow, RunState } from '../../wire.ts';
import { CommandLine } from '../parts/command-line.tsx';
import { RunReport } from '../parts/run-report.tsx';
import { Plan } from '../parts/plan.tsx';
import { begin } from '../server.ts';
import { about, runs } from '../store.ts';
import { isRowInMaintenance } from '../view/node-view.ts';
import { mayGoOn } from '../view/plan-view.ts';
import { addressOf } from '../view/route.ts';

interface ActionProps {
  readonly cluster: string;
  readonly row: NodeRow;
}

/** What can be done with a node: its plan at least, and where changes are allowed what the commands do. */
export function Actions({ cluster, row }: ActionProps): JSX.Element {
  const isAllowed = about.value?.allowsChanges === true;
  return (
    <section aria-labelledby="actions" class="actions">
      <h3 id="actions">{isAllowed ? 'Actions' : 'Plan'}</h3>
      {!isAllowed && (
        <p>
          This page only reads; started with <code>--allow-changes</code> it changes as well.
        </p>
      )}
      <TurnOn cluster={cluster} row={row} />
      {isRowInMaintenance(row) && isAllowed && (
        <>
          <TurnOff cluster={cluster} row={row} />
          <Allow cluster={cluster} row={row} />
        </>
      )}
    </section>
  );
}

/** What a form is filled with, and what was said of it. */
interface Form {
  readonly values: Asked['values'];
  readonly switches: Asked['switches'];
}

/** First the form, then the plan that comes of it, then the first write. */
function TurnOn({ cluster, row }: ActionProps): JSX.Element {
  const form = useSignal<Form>({ values: {}, switches: [] });
  const planned = useSignal<string | undefined>(undefined);
  const failed = useSignal('');
  const isAllowed = about.value?.allowsChanges === true;
  const ask = (dryRun: Asked['dryRun']): Asked => ({ cluster, verb: 'on', nodes: [row.name], dryRun, ...form.value });
  const plan = async (): Promise<void> => {
    planned.value = await beginOr(ask(isAllowed ? 'server' : 'client'), failed);
  };
  const turnOn = async (): Promise<void> => {
    if ((await beginOr(ask('none'), failed)) !== undefined) planned.value = undefined;
  };
  const run = planned.value === undefined ? undefined : runs.value.get(planned.value);
  return (
    <details>
      <summary>
        {isRowInMaintenance(row) ? 'Go on with the drain, or change what is said of it' : 'Take into maintenance'}
      </summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void plan();
        }}
      >
        <Field form={form} name="reason" label="Reason" />
        <Field form={form} name="ticket" label="Ticket" />
        <Field form={form} name="for" label="Expected to take" placeholder="2h" />
        <label>
          Mode
          <select
            onChange={({ currentTarget: { value } }) => {
              form.value = { ...form.value, values: { ...form.value.values, mode: value } };
            }}
          >
            <option value="drain">drain: move the workloads away</option>
            <option value="cordon">cordon: only keep new ones off</option>
          </select>
        </label>
        <fieldset>
          <legend>What kubectl drain asks for</legend>
          <Switch form={form} name="force" label="Continue even if there are pods that do not declare a controller" />
          <Switch
            form={form}
            name="delete-emptydir-data"
            label="Continue even if there are pods using emptyDir (their data is lost)"
          />
          <Switch form={form} name="no-drain" label="Only write what is said of it; nothing is evicted" />
        </fieldset>
        <button type="submit" class="main">
          Show the plan
        </button>
      </form>
      {failed.value !== '' && (
        <p role="alert" class="notice tone-late">
          {failed.value}
        </p>
      )}
      {run !== undefined && (
        <PlannedRun run={run}>
          {isAllowed ? (
            <button type="button" class="main" disabled={!mayGoOn(run)} onClick={() => void turnOn()}>
              Take {row.name} into maintenance
            </button>
          ) : (
            <CommandLine line={run.line.replace(' --dry-run=client', '')} />
          )}
        </PlannedRun>
      )}
    </details>
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

function TurnOff({ cluster, row }: ActionProps): JSX.Element {
  const form = useSignal<Form>({ values: {}, switches: [] });
  const failed = useSignal('');
  const turnOff = (): Promise<unknown> =>
    beginOr({ cluster, verb: 'off', nodes: [row.name], dryRun: 'none', ...form.value }, failed);
  return (
    <details>
      <summary>Bring back</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void turnOff();
        }}
      >
        <p>Held add-on changes go first, then the node has to be clean. Nothing is moved back to it.</p>
        <Field form={form} name="owner" label="Whose claim to drop; your own by default" />
        <Field form={form} name="healthy-for" label="How long it must stay clean" placeholder="30s" />
        <Switch form={form} name="all" label="Drop everybody's claims" />
        <Switch form={form} name="skip-health-check" label="Bring it back whatever its health" />
        <button type="submit" class="main">
          Bring {row.name} back
        </button>
      </form>
      {failed.value !== '' && (
        <p role="alert" class="notice tone-late">
          {failed.value}
        </p>
      )}
    </details>
  );
}

function Allow({ cluster, row }: ActionProps): JSX.Element {
  const form = useSignal<Form>({ values: {}, switches: [] });
  const failed = useSignal('');
  const allow = (): Promise<unknown> =>
    beginOr({ cluster, verb: 'allow', nodes: [row.name], dryRun: 'none', ...form.value }, failed);
  return (
    <details>
      <summary>Allow an exception</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void allow();
        }}
      >
        <Field
          form={form}
          name="rules"
          label={`Rules, with commas: ${about.value?.liftable.join(', ') ?? ''}`}
          placeholder="backup"
        />
        <Field form={form} name="for" label="For how long; 24h at most" placeholder="30m" />
        <Field form={form} name="reason" label="Why; kept in the record and in an Event of the node" />
        <Switch form={form} name="revoke" label="Take exceptions back instead" />
        <button type="submit" class="main">
          Allow on {row.name}
        </button>
      </form>
      {failed.value !== '' && (
        <p role="alert" class="notice tone-late">
          {failed.value}
        </p>
      )}
      <p>
        <a href={addressOf({ screen: 'enforcement', cluster })}>What is enforced</a>
      </p>
    </details>
  );
}

async function beginOr(asked: Asked, failed: Signal<string>): Promise<string | undefined> {
  try {
    failed.value = '';
    return await begin(asked);
  } catch (thrown) {
    failed.value = thrown instanceof Error ? thrown.message : String(thrown);
    return undefined;
  }
}

interface FieldProps {
  readonly form: Signal<Form>;
  readonly name: keyof Asked['values'];
  readonly label: string;
  readonly placeholder?: string;
}

function Field({ form, name, label, placeholder }: FieldProps): JSX.Element {
  return (
    <label>
      {label}
      <input
        value={form.value.values[name] ?? ''}
        placeholder={placeholder}
        maxLength={1000}
        autocomplete="off"
        onInput={({ currentTarget: { value } }) => {
          form.value = { ...form.value, values: { ...form.value.values, [name]: value } };
        }}
      />
    </label>
  );
}

interface SwitchProps {
  readonly form: Signal<Form>;
  readonly name: Asked['switches'][number];
  readonly label: string;
}

function Switch({ form, name, label }: SwitchProps): JSX.Element {
  return (
    <label class="switch">
      <input
        type="checkbox"
        checked={form.value.switches.includes(name)}
        onChange={({ currentTarget: { checked } }) => {
          const others = form.value.switches.filter((one) => one !== name);
          form.value = { ...form.value, switches: checked ? [...others, name] : others };
        }}
      />
      {label}
    </label>
  );
}
