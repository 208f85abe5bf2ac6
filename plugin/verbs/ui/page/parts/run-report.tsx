import type { JSX } from 'preact';
import type { RunState } from '../../wire.ts';
import { runView } from '../view/run-view.ts';
import { CommandLine } from './command-line.tsx';
import { Names } from './names.tsx';

/** What a command says, while it goes on and when it has ended. */
export function RunReport({ run }: { readonly run: RunState }): JSX.Element {
  const { tone, text } = runView(run);
  return (
    <div class={`run tone-${tone}`}>
      <p>
        <strong>{run.verb}</strong>: <span role="status">{text}</span>
      </p>
      {run.progress.map(({ node, left, total, causes }) => (
        <div key={node}>
          <label class="meter">
            {left} of {total} pods left
            <progress max={Math.max(total, 1)} value={total - left} />
          </label>
          {causes.map((cause) => (
            <section class="cause" key={cause.text}>
              <p>{cause.text}</p>
              <Names names={cause.names} />
            </section>
          ))}
        </div>
      ))}
      {run.code === null && run.gates.map((gate) => <GateReport key={gate.node} gate={gate} />)}
      <Lines lines={run.lines} />
      <CommandLine line={run.line} />
    </div>
  );
}

function GateReport({ gate }: { readonly gate: RunState['gates'][number] }): JSX.Element {
  const { problems, cleanFor, healthyFor } = gate;
  if (problems.length === 0)
    return (
      <label class="meter">
        clean for {cleanFor}s of {healthyFor}s
        <progress max={Math.max(healthyFor, 1)} value={cleanFor} />
      </label>
    );
  return (
    <section class="cause">
      <p>waits until it is clean:</p>
      <Names names={problems} />
    </section>
  );
}

/** The words of the command, as the terminal has them. */
export function Lines({ lines }: { readonly lines: RunState['lines'] }): JSX.Element | null {
  if (lines.length === 0) return null;
  return (
    <ul class="lines" aria-label="What the command says">
      {lines.map(({ kind, text }, index) => (
        <li key={index} class={kind}>
          {kind === 'warn' ? `Warning: ${text}` : text}
        </li>
      ))}
    </ul>
  );
}
