import { useSignal, type Signal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { messageOf } from '../../../../../shared/errors.ts';
import type { Asked } from '../../wire.ts';
import { begin } from '../server.ts';

/** What a form is filled with. */
interface Filled {
  readonly values: Asked['values'];
  readonly switches: Asked['switches'];
}

/** A command that is being put together. */
export interface Asking {
  readonly filled: Signal<Filled>;
  /** Why it was not begun; empty where it was, or was not tried. */
  readonly failed: Signal<string>;
  /** Begins it as it is filled in; gives the id of the run, or undefined where it was not begun. */
  readonly ask: (dryRun: Asked['dryRun']) => Promise<string | undefined>;
}

/** A command about some nodes whose flags somebody fills in. */
export function useAsking(about: Pick<Asked, 'cluster' | 'verb' | 'nodes'>): Asking {
  const filled = useSignal<Filled>({ values: {}, switches: [] });
  const failed = useSignal('');
  const ask = async (dryRun: Asked['dryRun']): Promise<string | undefined> => {
    try {
      failed.value = '';
      return await begin({ ...about, dryRun, ...filled.value });
    } catch (thrown) {
      failed.value = messageOf(thrown);
      return undefined;
    }
  };
  return { filled, failed, ask };
}

interface AskFormProps {
  readonly title: string;
  readonly button: string;
  readonly asking: Asking;
  readonly onSubmit: () => Promise<unknown>;
  readonly children: ComponentChildren;
  /** What stands below the form. */
  readonly below?: ComponentChildren;
}

/** A form that is folded up until somebody wants it, and why what it asked for was not begun. */
export function AskForm({ title, button, asking, onSubmit, children, below }: AskFormProps): JSX.Element {
  return (
    <details>
      <summary>{title}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void onSubmit();
        }}
      >
        {children}
        <button type="submit" class="main">
          {button}
        </button>
      </form>
      {asking.failed.value !== '' && (
        <p role="alert" class="notice tone-late">
          {asking.failed.value}
        </p>
      )}
      {below}
    </details>
  );
}

interface FieldProps {
  readonly asking: Asking;
  readonly name: keyof Asked['values'];
  readonly label: string;
  readonly placeholder?: string;
}

/** A flag with a value. */
export function Field({ asking: { filled }, name, label, placeholder }: FieldProps): JSX.Element {
  return (
    <label>
      {label}
      <input
        value={filled.value.values[name] ?? ''}
        placeholder={placeholder}
        maxLength={1000}
        autocomplete="off"
        onInput={({ currentTarget: { value } }) => {
          fill(filled, name, value);
        }}
      />
    </label>
  );
}

/** Fills in a flag's value. */
export function fill(filled: Asking['filled'], name: keyof Asked['values'], value: string): void {
  filled.value = { ...filled.value, values: { ...filled.value.values, [name]: value } };
}

interface SwitchProps {
  readonly asking: Asking;
  readonly name: Asked['switches'][number];
  readonly label: string;
}

/** A flag that is set or not. */
export function Switch({ asking: { filled }, name, label }: SwitchProps): JSX.Element {
  return (
    <label class="switch">
      <input
        type="checkbox"
        checked={filled.value.switches.includes(name)}
        onChange={({ currentTarget: { checked } }) => {
          const others = filled.value.switches.filter((one) => one !== name);
          filled.value = { ...filled.value, switches: checked ? [...others, name] : others };
        }}
      />
      {label}
    </label>
  );
}
