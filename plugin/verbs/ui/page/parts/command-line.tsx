import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';

/** How long the button says that it is done, in ms. */
const SAID_MS = 2000;

/** The command line that does the same, to copy. */
export function CommandLine({ line }: { readonly line: string }): JSX.Element {
  const said = useSignal('Copy');
  const copy = async (): Promise<void> => {
    said.value = await navigator.clipboard.writeText(line).then(
      () => 'Copied',
      () => 'Select it to copy',
    );
    setTimeout(() => (said.value = 'Copy'), SAID_MS);
  };
  return (
    <div class="command">
      <code>{line}</code>
      <button type="button" onClick={() => void copy()} aria-label="Copy the command line">
        {said}
      </button>
    </div>
  );
}
