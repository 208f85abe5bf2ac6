import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A log of what an API server is asked. */
export interface AuditLog {
  /** What the API server has to be started with. */
  readonly apiServerArgs: readonly string[];
  /** Every audit.k8s.io/v1 Event that it has written so far, oldest first. */
  events(): Promise<readonly unknown[]>;
  remove(): Promise<void>;
}

/** Stages of a request that need not be written down. */
export type OmittedStage = 'RequestReceived' | 'ResponseStarted' | 'ResponseComplete';

/**
 * Makes the folder of a log for an API server that is started next: what some users asked, without bodies. A watch that goes
 * on is in it where the start of responses is.
 */
export async function auditLog(
  users: readonly string[],
  omitStages: readonly OmittedStage[] = ['RequestReceived'],
): Promise<AuditLog> {
  const folder = await mkdtemp(join(tmpdir(), 'maint-audit-'));
  const [policy, log] = [join(folder, 'policy.json'), join(folder, 'audit.log')];
  const rules = [{ level: 'Metadata', users }, { level: 'None' }];
  await writeFile(policy, JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', omitStages, rules }));
  return {
    apiServerArgs: [`--audit-policy-file=${policy}`, `--audit-log-path=${log}`],
    events: async () => {
      const text = await readFile(log, 'utf8');
      // The last line may be in the middle of being written.
      const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
      return lines.filter((line) => line !== '').map((line): unknown => JSON.parse(line));
    },
    remove: () => rm(folder, { recursive: true }),
  };
}
