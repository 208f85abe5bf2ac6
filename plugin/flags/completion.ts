import type { Argv } from 'yargs';
import { completionScript, SHELLS } from '../completion/scripts.ts';
import { MaintError } from '../../shared/index.ts';
import type { PrintOperation } from '../operation.ts';

/** The arguments of `kubectl maint completion`. */
export function completionOptions<T>(yargs: Argv<T>) {
  return yargs
    .positional('shell', { type: 'string', describe: 'The shell' })
    .example('source <(kubectl-maint completion bash)', 'in ~/.bashrc, for those who call kubectl-maint themselves')
    .example('kubectl-maint completion fish > ~/.config/fish/completions/kubectl-maint.fish', 'the same for fish')
    .example(
      'source <(kubectl completion bash)',
      'kubectl maint is completed by kubectl itself: kubectl_complete-maint tells it',
    );
}

type CompletionArguments = Awaited<ReturnType<typeof completionOptions<unknown>>['argv']>;

/** What the arguments ask for. Throws MaintError('usage'). */
export function completionOperation({ shell: asked }: CompletionArguments): PrintOperation {
  const shell = SHELLS.find((known) => known === asked);
  if (shell !== undefined) return { verb: 'print', text: completionScript(shell) };
  const message = asked === undefined ? 'no shell is named' : `"${asked}" is none of the shells that are known`;
  throw new MaintError('usage', message, { hint: `kubectl maint completion (${SHELLS.join(' | ')})` });
}
