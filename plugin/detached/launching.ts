import { inSession } from '../session/in-session.ts';
import type { Caller, ClusterFlags } from '../session/connect.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import type { Detachment } from './launch.ts';

/** Has an operation carried out in the cluster; what that takes is loaded then. Rejects with MaintError. */
export async function launching(asked: Detachment, cluster: ClusterFlags, caller: Caller): Promise<ExitCode> {
  const { launch } = await import('./launch.ts');
  return inSession(cluster, caller, (session) => launch(asked, session, caller.version));
}
