import { textsAt } from '../../../shared/index.ts';
import type { ActionOf } from '../hook.ts';
import { askServer } from '../servers/ask.ts';
import type { KnownBy } from '../servers/servers.ts';
import type { Prepared, StepPorts } from './step.ts';

/** Piraeus labels the Service of LINSTOR's controller (piraeus-operator pkg/resources/cluster/controller). */
const LINSTOR: KnownBy = {
  system: 'LINSTOR',
  labelSelector: 'app.kubernetes.io/component=linstor-controller',
  word: 'linstor',
};

/** Where LINSTOR's controller is asked. Throws MaintError('usage') where that is not known. */
export async function linstorOf(
  { server }: Pick<ActionOf<'satellite'>, 'server'>,
  { servers }: Pick<StepPorts, 'servers'>,
): Promise<string> {
  return server ?? servers.find(LINSTOR);
}

/** Flags of a node of LINSTOR (linstor-server Node.Flags); the second one is a person's wish, which a restore would end as well. */
const [EVICTED, EVACUATE] = ['EVICTED', 'EVACUATE'];

/**
 * Restores a satellite that LINSTOR has evicted because it was silent for too long, with the replicas that are on it. Undefined where
 * there is none such. Throws MaintError.
 */
export async function prepareRestore(action: ActionOf<'satellite'>, ports: StepPorts): Promise<Prepared | undefined> {
  const server = await linstorOf(action, ports);
  const path = `/v1/nodes/${encodeURIComponent(ports.variables.node)}`;
  const flags = textsAt(await askServer(server, { method: 'GET', path }, ports), 'flags');
  if (!flags.includes(EVICTED) || flags.includes(EVACUATE)) return undefined;
  return {
    undo: [],
    carryOut: async () => {
      await askServer(server, { method: 'PUT', path: `${path}/restore`, body: { delete_resources: false } }, ports);
      return 'done';
    },
  };
}
