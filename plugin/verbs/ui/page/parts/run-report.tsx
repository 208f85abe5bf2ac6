import type { JSX } from 'preact';
import type { RunState } from '../../wire.ts';
import { phaseText, runView } from '../view/run-view.ts';
import { Causes, PodsLeft } from './causes.tsx';
import { CommandLine } from './command-line.tsx';

/** What a command says, while it goes on and when it has ended. */
export function RunReport({ run }: { readonly run: RunState }): JSX.Element {
  const { tone, text } = runView(run);
  return (
    <div class={`run tone-${tone}`}>
      <p>
        <strong>{run.verb}</strong>: <span role="status">{text}</span>
      </p>
      {run.progress.map(({ node, phase, left, total, causes }) => (
        <div key={node}>
          {run.nodes.length > 1 && <h4>{node}</h4>}
          <PodsLeft left={left} total={total} then={phaseText(phase)} />
          <Causes causes={causes} />
        </div>
      ))}
      <Lines lines={run.lines} />
      <CommandLine line={run.line} />
    </div>
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
