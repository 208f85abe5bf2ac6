import { MaintError } from '../../../shared/index.ts';
import { printText, type PrintOperation } from '../../command-line/print.ts';
import { verb } from '../../command-line/verb.ts';
import { completionScript, SHELLS } from './scripts.ts';

/** `kubectl maint completion` */
export const completion = verb({
  name: 'completion',
  names: 'shell',
  usage: '(bash | zsh | fish)',
  about: 'Print the completion of a shell for kubectl-maint',
  flags: {},
  examples: [
    {
      line: 'source <(kubectl-maint completion bash)',
      does: 'in ~/.bashrc, for those who call kubectl-maint themselves',
    },
    {
      line: 'kubectl-maint completion fish > ~/.config/fish/completions/kubectl-maint.fish',
      does: 'the same for fish',
    },
    {
      line: 'source <(kubectl completion bash)',
      does: 'kubectl maint is completed by kubectl itself: kubectl_complete-maint tells it',
    },
  ],
  operation: ({ names: [asked, extra] }): PrintOperation => {
    if (extra !== undefined) throw new MaintError('usage', `unknown argument: ${extra}`);
    const shell = SHELLS.find((known) => known === asked);
    if (shell !== undefined) return { verb: 'print', text: completionScript(shell) };
    const message = asked === undefined ? 'no shell is named' : `"${asked}" is none of the shells that are known`;
    throw new MaintError('usage', message, { hint: `kubectl maint completion (${SHELLS.join(' | ')})` });
  },
  carryOut: printText,
});
