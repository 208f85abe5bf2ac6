import { CONNECTION_FLAGS } from '../command-line/connection.ts';
import { asTyped, type FlagTable } from '../command-line/flag.ts';
import { MaintError } from '../../shared/index.ts';

const group = 'Away from the terminal:';

/** The flags by which `on`, `off` and `run` are carried out in the cluster. */
export const DETACH_FLAGS = {
  detach: {
    kind: 'switch',
    default: false,
    group,
    describe:
      'Carry it out as a Job in the cluster, which goes on without this terminal; kubectl maint attach follows it',
  },
  'service-account': {
    kind: 'value',
    group,
    value: accountFlag,
    describe: 'For --detach: whose rights the Job has; it must be bound to the ClusterRole kubectl-maint-operator',
  },
  image: {
    kind: 'value',
    group,
    value: asTyped,
    describe: "For --detach: the Job's image; by default that of the webhook in the cluster",
  },
  namespace: {
    ...CONNECTION_FLAGS.namespace,
    describe: 'For --detach: where the Job and its service account are; nodes have no namespace',
  },
} as const satisfies FlagTable;

/** The name of a ServiceAccount (DNS subdomain, RFC 1123). */
const ACCOUNT = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

function accountFlag(text: string, flag: string): string {
  if (ACCOUNT.test(text)) return text;
  throw new MaintError('usage', `${flag}: "${text}" is not the name of a service account`, {
    hint: 'its namespace is that of the Job: -n NAMESPACE',
  });
}
