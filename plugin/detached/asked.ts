import type { FlagValues } from '../command-line/flag.ts';
import { MaintError } from '../../shared/index.ts';
import type { DETACH_FLAGS } from './flags.ts';
import { handedOn, wayThere, type Line } from './handed-on.ts';

/** What a command line asks for that is to be carried out in the cluster. */
export interface Detached {
  readonly serviceAccount: string;
  /** Undefined: the webhook's. */
  readonly image: string | undefined;
  /** Undefined: the context's. */
  readonly namespace: string | undefined;
  /** The flags that the Job gets. */
  readonly flags: readonly string[];
  /** The flags by which a next command reaches the same cluster. */
  readonly wayThere: readonly string[];
}

/** What the flags ask for; undefined where it is carried out here. Throws MaintError('usage'). */
export function detachedFrom(values: FlagValues<typeof DETACH_FLAGS>, line: Line): Detached | undefined {
  const { detach, image, namespace, 'service-account': serviceAccount } = values;
  if (!detach) {
    refuseLonely({ image, 'service-account': serviceAccount });
    return undefined;
  }
  if (serviceAccount === undefined) throw withoutAccount(namespace);
  return { serviceAccount, image, namespace, flags: handedOn(line), wayThere: wayThere(line) };
}

function refuseLonely(given: Readonly<Record<string, string | undefined>>): void {
  const lonely = Object.keys(given).find((name) => given[name] !== undefined);
  if (lonely !== undefined)
    throw new MaintError('usage', `--${lonely} is about a Job, and without --detach there is none`);
}

function withoutAccount(namespace = 'default'): MaintError {
  const bind = '--clusterrole=kubectl-maint-operator';
  return new MaintError('usage', '--detach needs --service-account: a Job has no rights of its own', {
    hint: `kubectl create serviceaccount maint -n ${namespace} && kubectl create clusterrolebinding maint ${bind} --serviceaccount=${namespace}:maint`,
  });
}
