import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A log of what an API server is asked. */
export interface AuditLog {
  readonly path: string;
  /** What the API server has to be started with. */
  readonly apiServerArgs: readonly string[];
  remove(): Promise<void>;
}

/** Makes the folder of a log for an API server that is started next; `policy` is an audit.k8s.io/v1 Policy. */
export async function auditLog(policy: object): Promise<AuditLog> {
  const folder = await mkdtemp(join(tmpdir(), 'maint-audit-'));
  const [rules, path] = [join(folder, 'policy.json'), join(folder, 'audit.log')];
  await writeFile(rules, JSON.stringify(policy));
  return {
    path,
    apiServerArgs: [`--audit-policy-file=${rules}`, `--audit-log-path=${path}`],
    remove: () => rm(folder, { recursive: true }),
  };
}
