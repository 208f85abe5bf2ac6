import { asTyped, oneOf, type FlagTable, type FlagValues } from '../../../command-line/flag.ts';
import { CONNECTION_FLAGS } from '../../../command-line/connection.ts';
import { MaintError } from '../../../../shared/index.ts';

/**
 * The image of our pods where none is named: small, on Docker's own registry, and with the one program that the pod needs,
 * `chroot`. What the command calls is the host's.
 */
export const DEFAULT_IMAGE = 'docker.io/library/busybox:1.37.0';

/** The namespace of our pods where none is named: its own, so that nothing else is let in where privileged pods are. */
export const DEFAULT_NAMESPACE = 'kubectl-maint-run';

/** How much of the node a command gets, as `kubectl debug node/… --profile` has it. */
export type Profile = 'sysadmin' | 'netadmin' | 'baseline';

/** A command that is carried out on the node itself. */
export interface OnNode {
  readonly image: string;
  readonly profile: Profile;
  readonly namespace: string;
  /** Path of a file that is carried over and run there; undefined: the command is there already. */
  readonly script: string | undefined;
}

const group = 'On the node itself:';

/** The flags of commands on the node. */
export const ON_NODE_FLAGS = {
  'on-node': {
    kind: 'value',
    implied: DEFAULT_IMAGE,
    group,
    value: imageFlag,
    describe: `Run the command on the node itself, with the host's programs, by a pod there; an image stands behind =`,
  },
  profile: {
    ...oneOf('sysadmin', 'netadmin', 'baseline'),
    default: 'sysadmin',
    group,
    describe:
      "sysadmin is root on the host; netadmin only its network, baseline only the pod, both with the image's programs",
  },
  script: {
    kind: 'value',
    group,
    value: asTyped,
    completes: 'files',
    describe: 'File that is carried over and run there, with its own #! line; what follows -- are its arguments',
  },
  namespace: {
    ...CONNECTION_FLAGS.namespace,
    group,
    describe: `For --on-node: where its pods are, ${DEFAULT_NAMESPACE} by default; for --detach: where the Job is`,
  },
  reboot: {
    kind: 'switch',
    default: false,
    group: 'Running:',
    describe:
      'The command reboots the node, which is proved by its boot id; without a command: systemctl reboot on the node',
  },
} as const satisfies FlagTable;

/** What they ask for; undefined: the command runs here. Throws MaintError('usage'). */
export function onNodeFlags(values: FlagValues<typeof ON_NODE_FLAGS>, hasCommand: boolean): OnNode | undefined {
  const { script, profile, namespace = DEFAULT_NAMESPACE } = values;
  // A node that is only to be rebooted does it itself: there is no other way that needs no command.
  const isReboot = values.reboot && !hasCommand && script === undefined;
  const image = values['on-node'] ?? (isReboot ? DEFAULT_IMAGE : undefined);
  if (image === undefined) return script === undefined ? undefined : refuseScriptHere();
  if (isReboot && profile !== 'sysadmin')
    throw new MaintError(
      'usage',
      `--reboot without a command takes the host's own systemctl, which --profile=${profile} has not`,
      { hint: 'leave --profile out, or name a command' },
    );
  return { image, profile, namespace, script };
}

function refuseScriptHere(): never {
  throw new MaintError('usage', '--script carries a file over to the node, which takes --on-node', {
    hint: 'a script that runs here is a command: kubectl maint run NODE... -- ./script.sh',
  });
}

function imageFlag(text: string, flag: string): string {
  if (text !== '' && !/\s/.test(text)) return text;
  throw new MaintError('usage', `${flag}: "${text}" is no image`, { hint: `${flag}=registry.example/tools:1.2` });
}
