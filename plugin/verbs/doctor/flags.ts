import type { ClusterFlags } from '../../session/connect.ts';

export type DoctorFormat = 'text' | 'json' | 'yaml';

/** `kubectl maint doctor` */
export interface DoctorOperation {
  readonly verb: 'doctor';
  readonly cluster: ClusterFlags;
  readonly format: DoctorFormat;
  /** Whether names and addresses become stand-ins. */
  readonly redact: boolean;
}
