import { MaintError } from '../../../shared/index.ts';
import type { Detached } from '../../detached/asked.ts';
import type { RunOperation } from './flags.ts';

/** The webhook's image holds no other program, not even a shell. Throws MaintError('usage'). */
export function refuseCommandOfHere({
  detached,
  onNode,
  between,
}: Pick<RunOperation, 'onNode' | 'between'> & { readonly detached: Detached | undefined }): void {
  if (detached === undefined || detached.image !== undefined) return;
  const [what] = [
    ...(onNode === undefined ? ['the command'] : []),
    ...(between.check === undefined ? [] : ['the command of --check']),
  ];
  if (what === undefined) return;
  throw new MaintError(
    'usage',
    `${what} would run in the image of the webhook, which holds no programs, not even a shell`,
    {
      hint: 'name an image that holds the command and the plugin: --image=IMAGE (docs/detach.md); or have it carried out on the node: --on-node',
    },
  );
}

/** Files whose content a run reads, and what takes their place where it is carried out without them. */
const INSTEAD: Readonly<Record<'script' | 'check-file', string>> = {
  script: 'hand its text over as the command: --on-node -- sh -c "$(cat FILE)"',
  'check-file': 'leave it out, or ask with --check and an image that holds kubectl and the plugin: --image=IMAGE',
};

/** A Job in the cluster has no file of this machine. Throws MaintError('usage'). */
export function refuseFilesOfHere(values: Readonly<Record<keyof typeof INSTEAD, string | undefined>>): void {
  for (const flag of ['script', 'check-file'] as const) {
    if (values[flag] === undefined) continue;
    throw new MaintError(
      'usage',
      `--${flag} names a file of this machine, which the Job in the cluster does not have`,
      {
        hint: INSTEAD[flag],
      },
    );
  }
}
