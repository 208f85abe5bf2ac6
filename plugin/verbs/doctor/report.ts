import type { CheckStatus, Diagnosis } from './diagnosis.ts';
import { grantsManifest } from './grants-manifest.ts';

/**
 * `kubectl maint doctor -o json`:
 * `{"apiVersion":"kubectl-maint.io/v1alpha1","kind":"DoctorReport","items":[{"check","status","message","todo"}],"grants"}`.
 * Items stand in the order of docs/doctor.md; a check has one item or several. Checks and fields may be added.
 */
export interface DoctorReport {
  readonly apiVersion: 'kubectl-maint.io/v1alpha1';
  readonly kind: 'DoctorReport';
  readonly items: readonly DoctorItem[];
  /** YAML of roles with every right that is missing; null where none is. */
  readonly grants: string | null;
}

/** One thing that a check found. */
export interface DoctorItem {
  /** The check's id, as one word that scripts may compare. */
  readonly check: string;
  /** `ok`, `skipped` (nothing to try), `warn` (works, or could not be found out) or `fail`. */
  readonly status: CheckStatus;
  /** What it means, for people. */
  readonly message: string;
  /** What to do; null where nothing has to be done. */
  readonly todo: string | null;
}

/** What the checks found, as it is reported. */
export function reportFrom(found: readonly (readonly [check: string, Diagnosis])[]): DoctorReport {
  return {
    apiVersion: 'kubectl-maint.io/v1alpha1',
    kind: 'DoctorReport',
    items: found.map(([check, { status, message, todo }]) => ({ check, status, message, todo: todo ?? null })),
    grants: grantsManifest(found.flatMap(([, { missing = [] }]) => missing)) ?? null,
  };
}
